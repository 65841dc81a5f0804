public import Settlement
import Signing
public import Store

/// Everything that is held about a member, over all merchants, for the operator.
///
/// It goes over every record, and over every batch with lines that became none, so its time grows with all that is
/// stored.
public struct MemberFile: Sendable {
    /// A record, what brought it, and how it stands.
    public struct Entry: Sendable {
        public let origin: RecordOrigin
        public let state: RecordState
    }

    /// What one close made of the member.
    public struct Chapter: Sendable {
        public let period: Period
        /// Every change of its lots, in order.
        public let movements: [ExplainedMovement]
        /// How many rows of whose DETAILS.csv name it.
        public let details: [(merchant: MerchantID, rows: Int64)]
    }

    public let alliance: AllianceID
    /// As it is called: by its pseudonym if it was forgotten.
    public let member: MemberID
    /// How it was forgotten; nil: it was not, as far as that can be told.
    public let forgotten: ForgottenMember?
    /// Why it cannot be told whether it was forgotten; nil: it can.
    public let untold: String?
    public let at: Instant
    /// In the order of arrival.
    public let records: [Entry]
    /// Lines that became no record: equal copies, and what was refused alone.
    public let copies: [MemberCopy]
    /// Archives with batches that have such lines, and that are not at hand: what those hold is not known.
    public let unread: [StoredArchive]
    /// Archives that are not as they were written: of what they lost nothing is known.
    public let damaged: [DamagedArchive]
    /// What it holds and owes since the last close.
    public let lots: [Lot]
    public let debts: [Debt]
    /// Of the closed periods in which anything happened to it.
    public let chapters: [Chapter]
    /// Against its records.
    public let disputes: [Dispute]
    public let schedule: Schedule

    var calendar: PeriodCalendar { schedule.calendar }

    /// Whether nothing at all is known of it.
    public var isEmpty: Bool { records.isEmpty && copies.isEmpty && chapters.isEmpty && lots.isEmpty }

    /// Batch and line of its records, by their numbers.
    var origins: [RecordNumber: RecordOrigin] {
        Dictionary(records.map { ($0.origin.number, $0.origin) }) { first, _ in first }
    }
}

extension MemberFile {
    /// Gathers it; archived batches are read from `archives`, files or folders, as far as those are there.
    ///
    /// One that was forgotten is found by its pseudonym and, with the master secret, by the id that it had.
    ///
    /// Throws `RetentionRefusal` for an archive that is none of the database's, or was changed and has no batch left,
    /// `refused` for a secret that is not the data's, and trouble.
    public init(of id: MemberID, in folder: DataFolder, archives: [String] = [], at instant: Instant)
        throws
    {
        let store = try folder.openStore()
        defer { try? store.shut() }
        let (forgotten, untold) = try Self.forgotten(id, in: folder, store)
        let member = forgotten?.pseudonym ?? id
        let shelf = try ArchiveShelf(
            archives, of: store, sealKeys: SealFile.keys(of: folder, store))
        let archived: ArchivedBytes = { try shelf.bytes(of: $0, in: $1) }
        let schedule = try store.schedule()
        let stored = try store.records(of: member)
        let origins = try store.origins(of: stored.map(\.number), archived: archived)
        let (copies, unread) = try store.copies(naming: member, archived: archived)
        let held = try store.held(by: member)
        self.init(
            alliance: schedule.alliance.id, member: member, forgotten: forgotten, untold: untold, at: instant,
            records: stored.compactMap { record in
                origins[record.number].map { Entry(origin: $0, state: record.state) }
            },
            copies: copies, unread: unread, damaged: shelf.damaged, lots: held.lots, debts: held.debts,
            chapters: try Self.chapters(of: member, store),
            disputes: try Self.disputes(against: Array(origins.values), store), schedule: schedule)
    }

    /// How a member was forgotten, or why that cannot be told.
    private static func forgotten(
        _ id: MemberID, in folder: DataFolder, _ store: Store
    ) throws -> (ForgottenMember?, untold: String?) {
        let all = try store.forgottenMembers()
        guard !all.isEmpty else { return (nil, nil) }
        if let known = all.first(where: { $0.pseudonym == id }) { return (known, nil) }
        let master: MasterSecret
        do throws(Failure) {
            try folder.requireSecret()
            master = try MasterSecretFile.read(folder.secretPath)
        } catch {
            guard error.kind != .refused else { throw error }
            return (nil, "\(error.place): \(error.problem)")
        }
        try folder.requireOwn(master, of: store)
        return (try ForgottenIDs(store, master).member(id), nil)
    }

    private static func chapters(of member: MemberID, _ store: Store) throws -> [Chapter] {
        try store.settled(member, in: 0..<store.earliestOpen()).map { ordinal, settled in
            let schedule = try store.schedule(ofClosed: ordinal)
            let traced = TracedMember(settled, Mentions(schedule: schedule, viewer: .operator))
            return Chapter(
                period: schedule.calendar.period(ordinal),
                movements: settled.movements.indices.map { traced.movement($0) },
                details: details(of: settled, schedule))
        }
    }

    /// How many rows each merchant's DETAILS.csv has of it: rendered as the file is.
    private static func details(
        of settled: SettledMember, _ schedule: Schedule
    ) -> [(merchant: MerchantID, rows: Int64)] {
        var renderer = DetailsRenderer(schedule: schedule)
        renderer.write(settled)
        var rows: [(merchant: MerchantID, rows: Int64)] = []
        renderer.forEachPart(atLeast: 1) { merchant, bytes in
            rows.append((merchant, Int64(bytes.count { $0 == UInt8(ascii: "\n") })))
        }
        return rows
    }

    private static func disputes(against origins: [RecordOrigin], _ store: Store) throws -> [Dispute] {
        let own = Set(origins.map { "\($0.merchant) \($0.record.id)" })
        return try store.disputes().filter { dispute in
            guard case .record(let id) = dispute.subject else { return false }
            return own.contains("\(dispute.merchant) \(id)")
        }
    }
}
