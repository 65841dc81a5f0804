import GRDB
import GRDBSQLite
public import Settlement

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The data of one alliance: a single SQLite file, written by one connection, in which a batch or a period
/// is there whole or not at all.
///
/// Every method is one transaction and returns when it is on the disk; a close is many, of which the last makes
/// the others count. They block the thread they are called on; a caller that must not block calls them from one
/// that may. They throw `StoreTrouble` when the disk or another process is in the way, and the refusals that each
/// names.
public struct Store: Sendable {
    /// The name of the file in its data folder.
    public static let fileName = "settled.sqlite"

    /// The file, as SQLite was given it.
    public let path: String
    let pool: DatabasePool
    /// The data folder.
    public var folder: String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." }
    private let readers: ReaderLane
    private var isForReaders = false
    let memory = Memory()
    let checkpointer: Checkpointer
    /// From asking to write until it is on the disk, of each transaction but those that a close writes its outcome in.
    public let commits = Latencies()

    /// What a commit outlives.
    public enum Durability: Hashable, Sendable {
        /// The death of the machine: what every alliance's data is kept with.
        case powerCut
        /// The death of the process only: for data that is thrown away at the end.
        case process
    }

    /// What the connection that writes keeps of its file in memory: batches and closes write behind what is there, and
    /// look up little.
    static let cacheMebibytes = 16
    /// What a close keeps in memory of what it reads beside its members one after the other: originals of reversals.
    static let closeCacheMebibytes = 16

    init(path: String, pool: DatabasePool) throws {
        self.path = path
        self.pool = pool
        readers = ReaderLane(path: path)
        checkpointer = try pool.writeWithoutTransaction { database in
            let checkpointer = Checkpointer(path: path, pageBytes: try Connection.pageBytes(of: database))
            checkpointer.watch(database)
            return checkpointer
        }
    }

    /// Founds an alliance in a folder that has none, with no key yet.
    ///
    /// The zone's rules are kept with it, so that no statement depends on a later edition of them.
    public static func create(
        folder: String, alliance: Alliance, zone: ZoneRules, at instant: Instant,
        durability: Durability = .powerCut
    ) throws -> Store {
        let path = folder + "/" + fileName
        return try trying("create \(path)") {
            try makeOwnersFile(path)
            let store = try Store(path: path, pool: Connection.open(path, durability))
            try store.pool.write { database in
                guard try Schema.number(database, path: path) == 0 else {
                    throw StoreTrouble(
                        "create \(path)", because: "there is an alliance in it already",
                        hint: "name an empty folder, or change the alliance with `settled apply`")
                }
                try Schema.migrate(database, path: path)
                try AllianceRows(database).add(alliance, zone: zone, at: instant)
                try CutRows(database).found()
                try OutboxHead(database).found()
                try AuditRows(database).add(AuditEntry(at: instant, act: .found, reason: alliance.id.text))
            }
            return store
        }
    }

    /// Opens what `create` made, and takes it to the present schema, with a copy of an older one beside it before; what
    /// that does is told to `upgrading`.
    public static func open(
        folder: String, upgrading: (SchemaUpgrade) -> Void = { _ in }
    ) throws -> Store {
        let path = folder + "/" + fileName
        guard isFile(path) else { throw cannotOpen(path, errno) }
        return try trying("open \(path)") {
            let store = try Store(path: path, pool: Connection.open(path, .powerCut))
            // Only a file of an older schema is written: who opens it to read waits for nobody.
            let found = try store.pool.read { try Schema.requireKnown($0, path: path) }
            guard found > 0 else {
                throw StoreTrouble(
                    "open \(path)", because: "no alliance was founded in it",
                    hint: "run `settled init` on this folder")
            }
            if found != Schema.present { try store.upgrade(keepingCopy: true, upgrading) }
            return store
        }
    }

    /// Opens a file that is only looked at, as a copy of it on another machine: nothing in it is ever written, and
    /// it need not be writable. One of an older schema is refused, as it would have to be changed.
    public static func openToRead(folder: String) throws -> Store {
        try openToRead(file: folder + "/" + fileName)
    }

    /// The same of a file by itself, as a backup is one.
    public static func openToRead(file path: String) throws -> Store {
        try trying("open \(path)") {
            let store = try Store(path: path, pool: Connection.openToRead(path))
            let found = try store.pool.read { try Schema.number($0, path: path) }
            guard found == Schema.present else {
                throw StoreTrouble(
                    "open \(path)",
                    because: "its schema is \(found), this program reads those of \(Schema.present)",
                    hint: found > Schema.present
                        ? "use the newer program that wrote it"
                        : "open a copy of it with `settled status` first, which brings it up to date")
            }
            return store
        }
    }

    /// Closes the file, with all in it and nothing in the log beside it; the store is not used afterwards.
    /// Done again, it does nothing.
    public func shut() throws {
        try trying("close \(path)") {
            checkpointer.stop()
            // Another process may be reading; what stays in the log then is as safe there.
            let isOpen = pool.writeWithoutTransaction { database in
                guard let connection = database.sqliteConnection else { return false }
                // Nor is a reader waited for, as a close at work is one: this would hold up all who write meanwhile.
                sqlite3_busy_timeout(connection, 0)
                _ = try? database.checkpoint(.truncate)
                return true
            }
            try readers.close()
            // Those that only read go first, which closing the pool would do last: only one that may write takes the log
            // away.
            if isOpen { pool.releaseMemory() }
            try pool.close()
        }
    }

    /// The same store for who only reads and is to be answered at once: over connections of its own, it waits for no
    /// thread that stores batches.
    public var forReaders: Store {
        var other = self
        other.isForReaders = true
        return other
    }

    /// Reads, beside whatever is being written.
    func reading<Value>(_ attempt: String, _ body: (Database) throws -> Value) throws -> Value {
        try trying(attempt) {
            let own = isForReaders ? try readers.pool() : nil
            return try (own ?? pool).read(body)
        }
    }

    /// One transaction: it is on the disk when this returns, and undone when `body` throws.
    func writing<Value>(_ attempt: String, _ body: (Database) throws -> Value) throws -> Value {
        let begun = ContinuousClock.now
        let value = try trying(attempt) { try pool.write(body) }
        commits.add(.now - begun)
        return value
    }

    /// The alliance in force, as this transaction sees it.
    func inForce(_ database: Database) throws -> InForce { try memory.inForce(database) }
}
