import Synchronization

/// What the system did not let the spool give its group, so that uploads or those who read results have no way in: told
/// once, however often it happens.
final class WithheldRights: Sendable {
    private struct State {
        var path: String?
        var isTold = false
    }

    private let state = Mutex(State())

    /// Notes a folder or file whose group lacks rights.
    func note(_ path: String) {
        state.withLock { if $0.path == nil { $0.path = path } }
    }

    /// The first one that was noted; nil: none was, or it was told already.
    func untold() -> String? {
        state.withLock { state in
            guard let path = state.path, !state.isTold else { return nil }
            state.isTold = true
            return path
        }
    }
}
