import GRDB

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Room on the data folder's file system that closes leave to batches: they stop before they take of it.
public struct DiskReserve: Sendable {
    /// Bytes that have to be free in the file system before a close writes more, beside what the database's file has
    /// still to grow by.
    public let bytes: Int64
    /// Bytes that are free in the file system of a folder; nil where that cannot be told.
    private let free: @Sendable (_ folder: String) -> Int64?

    /// 256 MiB: more than the largest batch takes with its receipt, in the log and in the file.
    public static let standardBytes = 256 << 20
    public static let bounds = 0...(1 << 50)
    /// For what is thrown away at the end.
    public static let none = DiskReserve(bytes: 0)

    public init(bytes: Int) { self.init(bytes: Int64(bytes), free: Self.freeBytes) }

    init(bytes: Int64, free: @escaping @Sendable (_ folder: String) -> Int64?) {
        self.bytes = bytes
        self.free = free
    }

    /// Throws `StoreTrouble` where less is free, beside so many bytes that are written next.
    ///
    /// While a close reads, what it writes stays in the log, which only grows; once it ends, all of that goes into the
    /// file. So what the file grows by then is kept free beside the reserve. Unused pages of the database spare it that
    /// growth, and no more: what is written to them takes room in the log as well.
    func check(_ folder: String, _ database: Database, taking next: Int = 0) throws {
        guard bytes > 0, let found = free(folder) else { return }
        let growth = try Self.growth(folder + "/" + Store.fileName, database)
        guard found - growth - Int64(next) < bytes else { return }
        throw StoreTrouble(
            "write what a close comes to",
            because: "\(found) bytes are free for \(folder), of which what is written already takes "
                + "\(growth)\(next > 0 ? " and what comes next \(next)" : ""), and \(bytes) are kept for batches",
            hint: "make room on the disk; the period is as open as before", kind: .reserve)
    }

    /// Whether the reserve stays untouched when so many bytes more are written to a folder's file system, as far as that
    /// can be told.
    public func isLeft(writing more: Int, in folder: String) -> Bool {
        guard bytes > 0, let found = free(folder) else { return true }
        return found - Int64(more) >= bytes
    }

    /// Bytes by which the file grows when its log is written back.
    private static func growth(_ path: String, _ database: Database) throws -> Int64 {
        let bytes = Int64(try Connection.byteCount(of: database))
        var status = stat()
        guard stat(path, &status) == 0 else { return 0 }
        return max(0, bytes - Int64(status.st_size))
    }

    /// What this process may still write to a folder's file system, in bytes; nil where that cannot be told.
    public static func freeBytes(_ folder: String) -> Int64? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(
            by: UInt64(status.f_frsize))
        return overflow ? .max / 2 : Int64(clamping: min(bytes, UInt64(Int64.max / 2)))
    }
}
