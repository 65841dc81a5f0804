import GRDB
import GRDBSQLite
import Settlement

/// A cached statement, bound and stepped by SQLite's own interface: a record's row must not cost an array of
/// boxed values. Of one connection, used inside one of its accesses; each value is bound before each run.
struct Prepared {
    private let statement: Statement
    private let connection: SQLiteConnection
    private let handle: SQLiteStatement
    private let fault = Fault()

    /// A value that SQLite would not take, being too long for it; told when the statement runs.
    private final class Fault {
        var code = SQLITE_OK
    }

    init(_ database: Database, _ sql: String) throws {
        guard let connection = database.sqliteConnection else {
            preconditionFailure("a statement is prepared on an open connection")
        }
        statement = try database.cachedStatement(sql: sql)
        self.connection = connection
        handle = statement.sqliteStatement
        sqlite3_reset(handle)
    }

    // MARK: Running

    /// Runs a statement that gives no row.
    func run() throws {
        let code = try step()
        guard code == SQLITE_DONE else { throw failure(code) }
        sqlite3_reset(handle)
    }

    /// Runs it with these bytes bound where they are: long ones would stand in memory once more.
    func run(with index: Int32, _ value: [UInt8]) throws {
        try value.withUnsafeBytes { bytes in
            check(sqlite3_bind_blob64(handle, index, bytes.baseAddress, UInt64(bytes.count), nil))
            defer { check(sqlite3_bind_null(handle, index)) }
            try run()
        }
    }

    /// Goes to the next row; false behind the last, and the statement can be bound anew.
    func next() throws -> Bool {
        let code = try step()
        if code == SQLITE_ROW { return true }
        guard code == SQLITE_DONE else { throw failure(code) }
        sqlite3_reset(handle)
        return false
    }

    /// The rows, one after the other.
    func forEach(_ row: (Prepared) throws -> Void) throws {
        defer { reset() }
        while try next() { try row(self) }
    }

    /// What `row` makes of the first row, nil if there is none; further rows are not looked at.
    func first<Value>(_ row: (Prepared) throws -> Value) throws -> Value? {
        defer { reset() }
        return try next() ? try row(self) : nil
    }

    func all<Value>(_ row: (Prepared) throws -> Value) throws -> [Value] {
        var values: [Value] = []
        try forEach { values.append(try row($0)) }
        return values
    }

    /// Gives up the rows that are left. A statement that is left standing on one would keep its connection in
    /// an old view of the file.
    func reset() { sqlite3_reset(handle) }

    /// Rows that the last run inserted, changed or deleted.
    var changes: Int { Int(sqlite3_changes(connection)) }

    private func step() throws -> Int32 {
        guard fault.code == SQLITE_OK else {
            defer { fault.code = SQLITE_OK }
            throw failure(fault.code)
        }
        return sqlite3_step(handle)
    }

    private func failure(_ code: Int32) -> DatabaseError {
        let message = String(cString: sqlite3_errmsg(connection))
        sqlite3_reset(handle)
        return DatabaseError(
            resultCode: ResultCode(rawValue: code), message: message,
            sql: String(cString: sqlite3_sql(handle)))
    }

    // MARK: Binding, from 1

    func bind(_ index: Int32, _ value: Int64) {
        check(sqlite3_bind_int64(handle, index, value))
    }

    func bind(_ index: Int32, _ value: Int64?) {
        if let value { bind(index, value) } else { check(sqlite3_bind_null(handle, index)) }
    }

    func bind(_ index: Int32, _ value: Int) { bind(index, Int64(value)) }

    func bind(_ index: Int32, _ value: Bool) { bind(index, value ? 1 : 0 as Int64) }

    func bind(_ index: Int32, _ value: String) {
        var value = value
        value.withUTF8 { bytes in
            check(
                sqlite3_bind_text(
                    handle, index, UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self),
                    Int32(clamping: bytes.count), Self.copied))
        }
    }

    func bind<Kind>(_ index: Int32, _ value: Identifier<Kind>) {
        value.withBytes { bytes in
            let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            check(sqlite3_bind_text(handle, index, start, Int32(bytes.count), Self.copied))
        }
    }

    func bind(_ index: Int32, _ value: String?) {
        if let value { bind(index, value) } else { check(sqlite3_bind_null(handle, index)) }
    }

    func bind(_ index: Int32, _ value: [UInt8]) {
        guard !value.isEmpty else { return check(sqlite3_bind_zeroblob(handle, index, 0)) }
        check(sqlite3_bind_blob64(handle, index, value, UInt64(value.count), Self.copied))
    }

    /// Room for bytes that are written afterwards.
    func bindZeros(_ index: Int32, _ count: Int) {
        check(sqlite3_bind_zeroblob64(handle, index, UInt64(count)))
    }

    func bind(_ index: Int32, _ value: [UInt8]?) {
        if let value { bind(index, value) } else { check(sqlite3_bind_null(handle, index)) }
    }

    private func check(_ code: Int32) {
        guard code != SQLITE_OK else { return }
        precondition(
            code == SQLITE_TOOBIG || code == SQLITE_NOMEM,
            "a value is bound to a parameter that the statement has")
        fault.code = code
    }

    // SQLite's mark for bytes that it has to copy before the call returns.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    // MARK: Columns, from 0

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func integerOrNil(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

    /// An instant that was stored; of a number that no instant of the years 0 to 9999 has, as damage can make it, the
    /// nearest one.
    func instant(_ column: Int32) -> Instant {
        let bounds = Self.firstInstant...Self.lastInstant
        return Instant(milliseconds: min(max(integer(column), bounds.lowerBound), bounds.upperBound))
    }

    func instantOrNil(_ column: Int32) -> Instant? { isNull(column) ? nil : instant(column) }

    // 0000-01-02 and 9999-12-30 in UTC: all zones have a date of four digits then.
    private static let firstInstant: Int64 = -62_167_132_800_000
    private static let lastInstant: Int64 = 253_402_214_399_999

    func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// An identifier that was stored; of a text that is too long for one, as damage can make it, the beginning.
    func identifier<Kind>(_ column: Int32) -> Identifier<Kind> {
        let start = sqlite3_column_text(handle, column)
        let count = min(Int(sqlite3_column_bytes(handle, column)), Identifier<Kind>.mostBytes)
        return Identifier(verified: UnsafeRawBufferPointer(start: start, count: count))
    }

    /// Calls `body` with the bytes of a text where they stand; they are gone with the row.
    func withTextBytes<Result>(
        _ column: Int32, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        let start = sqlite3_column_text(handle, column)
        let count = start == nil ? 0 : Int(sqlite3_column_bytes(handle, column))
        return try body(UnsafeRawBufferPointer(start: start, count: count))
    }

    func textOrNil(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    func bytes(_ column: Int32) -> [UInt8] { withBytes(column) { [UInt8]($0) } }

    /// Calls `body` with a column's bytes where they stand; they are gone with the row.
    func withBytes<Result>(
        _ column: Int32, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        let start = sqlite3_column_blob(handle, column)
        let count = start == nil ? 0 : Int(sqlite3_column_bytes(handle, column))
        return try body(UnsafeRawBufferPointer(start: start, count: count))
    }
}
