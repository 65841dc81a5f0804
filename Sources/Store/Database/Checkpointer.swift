import Dispatch
import GRDB
import GRDBSQLite
import Synchronization

/// Writes the log back into the file on a thread of its own, so that no commit waits for it: a commit is on the
/// disk once it is in the log.
///
/// A log that goes on growing meanwhile never begins anew. So the commit that next finds it long writes back what
/// is left of it itself, which is little then.
final class Checkpointer: Sendable {
    /// Pages of log that are written back: 64 MB, so that a page that many batches change is written once for many
    /// of them.
    private static let pages: Int32 = 16_000

    private enum State { case idle, running, ran, stopped }

    private let state = Mutex(State.idle)
    private let queue = DispatchQueue(label: "settled.checkpoint", qos: .utility)
    private let path: String
    private let pages: Int32

    init(path: String, pages: Int32 = Checkpointer.pages) {
        self.path = path
        self.pages = pages
    }

    /// Takes the place of SQLite's own checkpoints on the connection that writes. It must outlive that.
    func watch(_ database: Database) {
        sqlite3_wal_hook(
            database.sqliteConnection,
            { context, connection, _, pages in
                guard let context else { return SQLITE_OK }
                Unmanaged<Checkpointer>.fromOpaque(context).takeUnretainedValue().committed(connection, pages)
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Returns when nothing is written back any more; what is in the log is as safe there.
    func stop() {
        state.withLock { $0 = .stopped }
        queue.sync {}
    }

    /// After each commit: the log has so many pages.
    private func committed(_ connection: OpaquePointer?, _ count: Int32) {
        let isLeft = state.withLock { state in
            switch (state, count >= pages) {
            case (.idle, true):
                state = .running
                queue.async { self.run() }
                return false
            case (.ran, let isLong):
                state = .idle
                return isLong
            case (.idle, false), (.running, _), (.stopped, _): return false
            }
        }
        // Nobody is waited for: what readers still need stays.
        if isLeft { sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil) }
    }

    private func run() {
        guard state.withLock({ $0 == .running }) else { return }
        Self.writeBack(path)
        state.withLock { if $0 == .running { $0 = .ran } }
    }

    /// Writes back what no reader holds up, beside whoever writes. A disk that is full or broken is told to the next
    /// commit.
    static func writeBack(_ path: String) {
        var configuration = Configuration()
        configuration.label = "settled.checkpoint"
        guard let queue = try? DatabaseQueue(path: path, configuration: configuration) else { return }
        _ = try? queue.writeWithoutTransaction { try $0.checkpoint(.passive) }
        try? queue.close()
    }
}
