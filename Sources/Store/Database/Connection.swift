import GRDB

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How Settled opens its file: one writer, readers beside it, every commit on the disk before it is reported.
enum Connection {
    /// Connections beside the one that writes.
    static let mostReaders = 8

    /// Bytes of a page. Most of the file is long values, packed records, settlements and runs of ids: on pages of the
    /// usual size each would be a long chain, and each page of log is two calls to the system.
    static let pageBytes = 16 << 10

    /// Bytes of a page of a file that is open.
    static func pageBytes(of database: Database) throws -> Int {
        Int(try Prepared(database, "PRAGMA page_size").first { $0.integer(0) } ?? Int64(pageBytes))
    }

    /// Bytes of all pages, those in the log included.
    static func byteCount(of database: Database) throws -> Int {
        let pages = try Prepared(database, "PRAGMA page_count").first { $0.integer(0) } ?? 0
        return Int(pages) * (try pageBytes(of: database))
    }

    /// Opens the file, which is made if it is missing.
    static func open(_ path: String, _ durability: Store.Durability) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.label = "settled"
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(busySeconds)
        configuration.maximumReaderCount = mostReaders
        configuration.prepareDatabase { database in
            // A sort that does not fit in the cache goes to a file, never to memory: a close's memory does
            // not grow with its period.
            try database.execute(sql: "PRAGMA temp_store = FILE")
            // Of a file that is made; one that is there keeps its own.
            if !database.configuration.readonly {
                try database.execute(sql: "PRAGMA page_size = \(pageBytes)")
            }
            let kibibytes = database.configuration.readonly ? 2_048 : Store.cacheMebibytes << 10
            try database.execute(sql: "PRAGMA cache_size = -\(kibibytes)")
        }
        let pool = try DatabasePool(path: path, configuration: configuration)
        try pool.writeWithoutTransaction { database in
            // GRDB opens a pool with NORMAL, under which a receipt could outlive its batch in a power cut.
            try database.execute(sql: "PRAGMA synchronous = \(durability == .powerCut ? "FULL" : "OFF")")
            // A close writes its whole period into the log; the log gives that room back afterwards.
            try database.execute(sql: "PRAGMA journal_size_limit = 67108864")
        }
        return pool
    }

    /// Opens a file that is there, to read in it only.
    ///
    /// SQLite wants to lay its log's index beside the file. Where the folder cannot be written to and there is no
    /// log, nobody can be writing to the file, and it is read as one that never changes.
    static func openToRead(_ path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.label = "settled.read"
        configuration.readonly = true
        configuration.busyMode = .timeout(busySeconds)
        configuration.maximumReaderCount = 4
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/")
        let isStill = access(folder.isEmpty ? "/" : folder, W_OK) != 0 && !isFile(path + "-wal")
        return try DatabasePool(
            path: isStill ? "file:" + escaped(path) + "?immutable=1" : path, configuration: configuration)
    }

    /// A path as part of a URI.
    private static func escaped(_ path: String) -> String {
        path.utf8.map { byte in
            let isPlain =
                byte == UInt8(ascii: "/") || (byte > 0x20 && byte < 0x7F && !"%?#".utf8.contains(byte))
            let digits = String(byte, radix: 16)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (digits.count < 2 ? "0" : "") + digits
        }.joined()
    }

    /// How long one process waits for another's transaction, and for another's close: a large one takes its time.
    static let busySeconds = 300.0
}

/// Whether there is a file to read at this path.
func isFile(_ path: String) -> Bool { access(path, R_OK) == 0 }

/// Why a file that the system does not let be read cannot be opened, by the system's number for it.
func cannotOpen(_ path: String, _ reason: Int32) -> StoreTrouble {
    guard reason == ENOENT || reason == ENOTDIR else {
        return StoreTrouble(
            "open \(path)",
            because: reason == EACCES ? "permission denied" : String(cString: strerror(reason)),
            hint: "run this as the user that the daemon runs as, or give that user the file and its folder")
    }
    return StoreTrouble(
        "open \(path)", because: "there is no such file",
        hint: "name the data folder that `settled init` made")
}

/// Makes an empty file for its owner alone, whatever the folder and the umask: what members did is nobody else's
/// business. The files that SQLite lays beside a database take its permissions over.
func makeOwnersFile(_ path: String) throws(StoreTrouble) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
        throw StoreTrouble(
            "create \(path)", because: String(cString: strerror(errno)),
            hint: "check that the data folder is there and that this user may write to it")
    }
    close(descriptor)
}
