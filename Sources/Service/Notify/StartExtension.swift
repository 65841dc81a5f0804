import Foundation
public import Logging
import Synchronization

/// Asks the service manager again and again for more time to start, as long as something lasts that is no fault, as the
/// upgrade of a large database: else it would kill the daemon in the middle when `TimeoutStartSec=` is over, each time.
///
/// It asks on a thread of its own, while the caller works. Each asking is for a minute: a process of which no thread
/// runs any more is given up after that.
public final class StartExtension: Sendable {
    /// How much time each asking is for, from then on.
    static let extent = Duration.seconds(60)

    private let manager: ServiceManager
    private let logger: Logger
    private let interval: Duration
    private let queue = DispatchQueue(label: "settled.start")
    private let state = Mutex(State())

    private struct State {
        /// How often it was begun.
        var round = 0
        var isAsking = false
    }

    /// Asks every `interval`, well within what each asking is for.
    public init(manager: ServiceManager, logger: Logger, interval: Duration = .seconds(20)) {
        precondition(interval < Self.extent, "an extension has to last until the next asking")
        self.manager = manager
        self.logger = logger
        self.interval = interval
    }

    /// Asks at once, and from now on until `end`. Begun already, it does nothing, nor where nobody listens.
    public func begin() {
        guard manager.socket != nil else { return }
        let round = state.withLock { state -> Int? in
            guard !state.isAsking else { return nil }
            state.isAsking = true
            state.round += 1
            return state.round
        }
        guard let round else { return }
        manager.tell(.startExtended(by: Self.extent), logger)
        askLater(in: round)
    }

    /// Asks no more.
    public func end() { state.withLock { $0.isAsking = false } }

    private func askLater(in round: Int) {
        let milliseconds = Int(interval / .milliseconds(1))
        queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { [weak self] in
            guard let self, state.withLock({ $0.isAsking && $0.round == round }) else { return }
            manager.tell(.startExtended(by: Self.extent), logger)
            askLater(in: round)
        }
    }
}
