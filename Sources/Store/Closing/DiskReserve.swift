import GRDB

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Room on the data folder's file system that closes leave to batches: they stop before they take of it.
public struct DiskReserve: Sendable {
    /// Bytes that have to be free, in the file system or in the database itself, before a close writes more.
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

    /// Throws `StoreTrouble` where less is free. What `database` has of unused pages counts as free.
    func check(_ folder: String, _ database: Database? = nil) throws {
        guard bytes > 0, let outside = free(folder) else { return }
        let inside = try database.map(Self.unusedBytes) ?? 0
        guard outside + inside < bytes else { return }
        throw StoreTrouble(
            "write what a close comes to",
            because: "\(outside + inside) bytes are free for \(folder), \(bytes) are kept for batches",
            hint: "make room on the disk; the period is open, its close is tried again from the same cut")
    }

    private static func unusedBytes(_ database: Database) throws -> Int64 {
        let pages = try Prepared(database, "PRAGMA freelist_count").first { $0.integer(0) } ?? 0
        return try pages * (Prepared(database, "PRAGMA page_size").first { $0.integer(0) } ?? 0)
    }

    /// What this process may still write.
    private static func freeBytes(_ folder: String) -> Int64? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(
            by: UInt64(status.f_frsize))
        return overflow ? .max / 2 : Int64(clamping: min(bytes, UInt64(Int64.max / 2)))
    }
}
