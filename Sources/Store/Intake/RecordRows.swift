import GRDB
import Settlement

/// A record as it is stored.
struct StoredRecord {
    let number: RecordNumber
    /// The merchant that reported it, by its number.
    let merchant: Int64
    let record: Settlement.Record
    /// The ordinal of the period it settles in.
    let period: Int
    let late: Bool
}

/// Appends records and reads single ones.
struct RecordRows {
    private let insert: Prepared
    private let select: Prepared

    init(_ database: Database) throws {
        insert = try Prepared(
            database,
            """
            INSERT INTO records (record, batch, line, merchant, id, type, member, points, amount, at, ref,
                store, expires, campaign, item, period, late)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        select = try Prepared(database, "SELECT \(Self.columns) FROM records r WHERE r.record = ?")
    }

    func append(_ stored: StoredRecord, batch: Int64, line: Int) throws {
        let record = stored.record
        insert.bind(1, stored.number.value)
        insert.bind(2, batch)
        insert.bind(3, line)
        insert.bind(4, stored.merchant)
        insert.bind(5, record.id.text)
        insert.bind(6, Int64(record.type.rawValue))
        insert.bind(7, record.member.text)
        insert.bind(8, record.points.count)
        insert.bind(9, record.amount?.minorUnits)
        insert.bind(10, record.at.milliseconds)
        insert.bind(11, record.ref?.text)
        insert.bind(12, record.store?.text)
        insert.bind(13, record.expires.map { Int64($0.dayNumber) })
        insert.bind(14, record.campaign?.text)
        insert.bind(15, record.item?.text)
        insert.bind(16, stored.period)
        insert.bind(17, stored.late)
        try insert.run()
    }

    /// The record with a number that was given out.
    func record(_ number: RecordNumber) throws -> StoredRecord {
        select.bind(1, number.value)
        guard let stored = try select.first({ Self.stored($0) }) else {
            preconditionFailure("record \(number.value) has been stored")
        }
        return stored
    }

    /// The highest number given out, 0 before the first.
    static func lastNumber(_ database: Database) throws -> RecordNumber {
        RecordNumber(
            try Prepared(database, "SELECT coalesce(max(record), 0) FROM records").first { $0.integer(0) }
                ?? 0)
    }

    /// What `stored` reads, of a table `r` that is `records`.
    static let columns = """
        r.member, r.record, r.merchant, r.id, r.type, r.points, r.amount, r.at, r.ref, r.store, r.expires,
        r.campaign, r.item, r.period, r.late
        """

    /// A row that begins with `columns`.
    static func stored(_ row: Prepared) -> StoredRecord {
        guard let type = RecordType(rawValue: UInt8(row.integer(4))) else {
            preconditionFailure("a stored record is of one of the six types")
        }
        let record = Record(
            id: RecordID(verified: row.text(3)), type: type, member: MemberID(verified: row.text(0)),
            points: Points(row.integer(5)), amount: row.integerOrNil(6).map { Money($0) },
            at: Instant(milliseconds: row.integer(7)), ref: row.textOrNil(8).map { RecordID(verified: $0) },
            store: row.textOrNil(9).map { StoreID(verified: $0) },
            expires: row.integerOrNil(10).map { LocalDate(dayNumber: Int($0)) },
            campaign: row.textOrNil(11).map { CampaignID(verified: $0) },
            item: row.textOrNil(12).map { ItemID(verified: $0) })
        return StoredRecord(
            number: RecordNumber(row.integer(1)), merchant: row.integer(2), record: record,
            period: Int(row.integer(13)), late: row.integer(14) != 0)
    }
}
