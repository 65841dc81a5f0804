import Dispatch
import Synchronization

/// Lets callers on many threads share one piece of work: each waits until its item is done, and one of them
/// does it for all that have come meanwhile. A commit waits for the disk however much is in it, so what is
/// done for many together costs each a part of it.
final class ArrivalQueue<Item: Sendable, Outcome: Sendable>: Sendable {
    private struct Line {
        /// In the order of arrival; whoever leads is the first.
        var waiting: [Waiter] = []
        /// Whether somebody is at work, who will call the next.
        var isLed = false
    }

    private let most: Int
    private let line = Mutex<Line>(Line())

    /// `most` items are done together.
    init(most: Int) { self.most = most }

    /// How many wait for their turn, who is at work not counted.
    var waiting: Int { line.withLock { $0.waiting.count } }

    /// Waits until `work` has been done for the item, by this caller or by another, with an outcome for each
    /// of its items in their order; gives this item's.
    func run(_ item: Item, _ work: ([Item]) -> [Result<Outcome, any Error>]) throws -> Outcome {
        let waiter = Waiter(item)
        let leads = line.withLock { line in
            line.waiting.append(waiter)
            defer { line.isLed = true }
            return !line.isLed
        }
        if !leads, case .done(let outcome) = waiter.turn() { return try outcome.get() }
        return try lead(work).get()
    }

    /// Does the work for those who wait, this caller the first of them, and calls the next leader.
    private func lead(_ work: ([Item]) -> [Result<Outcome, any Error>]) -> Result<Outcome, any Error> {
        let group = line.withLock { line in
            defer { line.waiting.removeFirst(min(most, line.waiting.count)) }
            return Array(line.waiting.prefix(most))
        }
        let outcomes = work(group.map(\.item))
        precondition(outcomes.count == group.count, "every item has an outcome")
        let next = line.withLock { line in
            line.isLed = !line.waiting.isEmpty
            return line.waiting.first
        }
        next?.call(.lead)
        for (waiter, outcome) in zip(group, outcomes).dropFirst() { waiter.call(.done(outcome)) }
        return outcomes[0]
    }

    private enum Turn: Sendable {
        case lead
        case done(Result<Outcome, any Error>)
    }

    private final class Waiter: Sendable {
        let item: Item
        private let called = DispatchSemaphore(value: 0)
        private let last = Mutex<Turn?>(nil)

        init(_ item: Item) { self.item = item }

        func call(_ turn: Turn) {
            last.withLock { $0 = turn }
            called.signal()
        }

        func turn() -> Turn {
            called.wait()
            guard let turn = last.withLock({ $0 }) else { preconditionFailure("who is called is told why") }
            return turn
        }
    }
}
