import Store
import Synchronization

/// What became of the closes that this daemon tried since its start. Those by hand are other processes'.
final class CloseMeasures: Sendable {
    enum Result: String, CaseIterable {
        case closed
        /// A check or a changed row forbids it.
        case forbidden
        /// It waits for room on the disk.
        case waits
        /// Another process was in the way, or the disk.
        case failed
    }

    struct Last: Sendable {
        let result: Result
        /// Of the last one that ended in a closed period; nil: none has.
        var duration: Duration?
    }

    private let counters = Dictionary(uniqueKeysWithValues: Result.allCases.map { ($0, Counter()) })
    private let state = Mutex<Last?>(nil)

    func closed(in duration: Duration) {
        counters[.closed]?.add()
        state.withLock { $0 = Last(result: .closed, duration: duration) }
    }

    func ended(_ result: Result) {
        counters[result]?.add()
        state.withLock { $0 = Last(result: result, duration: $0?.duration) }
    }

    /// Nil: none was tried.
    var last: Last? { state.withLock { $0 } }

    var all: [(result: Result, count: Int)] { Result.allCases.map { ($0, counters[$0]?.count ?? 0) } }
}
