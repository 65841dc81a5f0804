import GRDB
import Settlement

/// The `RowSum` at the end of every row of `holdings`. A row that says that there is nothing has no bytes before it.
enum HoldingsSum {
    static func append(to bytes: inout [UInt8], of member: MemberID, period: Int) {
        var sum = RowSum(Int64(period))
        member.withBytes { sum.add($0) }
        sum.append(to: &bytes)
    }

    /// Calls `body` with what a row of `member, period, bytes` holds, and its sum. Throws `StoreTrouble` where that is not as it was
    /// written. No close of `open` or of a later period counts yet.
    @inline(__always)
    static func withContent<Result>(
        of row: Prepared, before open: Int, _ database: Database,
        _ body: (UnsafeRawBufferPointer, UInt64) throws -> Result
    ) throws -> Result {
        try row.withBytes(2) { bytes in
            var sum = RowSum(row.integer(1))
            row.withTextBytes(0) { sum.add($0) }
            guard let content = sum.content(of: bytes) else {
                throw try damaged(row, before: open, database)
            }
            return try body(content, RowSum.written(in: bytes))
        }
    }

    /// The row is told by its place, as members are named in no log. It counts what a close of `open` that ends before
    /// its time leaves as it was: members that held anything.
    static func damaged(
        _ row: Prepared, before open: Int, _ database: Database, _ cause: String = StoreTrouble.changed
    ) throws -> StoreTrouble {
        // Beside max(period) SQLite gives the bytes of that row.
        let query = try Prepared(
            database,
            """
            SELECT count(*) FROM (
                SELECT max(period), bytes FROM holdings WHERE member < ?1 AND period < ?2 GROUP BY member)
            WHERE length(bytes) > ?3
            """)
        query.bind(1, row.text(0))
        query.bind(2, open)
        query.bind(3, RowSum.byteCount)
        let before = try query.first { $0.integer(0) } ?? 0
        return .damaged(
            "holdings",
            "row \(before + 1) in the order of members that hold anything, of period \(row.integer(1))",
            cause)
    }
}
