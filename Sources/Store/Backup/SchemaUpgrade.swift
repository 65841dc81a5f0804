import GRDB

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What opening a file of an older schema did, or is about to do.
public struct SchemaUpgrade: Sendable {
    /// The schema that the file had, and the one that it gets.
    public let from: Int
    public let to: Int
    /// The copy of the file as it was before; nil: none is kept.
    public let copy: String?
    /// How long the copying took; and each step. Nil: it has only begun.
    public let done: (copying: Duration, steps: [Step])?

    /// One step of the schema.
    public struct Step: Hashable, Sendable {
        public let number: Int
        public let name: String
        public let duration: Duration
    }
}

extension SchemaUpgrade: CustomStringConvertible {
    /// One sentence for the log.
    public var description: String {
        guard let done else {
            return "the database is of schema \(from), and is taken to schema \(to)"
                + (copy.map { ": a copy of it goes to \($0) first" } ?? "")
        }
        let steps = done.steps.map { "\($0.name) in \(Self.seconds($0.duration))" }.joined(separator: ", ")
        return "the database is of schema \(to) now: \(steps)"
            + (copy.map { "; as it was before it is in \($0), copied in \(Self.seconds(done.copying))" } ?? "")
    }

    private static func seconds(_ duration: Duration) -> String {
        let milliseconds = duration / .milliseconds(1)
        return milliseconds < 1_000 ? "\(Int(milliseconds)) ms" : "\(Int(milliseconds / 1_000)) s"
    }
}

extension Store {
    /// The number of the schema that this program works on.
    public static let presentSchema = Schema.present

    /// Takes an older file to the present schema, all steps in one transaction: it ends with all of them or none.
    ///
    /// The copy is made within that transaction, by a connection that reads beside it: nobody writes between the two. It
    /// takes no room of the reserve: afterwards batches are to be stored as before.
    func upgrade(
        keepingCopy: Bool, reserve: DiskReserve = DiskReserve(bytes: DiskReserve.standardBytes),
        _ tell: (SchemaUpgrade) -> Void
    ) throws {
        try pool.write { database in
            let found = try Schema.requireKnown(database, path: path)
            // Another process may have been first.
            guard found < Schema.present else { return }
            let copy = keepingCopy ? path + ".before-\(Schema.present)" : nil
            tell(SchemaUpgrade(from: found, to: Schema.present, copy: copy, done: nil))
            let begin = ContinuousClock.now
            if let copy { try keepCopy(copy, bytes: Connection.byteCount(of: database), reserve) }
            let copying = ContinuousClock.now - begin
            let steps = try Schema.migrate(database, path: path)
            tell(SchemaUpgrade(from: found, to: Schema.present, copy: copy, done: (copying, steps)))
        }
    }

    /// Copies the file beside itself, whole or not at all. One that an upgrade left which failed is older, and goes.
    private func keepCopy(_ copy: String, bytes: Int, _ reserve: DiskReserve) throws {
        let draft = copy + ".tmp"
        unlink(draft)
        do {
            guard reserve.isLeft(writing: bytes, in: folder) else {
                throw StoreTrouble(
                    "write \(copy)", because: "there is not enough room on the disk",
                    hint:
                        "make room for \(bytes) bytes beside the \(reserve.bytes) that are kept for batches; the"
                        + " database is as it was")
            }
            _ = try OnlineCopy.write(from: path, to: draft)
            guard rename(draft, copy) == 0 else {
                throw StoreTrouble("write \(copy)", because: String(cString: strerror(errno)))
            }
            // The copy has its name for good before anything changes.
            try OnlineCopy.synchronize(folder)
        } catch let trouble as StoreTrouble {
            unlink(draft)
            throw StoreTrouble(
                "keep a copy of \(path) before its schema changes", because: trouble.cause,
                hint: trouble.hint ?? "make room for as much again beside it; the database is as it was")
        }
    }

    /// Takes a file that is no alliance's yet, as a backup that is being restored, to the present schema; nothing stays
    /// beside it.
    public static func upgrade(file path: String, upgrading: (SchemaUpgrade) -> Void = { _ in }) throws {
        try trying("open \(path)") {
            let store = try Store(path: path, pool: Connection.open(path, .powerCut))
            defer { try? store.shut() }
            try store.upgrade(keepingCopy: false, upgrading)
        }
    }
}
