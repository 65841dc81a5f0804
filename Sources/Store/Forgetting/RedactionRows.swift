import GRDB
import Settlement
import Signing

/// The redactions as they are stored: of batches, and of files DETAILS.csv.
struct RedactionRows {
    private let database: Database

    init(_ database: Database) { self.database = database }

    // MARK: Reading

    /// The redaction of a batch; nil: it has none. Throws `StoreTrouble` where the row is not as it was written.
    func batch(_ number: Int64) throws -> Redaction? {
        let query = try Prepared(database, Self.ofBatches + " WHERE r.batch = ?")
        query.bind(1, number)
        return try query.first { try Self.batch($0) }
    }

    /// Those of all batches. Throws as `batch`.
    func batches() throws -> [Redaction] { try Prepared(database, Self.ofBatches).all { try Self.batch($0) } }

    /// The redactions of a period's files, by merchant. Throws as `batch`.
    func details(of period: Int, _ roster: Roster) throws -> [MerchantID: Redaction] {
        let query = try Prepared(database, Self.ofDetails + " WHERE r.period = ?")
        query.bind(1, period)
        var found: [MerchantID: Redaction] = [:]
        try query.forEach { row in
            let merchant = try roster.merchant(row.integer(1), of: "redacted_details", row.integer(0))
            found[merchant] = try Self.details(row)
        }
        return found
    }

    /// Goes over all rows: each is as it was written, is of what is there, and says what its notice says, which is of an
    /// instant at which a member was forgotten, or its batch was received. Throws `StoreTrouble`.
    ///
    /// A row of a file that is gone only the file tells, once it is read: nothing else says that it has one.
    func verify() throws {
        let instants = Set(try AuditRows(database).reasons(of: .memberForgotten).map(\.at))
        try Prepared(database, Self.ofBatches).forEach { row in
            let at = try Self.instant(of: Self.batch(row))
            guard at == row.instantOrNil(7) || instants.contains(at) else {
                throw StoreTrouble.damaged("redacted_batches", "row \(row.integer(0))", Self.foreign(at))
            }
        }
        try Prepared(database, Self.ofDetails).forEach { row in
            let at = try Self.instant(of: Self.details(row))
            guard instants.contains(at) else {
                throw StoreTrouble.damaged(
                    "redacted_details", "period \(row.integer(0)), merchant number \(row.integer(1))",
                    Self.foreign(at))
            }
        }
    }

    private static func instant(of redaction: Redaction) -> Instant {
        guard let notice = RedactionNotice(redaction.notice.bytes) else {
            preconditionFailure("a redaction that was read has a notice")
        }
        return notice.at
    }

    private static func foreign(_ at: Instant) -> String {
        "its notice is of \(at), when nobody was forgotten as far as the audit says"
    }

    private static let ofBatches = """
        SELECT r.batch, r.digest, r.notice, r.signature, r.seal, r.sum, b.digest, b.received
        FROM redacted_batches r LEFT JOIN batches b ON b.batch = r.batch
        """

    private static func batch(_ row: Prepared) throws -> Redaction {
        guard sum([row.integer(0)], row, from: 1) == row.integer(5),
            let redaction = redaction(row, from: 1, signed: SHA256Digest(bytes: row.bytes(6)))
        else { throw StoreTrouble.damaged("redacted_batches", "row \(row.integer(0))") }
        return redaction
    }

    private static let ofDetails = """
        SELECT r.period, r.merchant, r.digest, r.notice, r.signature, r.seal, r.sum, s.details_digest
        FROM redacted_details r
        LEFT JOIN statements s ON s.period = r.period AND s.merchant = r.merchant
        """

    private static func details(_ row: Prepared) throws -> Redaction {
        guard sum([row.integer(0), row.integer(1)], row, from: 2) == row.integer(6),
            let redaction = redaction(row, from: 2, signed: SHA256Digest(text: row.text(7)))
        else {
            throw StoreTrouble.damaged(
                "redacted_details", "period \(row.integer(0)), merchant number \(row.integer(1))")
        }
        return redaction
    }

    /// What stands from `digest` on; nil where that is none, or the notice speaks of other bytes.
    private static func redaction(_ row: Prepared, from place: Int32, signed: SHA256Digest?) -> Redaction? {
        guard let signed, let digest = SHA256Digest(bytes: row.bytes(place)) else { return nil }
        let document = SealedDocument(
            bytes: row.bytes(place + 1), signature: row.text(place + 2), seal: row.text(place + 3))
        guard let notice = RedactionNotice(document.bytes), notice.signed == signed, notice.redacted == digest
        else { return nil }
        return Redaction(signed: signed, redacted: digest, notice: document)
    }

    private static func sum(_ key: [Int64], _ row: Prepared, from place: Int32) -> Int64 {
        sum(
            key, row.bytes(place),
            SealedDocument(
                bytes: row.bytes(place + 1), signature: row.text(place + 2), seal: row.text(place + 3)))
    }

    private static func sum(_ key: [Int64], _ digest: [UInt8], _ notice: SealedDocument) -> Int64 {
        RowSum.of(key, [notice.signature, notice.seal], bytes: digest + notice.bytes)
    }

    // MARK: Writing

    /// Notes which bytes of a batch stand now; a notice that was there before gives way.
    func set(_ digest: SHA256Digest, ofBatch number: Int64, _ notice: SealedDocument) throws {
        let insert = try Prepared(
            database,
            """
            INSERT OR REPLACE INTO redacted_batches (batch, digest, notice, signature, seal, sum)
            VALUES (?, ?, ?, ?, ?, ?)
            """)
        insert.bind(1, number)
        bind(digest, notice, to: insert, from: 2)
        insert.bind(6, Self.sum([number], digest.bytes, notice))
        try insert.run()
    }

    /// The same of the file of a merchant, by its number.
    func set(
        _ digest: SHA256Digest, ofDetails merchant: Int64, period: Int, _ notice: SealedDocument
    ) throws {
        let insert = try Prepared(
            database,
            """
            INSERT OR REPLACE INTO redacted_details (period, merchant, digest, notice, signature, seal, sum)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """)
        insert.bind(1, period)
        insert.bind(2, merchant)
        bind(digest, notice, to: insert, from: 3)
        insert.bind(7, Self.sum([Int64(period), merchant], digest.bytes, notice))
        try insert.run()
    }

    private func bind(
        _ digest: SHA256Digest, _ notice: SealedDocument, to insert: Prepared, from place: Int32
    ) {
        insert.bind(place, digest.bytes)
        insert.bind(place + 1, notice.bytes)
        insert.bind(place + 2, notice.signature)
        insert.bind(place + 3, notice.seal)
    }
}
