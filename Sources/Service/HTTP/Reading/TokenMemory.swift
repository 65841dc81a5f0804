import Settlement
import Synchronization

/// Remembers which tokens were used, beyond the death of the process: what cannot be written down is not answered.
final class TokenMemory: Sendable {
    private struct State: ~Copyable {
        var file: TokenFile?
        var used: UsedTokens

        /// Opens the file unless it is open.
        mutating func open(in folder: String, since: Instant, at now: Instant) throws -> TokenFile {
            if let file { return file }
            let opened = try TokenFile(in: folder)
            used = UsedTokens(since: since, earlier: try opened.read(at: now))
            file = opened
            return opened
        }
    }

    private let folder: String
    private let since: Instant
    private let state: Mutex<State>

    /// Of the daemon of a data folder, from an instant on.
    init(in folder: String, since: Instant) {
        self.folder = folder
        self.since = since
        state = Mutex(State(file: nil, used: UsedTokens(since: since)))
    }

    /// Opens the file, or makes it. Throws `misused` when another daemon has it, and trouble with the disk: then the next
    /// token tries again.
    func open(at now: Instant) throws {
        try state.withLock { state in _ = try state.open(in: folder, since: since, at: now) }
    }

    /// Throws what keeps a token from being written down now, if anything does: what `open` throws, too.
    func tryWriting(at now: Instant) throws {
        try state.withLock { state in try state.open(in: folder, since: since, at: now).tryWriting() }
    }

    /// Throws what `use` would, but for trouble with writing. The token is not used by that.
    func check(_ token: ReadingToken, at now: Instant) throws {
        try state.withLock { state in
            _ = try state.open(in: folder, since: since, at: now)
            try state.used.check(token, at: now)
        }
    }

    /// Notes that a token is used. Throws `TokenRefusal`, and `Failure` when that cannot be written down: then it is not
    /// used.
    func use(_ token: ReadingToken, at now: Instant) throws {
        try state.withLock { state in
            let file = try state.open(in: folder, since: since, at: now)
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
