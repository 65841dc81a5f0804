import Foundation
import Service
import Settlement
import Synchronization

/// Callers that hand in batches at the same time, each its next one as soon as it has a receipt.
struct Callers {
    let intake: Intake
    /// 0: nobody hands in anything. 1: the calling thread does.
    let count: Int

    /// Returns when all batches have their receipts; throws the first refusal or trouble.
    func take(_ batches: [SignedBatch]) throws {
        guard count > 1 else {
            for batch in batches where count == 1 { try take(batch) }
            return
        }
        let queue = WorkQueue(count: batches.count)
        try queue.work(threads: count) { _ in
            while let position = queue.next() { try take(batches[position]) }
        }
    }

    private func take(_ batch: SignedBatch) throws {
        _ = try intake.take(
            batch.bytes, form: .ndjson, signature: batch.signature, received: Workload.received)
    }
}

/// Work that threads share, piece by piece; over at the first failure.
final class WorkQueue: Sendable {
    private let count: Int
    private let taken = Atomic<Int>(0)
    private let failure = Mutex<(any Error)?>(nil)
    private let finished = DispatchSemaphore(value: 0)

    init(count: Int) { self.count = count }

    /// The position of the next piece; nil when there is none or something failed.
    func next() -> Int? {
        let position = taken.add(1, ordering: .relaxed).oldValue
        return position < count && failure.withLock({ $0 == nil }) ? position : nil
    }

    /// Runs `body` on as many threads, each with its number; throws the first failure when all have ended.
    func work(threads: Int, _ body: @escaping @Sendable (Int) throws -> Void) throws {
        for number in 0..<threads {
            Thread { [self] in
                do { try body(number) } catch { failure.withLock { $0 = $0 ?? error } }
                finished.signal()
            }.start()
        }
        for _ in 0..<threads { finished.wait() }
        if let failure = failure.withLock({ $0 }) { throw failure }
    }
}
