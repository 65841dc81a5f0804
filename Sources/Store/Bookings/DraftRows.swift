import GRDB
import Settlement

/// The table of drafts.
struct DraftRows {
    private let database: Database
    private let roster: Roster

    init(_ database: Database, _ roster: Roster) {
        self.database = database
        self.roster = roster
    }

    /// Adds a draft that has been judged, and notes it in the audit.
    func add(_ booking: Booking, by person: Person, at instant: Instant) throws {
        let insert = try Prepared(
            database,
            """
            INSERT INTO drafts (merchant, reference, kind, amount, date, reason, undoes, drafted, drafter,
                drafter_key)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        insert.bind(booking, roster)
        insert.bind(8, instant.milliseconds)
        insert.bind(9, person.name)
        insert.bind(10, person.provenKey)
        try insert.run()
        try note(.drafted, booking, by: person, at: instant)
    }

    /// Ends a waiting draft: it was booked under this number.
    func end(_ draft: StoredDraft, bookedAs booking: Int64) throws {
        let update = try Prepared(database, "UPDATE drafts SET booking = ? WHERE draft = ?")
        update.bind(1, booking)
        update.bind(2, draft.number)
        try update.run()
    }

    /// Ends a waiting draft: nothing is booked.
    func withdraw(_ draft: StoredDraft, by person: Person, at instant: Instant) throws {
        let update = try Prepared(
            database, "UPDATE drafts SET withdrawn = ?, withdrawn_by = ? WHERE draft = ?")
        update.bind(1, instant.milliseconds)
        update.bind(2, person.name)
        update.bind(3, draft.number)
        try update.run()
        try note(.draftWithdrawn, draft.booking, by: person, at: instant)
    }

    private func note(
        _ act: AuditEntry.Act, _ booking: Booking, by person: Person, at instant: Instant
    ) throws {
        try AuditRows(database).add(
            AuditEntry(
                at: instant, act: act, merchant: booking.merchant,
                keyID: person.provenKey == nil ? nil : person.name.text,
                reason: BookingNote.text(booking, by: person.name)))
    }

    func all() throws -> [StoredDraft] {
        try Prepared(database, Self.select + " ORDER BY draft").all { try stored($0) }
    }

    /// Those of a reference, of one merchant or of all, the last one first.
    func named(_ name: DraftName) throws -> [StoredDraft] {
        let query = try Prepared(
            database,
            Self.select + " WHERE reference = ?1 AND (?2 IS NULL OR merchant = ?2) ORDER BY draft DESC")
        query.bind(1, name.reference)
        query.bind(2, name.merchant.map { roster.number(of: $0) ?? -1 })
        return try query.all { try stored($0) }
    }

    /// The one that waits under a reference.
    func waiting(_ merchant: MerchantID, _ reference: BookingReference) throws -> StoredDraft? {
        try named(DraftName(reference, of: merchant)).first { $0.state == .waiting }
    }

    /// One that waits to undo a booking.
    func waiting(toUndo reference: BookingReference, of merchant: MerchantID) throws -> StoredDraft? {
        let query = try Prepared(
            database,
            Self.select + " WHERE merchant = ? AND undoes = ? AND booking IS NULL AND withdrawn IS NULL")
        query.bind(1, roster[merchant])
        query.bind(2, reference)
        return try query.first { try stored($0) }
    }

    private static let select = """
        SELECT merchant, reference, kind, amount, date, reason, undoes, draft, drafted, drafter, booking, withdrawn,
            withdrawn_by, drafter_key
        FROM drafts
        """

    private func stored(_ row: Prepared) throws -> StoredDraft {
        let state: StoredDraft.State =
            if !row.isNull(10) {
                .booked
            } else if row.isNull(11) {
                .waiting
            } else {
                .withdrawn(at: row.instant(11), by: row.identifier(12))
            }
        return StoredDraft(
            number: row.integer(7), booking: try row.booking(roster, of: "drafts"),
            drafted: row.instant(8), drafter: row.identifier(9),
            drafterKey: row.isNull(13) ? nil : row.bytes(13), state: state)
    }
}
