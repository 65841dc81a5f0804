import Settlement
import Synchronization

/// Remembers which tokens were used, beyond the death of the process: what cannot be written down is not answered.
final class TokenMemory: Sendable {
    private struct State: ~Copyable {
        var file: TokenFile?
        var used: UsedTokens
    }

    private let folder: String
    private let since: Instant
    private let state: Mutex<State>

    /// Of the daemon of a data folder, from an instant on. The file is opened by the first token.
    init(in folder: String, since: Instant) {
        self.folder = folder
        self.since = since
        state = Mutex(State(file: nil, used: UsedTokens(since: since)))
    }

    /// Notes that a token is used. Throws `TokenRefusal`, and `Failure` when that cannot be written down: then it is not
    /// used.
    func use(_ token: ReadingToken, at now: Instant) throws {
        try state.withLock { state in
            let file: TokenFile
            if let open = state.file {
                file = open
            } else {
                file = try TokenFile(in: folder)
                state.used = UsedTokens(since: since, earlier: try file.read(at: now))
                state.file = file
            }
            let used = try state.used.use(token, at: now)
            do {
                try file.append(used) { Array(state.used.all) }
            } catch {
                state.used.takeBack(used)
                throw error
            }
        }
    }

    /// Lets go of the file: another daemon may serve the folder. The next token would open it again.
    func close() { state.withLock { $0.file = nil } }
}
