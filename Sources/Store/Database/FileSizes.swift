#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the database takes of the disk, and what is left of that; in bytes.
public struct FileSizes: Hashable, Sendable {
    public let database: Int64
    /// The log that is not written back yet, or written back and kept to be used anew; 0: there is none.
    public let log: Int64
    /// What this process may still write; nil where that cannot be told.
    public let free: Int64?
}

extension Store {
    /// Asks the system, not the database.
    public var fileSizes: FileSizes {
        FileSizes(
            database: Self.bytes(of: path), log: Self.bytes(of: path + "-wal"),
            free: DiskReserve.freeBytes(folder))
    }

    private static func bytes(of path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }
}
