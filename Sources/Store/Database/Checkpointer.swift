import Dispatch
import GRDB
import GRDBSQLite
import Synchronization

/// Writes the log back into the file on a thread of its own, so that no commit waits for it: a commit is on the
/// disk once it is in the log.
///
/// A log that goes on growing meanwhile never begins anew. So the commit that next finds it long writes back what
/// is left of it itself, if that is little. What a reader holds up, as a close does, or a disk that fails, is tried again
/// when the log has grown further, or when the reader is said to be gone.
final class Checkpointer: Sendable {
    /// Bytes of log that are written back: enough for a page that many batches change to be written once for many of
    /// them.
    private static let bytes: Int32 = 64 << 20

    private struct State {
        var isRunning = false
        var isStopped = false
        /// Pages of log at which the next run begins, and how many there were at the last commit.
        var threshold: Int32
        var count: Int32 = 0
        /// Whether a run left so little that a commit may write it back itself.
        var leavesLittle = false
        /// Whether a reader went that a run at work may have met.
        var begunAnew = false
    }

    private let state: Mutex<State>
    private let queue = DispatchQueue(label: "settled.checkpoint", qos: .utility)
    private let path: String
    private let pages: Int32

    /// `pageBytes` is the file's size of a page; so many `bytes` of log are written back at a time.
    init(path: String, pageBytes: Int, bytes: Int32 = Checkpointer.bytes) {
        self.path = path
        pages = bytes / Int32(pageBytes)
        state = Mutex(State(threshold: pages))
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

    /// What a reader held up can be written back: the next commit that finds the log long sees to it.
    func readerWent() {
        state.withLock { state in
            state.threshold = pages
            state.begunAnew = state.isRunning
        }
    }

    /// Returns when what is being written back is: nobody else may write it back meanwhile.
    func wait() { queue.sync {} }

    /// Returns when nothing is written back any more; what is in the log is as safe there.
    func stop() {
        state.withLock { $0.isStopped = true }
        queue.sync {}
    }

    /// After each commit: the log has so many pages.
    private func committed(_ connection: OpaquePointer?, _ count: Int32) {
        let isLeft = state.withLock { state in
            state.count = count
            guard !state.isStopped, !state.isRunning else { return false }
            if count < pages { state.threshold = pages }
            if state.leavesLittle {
                state.leavesLittle = false
                return count >= pages
            }
            if count >= state.threshold {
                state.isRunning = true
                queue.async { self.run() }
            }
            return false
        }
        // Nobody is waited for: what readers still need stays.
        if isLeft { sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil) }
    }

    private func run() {
        var isDone = false
        while !isDone {
            guard state.withLock({ !$0.isStopped }) else { return }
            let log = nearlyAll()
            isDone = state.withLock { state in
                if state.begunAnew {
                    state.begunAnew = false
                    return false
                }
                state.isRunning = false
                // A log that outruns this thread is not left to grow: then whoever writes waits.
                state.leavesLittle = log.map { $0.left <= pages / 4 || $0.pages > 8 * pages } ?? false
                state.threshold = state.leavesLittle ? pages : max(log?.pages ?? 0, state.count) + pages / 4
                return true
            }
        }
    }

    /// Writes back what there is, then what came meanwhile, until it is little or no longer becomes less.
    private func nearlyAll() -> Log? {
        var log = Self.tried(path)
        var before = Int32.max
        while let now = log, now.left > pages / 16, now.left <= before / 2 {
            before = now.left
            log = Self.tried(path)
        }
        return log
    }

    /// How many pages the log has, and how many of them are not written back.
    private struct Log {
        let pages: Int32
        let left: Int32
    }

    /// Writes back what no reader holds up, beside whoever writes. A disk that is full or broken is told to whoever
    /// writes next.
    static func writeBack(_ path: String) { _ = tried(path) }

    private static func tried(_ path: String) -> Log? {
        var configuration = Configuration()
        configuration.label = "settled.checkpoint"
        guard let queue = try? DatabaseQueue(path: path, configuration: configuration) else { return nil }
        defer { try? queue.close() }
        let done = try? queue.writeWithoutTransaction { try $0.checkpoint(.passive) }
        guard let done, done.walFrameCount >= 0 else { return nil }
        return Log(
            pages: Int32(clamping: done.walFrameCount),
            left: Int32(clamping: done.walFrameCount - done.checkpointedFrameCount))
    }
}
