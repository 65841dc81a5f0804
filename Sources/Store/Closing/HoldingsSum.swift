import GRDB
import Settlement

/// The `RowSum` at the end of every row of `holdings`. A row that says that there is nothing has no bytes before it.
enum HoldingsSum {
    static func append(to bytes: inout [UInt8], of member: MemberID, period: Int) {
        var sum = RowSum(Int64(period))
        member.withBytes { sum.add($0) }
        sum.append(to: &bytes)
    }

    /// Calls `body` with what a row of `member, period, bytes` holds. Throws `StoreTrouble` where that is not as it was
    /// written.
    @inline(__always)
    static func withContent<Result>(
        of row: Prepared, _ database: Database, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        try row.withBytes(2) { bytes in
            var sum = RowSum(row.integer(1))
            row.withTextBytes(0) { sum.add($0) }
            guard let content = sum.content(of: bytes) else { throw try damaged(row, database) }
            return try body(content)
        }
    }

    /// The row is told by its place, as members are named in no log.
    static func damaged(
        _ row: Prepared, _ database: Database, _ cause: String = StoreTrouble.changed
    ) throws -> StoreTrouble {
        let query = try Prepared(
            database, "SELECT count(*) FROM holdings WHERE member < ?1 OR (member = ?1 AND period <= ?2)")
        query.bind(1, row.text(0))
        query.bind(2, row.integer(1))
        let place = try query.first { $0.integer(0) } ?? 0
        return .damaged("holdings", "row \(place) in the order of members and periods", cause)
    }
}
