import GRDB
import Synchronization

/// Connections of their own for those who are answered at once, opened when the first of them asks.
///
/// A pool hands a free connection, and the lock on its list of them, to whoever asked first. A thread that stands back
/// from the processor, as those do that store batches, holds what it was handed until it gets some, and all who asked
/// later wait for that.
final class ReaderLane: Sendable {
    private enum State {
        case unopened
        case open(DatabasePool)
        case closed
    }

    private let path: String
    private let state = Mutex(State.unopened)

    init(path: String) { self.path = path }

    /// Nil after the end. Throws what opening throws.
    func pool() throws -> DatabasePool? {
        try state.withLock { state in
            switch state {
            case .open(let pool): return pool
            case .closed: return nil
            case .unopened:
                let pool = try Connection.openToRead(path)
                state = .open(pool)
                return pool
            }
        }
    }

    /// No connection is opened any more. Done again, it does nothing.
    func close() throws {
        try state.withLock { state in
            if case .open(let pool) = state { try pool.close() }
            state = .closed
        }
    }
}
