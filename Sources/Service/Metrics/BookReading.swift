import Logging
import Settlement
import Store
import Synchronization

/// Reads the figures of the database for whoever scrapes, at most once in a while and one at a time: however many ask
/// and however often, the readers' threads have little to do with it.
final class BookReading: Sendable {
    private struct State {
        var figures: BookFigures?
        var read: ContinuousClock.Instant?
        var isAtWork = false
        /// Why the last backup is not known, as it was logged.
        var told: String?
    }

    private let store: Store
    private let clock: WallClock
    private let threads: ReadingThreads
    private let lifetime: Duration
    private let logger: Logger?
    private let state = Mutex(State())

    /// What was read is good for `lifetime`. `logger` is told of what figures alone cannot say.
    init(
        store: Store, clock: WallClock, threads: ReadingThreads, lifetime: Duration = .seconds(10),
        logger: Logger? = nil
    ) {
        self.store = store
        self.clock = clock
        self.threads = threads
        self.lifetime = lifetime
        self.logger = logger
    }

    /// The figures as of a while ago; nil: they could not be read, or are being read and there are none but old ones.
    func figures(now: ContinuousClock.Instant = .now) async -> BookFigures? {
        let known = state.withLock { state -> State? in
            let isFresh = state.read.map { $0.duration(to: now) < lifetime } ?? false
            guard !isFresh, !state.isAtWork else { return state }
            state.isAtWork = true
            return nil
        }
        if let known {
            let isOld = known.read.map { $0.duration(to: now) > lifetime * 10 } ?? true
            return isOld ? nil : known.figures
        }
        let read = try? await threads.run { [store, clock] in try BookFigures(store, at: clock.now) }
        state.withLock { state in
            // What could not be read is read again no sooner than what could.
            state = State(figures: read, read: now, told: state.told)
        }
        if let read { tell(read) }
        return read
    }

    /// Says once why it is not known when the last backup was made.
    private func tell(_ figures: BookFigures) {
        let problem: String? =
            if case .failure(let failure) = figures.lastBackup { "\(failure)" } else { nil }
        let isNew = state.withLock { state in
            defer { state.told = problem }
            return problem != state.told
        }
        guard isNew, let problem else { return }
        logger?.warning("what is noted of the last backup cannot be read: \(problem)")
    }
}
