import GRDB
import Settlement

/// The table of drafts. Rows are numbered without a gap, bear a sum, and change only where a draft ends.
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
                drafter_key, draft, sum)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        let draft = StoredDraft(
            number: try RowNumbers.next("draft", of: "drafts", database), booking: booking, drafted: instant,
            drafter: person.name,
            drafterKey: person.provenKey, state: .waiting, bookedAs: nil)
        insert.bind(booking, roster)
        insert.bind(8, instant.milliseconds)
        insert.bind(9, person.name)
        insert.bind(10, person.provenKey)
        insert.bind(11, draft.number)
        insert.bind(12, sum(of: draft))
        try insert.run()
        try note(.drafted, booking, by: person, at: instant)
    }

    /// Ends a waiting draft: it was booked under this number.
    func end(_ draft: StoredDraft, bookedAs booking: Int64) throws {
        let update = try Prepared(database, "UPDATE drafts SET booking = ?, sum = ? WHERE draft = ?")
        update.bind(1, booking)
        update.bind(2, sum(of: draft, bookedAs: booking))
        update.bind(3, draft.number)
        try update.run()
    }

    /// Ends a waiting draft: nothing is booked.
    func withdraw(_ draft: StoredDraft, by person: Person, at instant: Instant) throws {
        let update = try Prepared(
            database, "UPDATE drafts SET withdrawn = ?, withdrawn_by = ?, sum = ? WHERE draft = ?")
        update.bind(1, instant.milliseconds)
        update.bind(2, person.name)
        update.bind(3, sum(of: draft, withdrawn: instant, by: person.name))
        update.bind(4, draft.number)
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

    /// The sum of a draft's row: as it waits, or once it has ended.
    private func sum(
        of draft: StoredDraft, bookedAs number: Int64? = nil, withdrawn: Instant? = nil,
        by person: PersonName? = nil
    ) -> Int64 {
        let booking = draft.booking
        return RowSum.of(
            columns: [
                draft.number, roster[booking.merchant], booking.amount.minorUnits,
                Int64(booking.date.dayNumber), draft.drafted.milliseconds, number, withdrawn?.milliseconds,
            ],
            [
                booking.reference.text, booking.kind.rawValue, booking.reason, booking.undoes?.text,
                draft.drafter.text, person?.text,
            ], bytes: draft.drafterKey)
    }

    /// In the order in which they were made. Throws `StoreTrouble` where a row is not as it was written, or one before
    /// the last is gone.
    func all() throws -> [StoredDraft] {
        var last: Int64 = 0
        return try Prepared(database, Self.select + " ORDER BY draft").all { row in
            last += 1
            guard row.integer(7) == last else {
                throw StoreTrouble.damaged("drafts", "row \(last)", "it is not there")
            }
            return try stored(row)
        }
    }

    /// The numbers of the rows that are not as they were written, and of those that are gone, as the rows behind them or
    /// the audit tell.
    static func changed(_ database: Database) throws -> [Int64] {
        var changed = ChangedRows()
        try Prepared(database, select + " ORDER BY draft").forEach { row in
            changed.look(at: row.integer(7), isWhole: isWhole(row))
        }
        return changed.found(of: try AuditRows(database).count(of: .drafted))
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
    ///
    /// Those that ended are not looked at: nothing hangs on them any more.
    func waiting(_ merchant: MerchantID, _ reference: BookingReference) throws -> StoredDraft? {
        guard let number = roster.number(of: merchant) else { return nil }
        let query = try Prepared(
            database,
            Self.select + " WHERE reference = ? AND merchant = ? AND booking IS NULL AND withdrawn IS NULL")
        query.bind(1, reference)
        query.bind(2, number)
        return try query.first { try stored($0) }
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
            withdrawn_by, drafter_key, sum
        FROM drafts
        """

    /// Whether a row's sum is of what it says.
    private static func isWhole(_ row: Prepared) -> Bool {
        let sum = RowSum.of(
            columns: [7, 0, 3, 4, 8, 10, 11].map { row.integerOrNil($0) },
            [1, 2, 5, 6, 9, 12].map { row.textOrNil($0) }, bytes: row.isNull(13) ? nil : row.bytes(13))
        return sum == row.integer(14)
    }

    private func stored(_ row: Prepared) throws -> StoredDraft {
        guard Self.isWhole(row) else { throw StoreTrouble.damaged("drafts", "row \(row.integer(7))") }
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
            drafterKey: row.isNull(13) ? nil : row.bytes(13), state: state,
            bookedAs: row.integerOrNil(10))
    }
}
