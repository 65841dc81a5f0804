import GRDB
public import Settlement

/// All that a file says of how it came to be, batches apart: in what order everything is to be done again.
///
/// Read as it stands, without trust: whoever changed the file behind the program's back may have changed
/// this.
public struct StoredHistory: Sendable {
    /// A version of the alliance with the zone that it came with.
    public struct Version: Sendable {
        public let version: Int64
        public let at: Instant
        public let document: [UInt8]
        public let zone: String
        public let tzif: [UInt8]
    }

    /// A close, and where in the order of arrival it was made.
    public struct Close: Sendable {
        /// The ordinal of its period.
        public let period: Int
        public let at: Instant
        public let forced: Bool
        /// The version of the alliance in force.
        public let alliance: Int64
        /// The last batch that was stored before it began, and the last before it was done.
        public let lastBatch: Int64
        public let finishedBatch: Int64
    }

    /// A key as it is registered.
    public struct Key: Sendable {
        public let id: String
        public let isDerived: Bool
        /// Nil: an operator's.
        public let merchant: String?
        public let version: Int64?
        /// The version of the master secret that a derived key is derived from.
        public let secret: Int64?
        public let publicKey: [UInt8]?
        public let added: Instant
        public let revoked: Instant?
    }

    /// A booking, by its place in the order in which they were made.
    public struct Booked: Sendable {
        public let number: Int64
        public let merchant: String
        public let reference: String
        public let kind: String
        public let amount: Int64
        public let day: Int64
        public let reason: String
        public let booked: Instant
        public let period: Int64
        public let person: String
        public let drafter: String?
        public let undoes: String?
        /// Whether the row's sum is of what it says.
        public let isWhole: Bool
    }

    public let versions: [Version]
    public let closes: [Close]
    /// A close that has begun and has not ended: all but its end; and whether a check has forbidden it.
    public let unfinished: Close?
    public let hasFailed: Bool
    /// Why the row that says so cannot be trusted; nil: it can.
    public let cutTrouble: StoreTrouble?
    public let keys: [Key]
    /// The versions of the master secret that were taken into use.
    public let secrets: [SecretMark]
    public let bookings: [Booked]
    /// The numbers of drafts whose rows are not as they were written, or are gone.
    public let changedDrafts: [Int64]
    /// Those of disputes likewise, and of what was said and done about them.
    public let changedDisputes: [Int64]
    public let changedSteps: [Int64]
    /// Those of deliveries likewise.
    public let changedDeliveries: [Int64]
    /// Those disputes that bear a signature of their merchant.
    public let contests: [StoredContest]
    /// What the audit says of keys, changes of the alliance, drafts, bookings, closes and members that were forgotten, in
    /// order.
    public let audit: [AuditEntry]
    /// The members that were forgotten, and why their rows cannot be trusted; nil: they can.
    public let forgotten: [ForgottenMember]
    public let forgottenTrouble: StoreTrouble?
    /// The number of the last batch.
    public let lastBatch: Int64
}

extension Store {
    /// The file's history, as one transaction sees it.
    public func history() throws -> StoredHistory {
        try reading("read the history") { database in
            var begun: (cut: Cut, hasFailed: Bool)?
            var cutTrouble: StoreTrouble?
            do {
                begun = try CutRows(database).begun()
            } catch let trouble as StoreTrouble where trouble.isDamage {
                cutTrouble = trouble
            }
            var (forgotten, forgottenTrouble): ([ForgottenMember], StoreTrouble?) = ([], nil)
            do {
                forgotten = try ForgottenRows(database).all()
            } catch let trouble as StoreTrouble where trouble.isDamage {
                forgottenTrouble = trouble
            }
            let disputes = try DisputeRows.changed(database)
            return StoredHistory(
                versions: try versions(database), closes: try closes(database),
                unfinished: begun.map { begun in
                    StoredHistory.Close(
                        period: begun.cut.period, at: begun.cut.at, forced: begun.cut.forced,
                        alliance: begun.cut.alliance, lastBatch: begun.cut.lastBatch,
                        finishedBatch: begun.cut.lastBatch)
                }, hasFailed: begun?.hasFailed ?? false, cutTrouble: cutTrouble, keys: try keys(database),
                secrets: try SecretMarkRows(database).all(),
                bookings: try booked(database), changedDrafts: try DraftRows.changed(database),
                changedDisputes: disputes.disputes, changedSteps: disputes.steps,
                changedDeliveries: try OutboxRows.changed(database),
                contests: try DisputeRows.contests(database),
                audit: try audited(database), forgotten: forgotten, forgottenTrouble: forgottenTrouble,
                lastBatch: try Prepared(database, "SELECT coalesce(max(batch), 0) FROM batches")
                    .first { $0.integer(0) } ?? 0)
        }
    }

