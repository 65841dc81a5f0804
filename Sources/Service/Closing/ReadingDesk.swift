import Settlement
public import Store

/// Where finance reads: finds the documents of closed periods, proves them, and lays them out.
public struct ReadingDesk: Sendable {
    public let store: Store
    let shelf: StatementShelf
    private let keys: ShowingKeys
    let alliance: Alliance

    /// The most periods that a course shows: a year, and the month a year ago.
    static let coursePeriods = 13

    /// Opens the folder's database and what its documents are checked by.
    ///
    /// Throws `misused` when there is nothing of an alliance in it.
    public init(_ folder: DataFolder) throws {
        store = try folder.openStore()
        shelf = StatementShelf(store)
        keys = try ShowingKeys(folder)
        alliance = try store.schedule().alliance
    }

    /// Whether signatures, and not seals alone, are checked.
    public var checksSignatures: Bool { keys.hasSecret }

    /// A merchant's statement. Throws `misused` for an unknown merchant or period, `refused` where there is no
    /// statement or where it is not what was signed.
    public func statement(of merchant: String, period id: String) throws -> ShownStatement {
        let stored = try shelf.statement(of: merchant, period: id).1
        let all = try store.statements(of: stored.merchant).filter { $0.period <= stored.period }
        let course = try all.suffix(Self.coursePeriods).map { try self.document(of: $0).1 }
        let (proof, document) = try self.document(of: stored)
        return ShownStatement(
            stored: stored, document: document, proof: proof, surroundings: try surroundings(of: merchant),
            course: course, coursePeriods: all.count)
    }

    /// The closing of a period. Throws as `statement` does.
    public func closing(period id: String) throws -> ShownClosing {
        let stored = try shelf.closing(period: id)
        let (proof, document) = try self.document(of: stored)
        var surroundings = try surroundings(of: nil)
        surroundings.cut = try cut(of: stored.period)
        return ShownClosing(stored: stored, document: document, proof: proof, surroundings: surroundings)
    }

    /// Where it cannot be read, what was signed is shown all the same.
    private func cut(of period: Int) throws -> StatementSurroundings.Cut {
        do {
            return .known(try store.cut(ofClosed: period), zone: try store.schedule().zone)
        } catch let trouble as StoreTrouble where trouble.isDamage {
            return .unread(place: trouble.place)
        }
    }

    /// Who spent whose points in a period, and how it came to that. Throws as `statement` does.
    public func flows(period id: String) throws -> FlowReport {
        let last = try shelf.closing(period: id)
        let first = max(0, last.period - Self.coursePeriods + 1)
        var closings: [(ProvenDocument, ClosingDocument)] = []
        for period in first...last.period {
            closings.append(try self.document(of: try store.closing(ofClosed: period)))
        }
        return FlowReport(
            closings: closings.map(\.1), proofs: closings.map(\.0), periods: last.period + 1,
            surroundings: try surroundings(of: nil))
    }

    func document(of stored: StoredStatement) throws -> (ProvenDocument, StatementDocument) {
        let place = "statement \(stored.number) of \(stored.merchant)"
        let proof = try ProvenDocument(
            stored.document, digest: stored.digest, owner: stored.merchant.text, place: place, keys: keys)
        return (proof, try StatementDocument(bytes: proof.bytes, place: place))
    }

    func document(of stored: StoredClosing) throws -> (ProvenDocument, ClosingDocument) {
        let place = "closing \(stored.number)"
        let proof = try ProvenDocument(
            stored.document, digest: stored.digest, owner: "operator", place: place, keys: keys)
        return (proof, try ClosingDocument(bytes: proof.bytes, place: place))
    }

    private func surroundings(of merchant: String?) throws -> StatementSurroundings {
        var surroundings = StatementSurroundings(
            allianceName: alliance.name,
            names: Dictionary(
                alliance.merchants.map { ($0.id.text, $0.name) }, uniquingKeysWith: { first, _ in first }),
            address: alliance.merchants.first { $0.id.text == merchant }?.address)
        guard let merchant else { return surroundings }
        do {
            let open = try store.disputes().filter { $0.merchant.text == merchant && $0.state == .open }
            let calendar = try store.schedule().calendar
            surroundings.disputes = open.map { OpenDispute($0, calendar) }
        } catch let trouble as StoreTrouble where trouble.isDamage {
            // What was signed is shown all the same, and the page says what it cannot tell.
            surroundings.disputesTrouble = trouble.place
        }
        return surroundings
    }
}

/// What a page says besides the signed document: names, and where it is sent.
struct StatementSurroundings: Sendable {
    let allianceName: String
    /// By merchant's id.
    let names: [String: String]
    let address: PostalAddress?
    /// Those that are open now, by number.
    var disputes: [OpenDispute] = []
    /// Which row of them is not as it was written; nil: they could be read.
    var disputesTrouble: String?
    /// Of a closing.
    var cut: Cut?

    /// Up to where in the order of arrival a closing counts.
    enum Cut: Sendable {
        case known(ClosedCut, zone: ZoneRules)
        /// Which row of the database is not as it was written.
        case unread(place: String)
    }
}

extension StoreTrouble {
    /// Of damage: which row is not as it was written, as `disputes, row 1`.
    fileprivate var place: String { String(attempt.trimmingPrefix("read ")) }
}

/// A dispute as the page says it.
struct OpenDispute: Sendable {
    /// The merchant's own.
    let number: Int64
    /// Of the statement's period whose line it is against; nil of a record.
    let period: String?
    let line: Int?
    let record: String?
    let reason: String
    let opened: Instant
    let due: LocalDate

    init(_ dispute: Dispute, _ calendar: PeriodCalendar) {
        number = dispute.ownNumber
        switch dispute.subject {
        case .line(let line, let period):
            (self.period, self.line, record) = (calendar.period(period).id, line, nil)
        case .record(let id): (period, line, record) = (nil, nil, id.text)
        }
        guard let first = dispute.steps.first else { preconditionFailure("a dispute was opened") }
        (reason, opened, due) = (first.text, first.at, dispute.due)
    }
}

/// A statement that is what was signed, in every form that a person may want.
public struct ShownStatement: Sendable {
    public let stored: StoredStatement
    let document: StatementDocument
    let proof: ProvenDocument
    let surroundings: StatementSurroundings
    let course: [StatementDocument]
    let coursePeriods: Int

    func sheet(_ language: Language) -> Sheet {
        StatementSheet(
            statement: document, surroundings: surroundings, language: language, proof: proof, course: course,
            coursePeriods: coursePeriods
        ).sheet
    }
}

/// A closing likewise.
public struct ShownClosing: Sendable {
    public let stored: StoredClosing
    let document: ClosingDocument
    let proof: ProvenDocument
    let surroundings: StatementSurroundings

    func sheet(_ language: Language) -> Sheet {
        ClosingSheet(closing: document, surroundings: surroundings, language: language, proof: proof).sheet
    }
}
