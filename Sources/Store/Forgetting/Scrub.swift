import GRDB

extension Store {
    /// Writes the file anew, without what was taken out of it, and empties the log: free pages and the log may hold old
    /// bytes until then.
    ///
    /// Takes as much room again beside the file, and as much in the log. Throws `StoreTrouble`, also where somebody
    /// reads the file, which keeps the log from being emptied; it can be tried again.
    public func scrub(reserve: DiskReserve = .none) throws {
        try trying("write \(path) anew") {
            try erasing {
                try pool.writeWithoutTransaction { database in
                    try requireRoom(reserve, database)
                    try database.execute(sql: "VACUUM")
                    _ = try database.checkpoint(.truncate)
                }
            }
        }
    }

    private func requireRoom(_ reserve: DiskReserve, _ database: Database) throws {
        let bytes = try Connection.byteCount(of: database)
        guard !reserve.isLeft(writing: 2 * bytes, in: folder) else { return }
        throw StoreTrouble(
            "write \(path) anew", because: "there is not enough room on the disk",
            hint: "make room for \(2 * bytes) bytes beside the \(reserve.bytes) that are kept for batches")
    }
}
