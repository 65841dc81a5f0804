public import Settlement
import Signing
public import Store

/// Takes a statement apart: from its lines and points down to the movements, the lots, and the signed batches
/// that brought each record. All of it comes of the stored batches and of what the closes kept. Rulebook
/// §5–§7.
///
/// It goes through all that the period's close kept, so its time grows with the period.
public struct Explainer: Sendable {
    /// Who asks: the operator sees everything, a merchant what its own DETAILS.csv shows, and of its own
    /// records what brought them.
    public enum Viewer: Hashable, Sendable {
        case `operator`
        case merchant(MerchantID)
    }

    /// Which of many movements are told.
    public struct Window: Hashable, Sendable {
        public let offset: Int
        public let limit: Int

        public init(offset: Int = 0, limit: Int = .max) {
            self.offset = offset
            self.limit = limit
        }

        func holds(_ place: Int64) -> Bool { place >= offset && place - Int64(offset) < limit }
    }

    public let merchant: MerchantID
    public let period: Period
    public let statement: StatementDocument
    let store: Store
    let schedule: Schedule
    let viewer: Viewer
    let tracer: LineTracer

    /// Throws `StoreTrouble` where what is stored cannot be read.
    public init(_ stored: StoredStatement, in store: Store, for viewer: Viewer) throws {
        let schedule = try store.schedule(ofClosed: stored.period)
        guard let tracer = LineTracer(schedule: schedule, of: stored.merchant) else {
            throw StoreTrouble.damaged(
                "periods", "period \(stored.period)",
                "\(stored.merchant) has a statement of it, and is no merchant of its alliance")
        }
        merchant = stored.merchant
        period = schedule.calendar.period(stored.period)
        statement = try StatementDocument(bytes: stored.document.bytes, place: "STATEMENT.json")
        self.store = store
        self.schedule = schedule
        self.viewer = viewer
        self.tracer = tracer
    }

    /// What made a line, by its number from 1; nil where the statement has no such line.
    public func line(_ number: Int, _ window: Window = Window()) throws -> LineExplanation? {
        guard statement.lines.indices.contains(number - 1) else { return nil }
        let line = statement.lines[number - 1]
        return LineExplanation(
            merchant: merchant, period: period, number: number, line: line,
            basis: try basis(of: line, window))
    }

    /// The movements of the merchant's points of these kinds.
    public func points(of kinds: Set<Movement.Kind>, _ window: Window) throws -> ExplainedMovements {
        // A movement that makes two lines of the merchant's counts once.
        var last: (member: MemberID, position: Int)?
        return try movements(window) { movement, member in
            guard kinds.contains(movement.kind), member.lots[movement.lot].issuer == merchant,
                last.map({ $0 != (member.member, movement.position) }) ?? true
            else { return false }
            last = (member.member, movement.position)
            return true
        }
    }

    /// What a line comes to before rounding, `sums` being those of the lines of points; nil where nothing is rounded.
    func exact(_ line: StatementDocument.Line, _ sums: [LineName: ExactAmount]) -> ExactAmount? {
        switch line.kind {
        case LineKind.redeemFee.name: redeemFeeBase(line).exact
        case LineKind.vat.name: vatBase(line).exact
        default: sums[LineName(line)]
        }
    }

    /// The exact sum of every line of points, by its key.
    public func sums() throws -> [LineName: ExactAmount] {
        var sums: [LineName: ExactAmount] = [:]
        try store.settledMembers(period: period.ordinal) { member in
            for movement in tracer.movements(of: member) {
                guard let key = movement.line, let exact = movement.exact else { continue }
                let name = LineName(key)
                sums[name] = (sums[name] ?? .zero).adding(exact)
            }
        }
        return sums
    }

    /// What the merchant was paid and was booked in the period.
    public func bookings() throws -> [StoredBooking] {
        try store.bookings().filter { $0.period == period.ordinal && $0.booking.merchant == merchant }
    }

    private var mentions: Mentions { Mentions(schedule: schedule, viewer: viewer) }

    private func basis(
        of line: StatementDocument.Line, _ window: Window
    ) throws -> LineExplanation.Basis {
        switch line.kind {
        case LineKind.redeemFee.name: return try redeemFee(line)
        case LineKind.periodFee.name: return .fee(terms: termsAtEnd)
        case LineKind.vat.name: return vat(line)
        case LineKind.adjustment.name:
            guard
                let booking = try bookings().first(where: {
                    $0.booking.kind == .adjustment && $0.booking.reference.text == line.reference
                })
            else {
                throw StoreTrouble(
                    "explain an adjustment", because: "its booking is not there",
                    hint: "see with `settled rederive` what differs")
            }
            return .booking(booking)
        default:
            let name = LineName(line)
            return .movements(
                try movements(window) { movement, _ in movement.line.map { LineName($0) } == name })
        }
    }

    /// Goes through the merchant's movements.
    private func movements(
        _ window: Window, where counts: (TracedMovement, SettledMember) throws -> Bool
    ) throws -> ExplainedMovements {
        var found = ExplainedMovements()
        try store.settledMembers(period: period.ordinal) { member in
            for movement in tracer.movements(of: member) where try counts(movement, member) {
                if window.holds(found.count) {
                    found.movements.append(mentions.explained(movement, of: member))
                }
                found.count += 1
                found.points += movement.points.count
                found.exact = movement.exact.flatMap { found.exact.adding($0) } ?? found.exact
            }
        }
        found.origins = try store.origins(of: found.movements.flatMap(\.numbers))
        return found
    }
}

/// The key of a line in words, as documents write it.
public struct LineName: Hashable, Sendable {
    private let parts: [String?]

    init(_ key: LineKey) {
        parts = [
            key.kind.name, key.counterparty?.text, key.price?.description, key.rate?.description,
            key.reference,
        ]
    }

    public init(_ line: StatementDocument.Line) {
        parts = [line.kind, line.counterparty, line.price, line.rate, line.reference]
    }
}