    private func versions(_ database: Database) throws -> [StoredHistory.Version] {
        try Prepared(
            database,
            """
            SELECT version, at, document, zone, tzif FROM alliances JOIN zones ON name = zone ORDER BY version
            """
        ).all { row in
            StoredHistory.Version(
                version: row.integer(0), at: row.instant(1), document: row.bytes(2),
                zone: row.text(3), tzif: row.bytes(4))
        }
    }

    private func closes(_ database: Database) throws -> [StoredHistory.Close] {
        try Prepared(
            database,
            "SELECT period, closed, forced, alliance, last_batch, finished_batch FROM periods ORDER BY period"
        ).all { row in
            StoredHistory.Close(
                period: Int(row.integer(0)), at: row.instant(1),
                forced: row.integer(2) != 0, alliance: row.integer(3), lastBatch: row.integer(4),
                finishedBatch: row.integer(5))
        }
    }

    private func keys(_ database: Database) throws -> [StoredHistory.Key] {
        try Prepared(
            database,
            """
            SELECT keys.id, algorithm, merchants.id, version, public_key, added, revoked, keys.merchant, secret
            FROM keys LEFT JOIN merchants USING (merchant) ORDER BY keys.id
            """
        ).all { row in
            StoredHistory.Key(
                id: row.text(0), isDerived: row.text(1) == "HS256",
                merchant: row.textOrNil(2) ?? (row.isNull(7) ? nil : "number \(row.integer(7))"),
                version: row.integerOrNil(3), secret: row.integerOrNil(8),
                publicKey: row.isNull(4) ? nil : row.bytes(4),
                added: row.instant(5),
                revoked: row.instantOrNil(6))
        }
    }

    private func booked(_ database: Database) throws -> [StoredHistory.Booked] {
        try Prepared(
            database,
            """
            SELECT booking, merchants.id, reference, kind, amount, date, reason, booked, period, person, drafter,
                undoes, bookings.merchant, sum
            FROM bookings JOIN merchants USING (merchant) ORDER BY booking
            """
        ).all { row in
            let sum = BookingRows.sum(
                [0, 12, 4, 5, 7, 8].map { row.integer($0) }, [2, 3, 6, 9].map { row.text($0) },
                drafter: row.textOrNil(10), undoes: row.textOrNil(11))
            return StoredHistory.Booked(
                number: row.integer(0), merchant: row.text(1), reference: row.text(2), kind: row.text(3),
                amount: row.integer(4), day: row.integer(5), reason: row.text(6),
                booked: row.instant(7), period: row.integer(8), person: row.text(9),
                drafter: row.textOrNil(10), undoes: row.textOrNil(11),
                isWhole: sum == row.integer(13))
        }
    }

    private func audited(_ database: Database) throws -> [AuditEntry] {
        try Prepared(
            database,
            """
            SELECT at, act, merchant, key_id, reason FROM audit
            WHERE act IN ('key_added', 'key_revoked', 'secret_rotated', 'apply', 'drafted', 'booked',
                'closed', 'member_forgotten') ORDER BY entry
            """
        ).all { row in
            AuditEntry(
                at: row.instant(0),
                act: AuditEntry.Act(rawValue: row.text(1)) ?? .booked,
                merchant: row.textOrNil(2).flatMap { MerchantID($0) }, keyID: row.textOrNil(3),
                reason: row.textOrNil(4))
        }
    }
}
