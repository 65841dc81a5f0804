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
    }

    private let store: Store
    private let clock: WallClock
    private let threads: ReadingThreads
    private let lifetime: Duration
    private let state = Mutex(State())

    /// What was read is good for `lifetime`.
    init(store: Store, clock: WallClock, threads: ReadingThreads, lifetime: Duration = .seconds(10)) {
        self.store = store
        self.clock = clock
        self.threads = threads
        self.lifetime = lifetime
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
            state = State(figures: read, read: now)
        }
        return read
    }
}
