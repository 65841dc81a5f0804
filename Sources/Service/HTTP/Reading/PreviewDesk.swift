import Settlement
import Store
import Synchronization

/// What only the operator reads: what a close now would give.
struct PreviewDesk: Sendable {
    private let closer: PeriodCloser
    private let factor: UnusualFactor
    /// A preview is as much work as a close: one at a time.
    private let isBusy = Busy()

    init(closer: PeriodCloser, factor: UnusualFactor) {
        self.closer = closer
        self.factor = factor
    }

    /// Throws `Problem` while another one is made and where a check forbids the close, and what the store throws.
    /// It blocks for as long as a close takes.
    func preview(at instant: Instant) throws -> Representation {
        guard isBusy.begin() else { throw Problem.busyPreviewing }
        defer { isBusy.end() }
        do {
            return .json(try ClosePreview(closer, at: instant, factor: factor).json)
        } catch let failure as CloseFailure {
            throw Problem.cannotClose("\(failure)")
        } catch is CloseRefusal {
            // Another process closed it, just now.
            throw Problem.busyPreviewing
        }
    }

    private final class Busy: Sendable {
        private let isBusy = Mutex(false)

        func begin() -> Bool {
            isBusy.withLock { isBusy in
                defer { isBusy = true }
                return !isBusy
            }
        }

        func end() { isBusy.withLock { $0 = false } }
    }
}
