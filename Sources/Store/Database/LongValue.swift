import GRDB
import GRDBSQLite

/// Writes a long value in pieces into the room that its row has for it: bound to a statement, it would stand in
/// memory twice more.
enum LongValue {
    /// From here on it is worth it.
    static let leastBytes = 1 << 20
    private static let pieceBytes = 1 << 20

    /// `column` has to be the table's last one, and to hold as many zeros; part of the caller's transaction.
    static func write(
        _ bytes: [UInt8], to column: String, of table: String, row: Int64, _ database: Database
    ) throws {
        var handle: OpaquePointer?
        let opened = sqlite3_blob_open(database.sqliteConnection, "main", table, column, row, 1, &handle)
        defer { sqlite3_blob_close(handle) }
        guard opened == SQLITE_OK else { throw failure(opened, database) }
        precondition(sqlite3_blob_bytes(handle) == bytes.count, "the room is as large as what goes there")
        try bytes.withUnsafeBytes { whole in
            for start in stride(from: 0, to: whole.count, by: pieceBytes) {
                let piece = UnsafeRawBufferPointer(
                    rebasing: whole[start..<min(start + pieceBytes, whole.count)])
                let code = sqlite3_blob_write(
                    handle, piece.baseAddress, Int32(piece.count), Int32(start))
                guard code == SQLITE_OK else { throw failure(code, database) }
            }
        }
    }

    private static func failure(_ code: Int32, _ database: Database) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code),
            message: sqlite3_errmsg(database.sqliteConnection).map { String(cString: $0) })
    }
}
