import GRDB

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Copies a database page by page, as one moment saw it, while others write to it.
///
/// All of it is copied within one read transaction. SQLite's way of copying in pieces begins anew whenever another
/// process commits between two of them, and beside a busy intake it never ends. Under the transaction it sees none of
/// that; the log, which cannot begin anew as long, grows by what is written meanwhile. `VACUUM INTO` holds such a
/// transaction too, is no faster, and does not say how far it is.
public enum OnlineCopy {
    /// Pages between two words on how far it is: some 16 MiB.
    private static let pagesOfStep: Int32 = 1_024

    /// Copies the database at `path` to `draft`, a new or an empty file, and returns when that is on the disk. It is one
    /// file: it has no log beside it, and needs none to be read.
    ///
    /// `progress` is told which part of the pages is copied, 0 … 1. Gives what was in the database at that moment. Throws
    /// `StoreTrouble`; what there is of the draft then stays.
    public static func write(
        from path: String, to draft: String, progress: @escaping (Double) -> Void = { _ in }
    ) throws -> DatabaseContents {
        try write(from: path, to: draft, pagesOfStep: pagesOfStep, progress: progress)
    }

    static func write(
        from path: String, to draft: String, pagesOfStep: Int32, progress: @escaping (Double) -> Void
    ) throws -> DatabaseContents {
        try trying("copy \(path) to \(draft)") {
            let source = try Connection.openToRead(path)
            defer { try? source.close() }
            let target = try openDraft(draft)
            defer { try? target.close() }
            let contents = try source.read { database in
                // Its first query is what begins to hold this moment.
                let contents = try DatabaseContents(database, path: path)
                try target.writeWithoutTransaction { copy in
                    try database.backup(to: copy, pagesPerStep: pagesOfStep) { step in
                        guard step.totalPageCount > 0 else { return }
                        progress(Double(step.completedPageCount) / Double(step.totalPageCount))
                    }
                    // The copy says of itself that it has a log, as the original does.
                    try copy.execute(sql: "PRAGMA journal_mode = DELETE")
                }
                return contents
            }
            try target.close()
            try synchronize(draft)
            return contents
        }
    }

    /// A file that is thrown away when anything fails: it needs neither journal nor order.
    private static func openDraft(_ path: String) throws -> DatabaseQueue {
        try makeOwnersFile(path)
        var configuration = Configuration()
        configuration.label = "settled.copy"
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = OFF")
            try database.execute(sql: "PRAGMA synchronous = OFF")
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Waits until a file, or the names in a folder, would survive a power cut.
    static func synchronize(_ path: String) throws(StoreTrouble) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw StoreTrouble("write \(path) durably", because: String(cString: strerror(errno)))
        }
    }
}
