import GRDB
public import Settlement

/// One act of the operator, or one batch refused whole. Holds no member's id and no secret.
public struct AuditEntry: Hashable, Sendable {
    public enum Act: String, Hashable, Sendable, CaseIterable {
        case found
        case apply
        case keyAdded = "key_added"
        case keyRevoked = "key_revoked"
        /// A new version of the master secret was taken into use.
        case secretRotated = "secret_rotated"
        case booked
        /// A payment or an adjustment that waits for somebody to approve it.
        case drafted
        case draftWithdrawn = "draft_withdrawn"
        /// What was said or done about a dispute.
        case disputed
        /// A payment run was made, withdrawn, a file of it given out, or an order of it given up as rejected.
        case paymentRun = "payment_run"
        /// Deliveries that were given up are tried again.
        case deliveriesRetried = "deliveries_retried"
        /// A statement of the bank was imported, or one of its entries settled by a person.
        case bankImport = "bank_import"
        case closed
        /// A close that a figure or a changed row forbade, or that waits for room on the disk; the period stays open.
        case closeFailed = "close_failed"
        case batchRefused = "batch_refused"
        /// Bytes of batches were moved to an archive.
        case bytesArchived = "bytes_archived"
        /// A member's id gave way to a pseudonym, which the reason begins with.
        case memberForgotten = "member_forgotten"
    }

    public let at: Instant
    public let act: Act
    public let merchant: MerchantID?
    public let keyID: String?
    /// `sha256:` + hex of a refused batch's bytes, or of an archive.
    public let digest: String?
    /// The refusal's code.
    public let code: String?
    public let line: Int?
    public let reason: String?
    /// How often it happened: more than once where refusals were only counted.
    public let times: Int64

    public init(
        at: Instant, act: Act, merchant: MerchantID? = nil, keyID: String? = nil, digest: String? = nil,
        code: String? = nil, line: Int? = nil, reason: String? = nil, times: Int64 = 1
    ) {
        self.at = at
        self.act = act
        self.merchant = merchant
        self.keyID = keyID
        self.digest = digest
        self.code = code
        self.line = line
        self.reason = reason
        self.times = times
    }
}

extension Store {
    /// Notes that a batch was refused whole. `keyID` is the one its signature names, if it names one; no
    /// `digest`: the batch was too large to be read.
    public func note(
        _ refusal: BatchRefusal, digest: String?, keyID: String?, merchant: MerchantID?, times: Int64 = 1,
        at instant: Instant
    ) throws {
        try writing("note a refused batch") { database in
            try AuditRows(database).add(
                AuditEntry(
                    at: instant, act: .batchRefused, merchant: merchant, keyID: keyID, digest: digest,
                    code: refusal.code.rawValue, line: refusal.line, reason: refusal.reason, times: times))
        }
    }

    /// Notes that what stood in the place of a batch was refused unopened, with a code that no batch has.
    public func noteUnopened(code: String, reason: String, at instant: Instant) throws {
        try writing("note what was refused unopened") { database in
            try AuditRows(database).add(
                AuditEntry(at: instant, act: .batchRefused, code: code, reason: reason))
        }
    }

    /// The last `limit` entries, the latest first.
    public func audit(limit: Int = 1_000) throws -> [AuditEntry] {
        try audit(AuditFilter(limit: limit))
    }
}

struct AuditRows {
    let database: Database

    init(_ database: Database) { self.database = database }

    func add(_ entry: AuditEntry) throws {
        let insert = try Prepared(
            database,
            """
            INSERT INTO audit (at, act, merchant, key_id, digest, code, line, reason, times)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        insert.bind(1, entry.at.milliseconds)
        insert.bind(2, entry.act.rawValue)
        insert.bind(3, entry.merchant?.text)
        insert.bind(4, entry.keyID)
        insert.bind(5, entry.digest)
        insert.bind(6, entry.code)
        insert.bind(7, entry.line.map { Int64($0) })
        insert.bind(8, entry.reason)
        insert.bind(9, entry.times)
        try insert.run()
    }

    /// How many entries there are of an act.
    func count(of act: AuditEntry.Act) throws -> Int64 {
        let query = try Prepared(database, "SELECT count(*) FROM audit WHERE act = ?")
        query.bind(1, act.rawValue)
        return try query.first { $0.integer(0) } ?? 0
    }

    /// When and why an act was done, of each entry, in order.
    func reasons(of act: AuditEntry.Act) throws -> [(at: Instant, reason: String)] {
        let query = try Prepared(database, "SELECT at, reason FROM audit WHERE act = ? ORDER BY entry")
        query.bind(1, act.rawValue)
        return try query.all { ($0.instant(0), $0.text(1)) }
    }

    /// The latest instant of which anything is noted; nil: nothing is.
    func latest() throws -> Instant? {
        try Prepared(database, "SELECT max(at) FROM audit").first { $0.instantOrNil(0) } ?? nil
    }

    func last(_ filter: AuditFilter) throws -> [AuditEntry] {
        let query = try Prepared(
            database,
            """
            SELECT at, act, merchant, key_id, digest, code, line, reason, times, entry FROM audit
            WHERE (?1 IS NULL OR merchant = ?1) AND (?2 IS NULL OR act = ?2) AND (?3 IS NULL OR code = ?3)
                AND (?4 IS NULL OR at >= ?4) AND (?5 IS NULL OR at < ?5)
            ORDER BY entry DESC LIMIT ?6
            """)
        query.bind(1, filter.merchant?.text)
        query.bind(2, filter.act?.rawValue)
        query.bind(3, filter.code)
        query.bind(4, filter.from?.milliseconds)
        query.bind(5, filter.until?.milliseconds)
        query.bind(6, filter.limit)
        return try query.all { row in
            guard let act = AuditEntry.Act(rawValue: row.text(1)) else {
                throw StoreTrouble.damaged("audit", "row \(row.integer(9))", "its act is none that is known")
            }
            return AuditEntry(
                at: row.instant(0), act: act,
                merchant: row.isNull(2) ? nil : row.identifier(2), keyID: row.textOrNil(3),
                digest: row.textOrNil(4), code: row.textOrNil(5), line: row.integerOrNil(6).map { Int($0) },
                reason: row.textOrNil(7), times: row.integer(8))
        }
    }
}
