import Foundation
import Store
import Synchronization

/// Looks names up for a few seconds each, whatever the system takes: who asks others may be kept waiting for as long as
/// these like. A lookup that hangs keeps a thread of its own until the system gives it up, and no lane but its own.
final class NameLookups: Sendable {
    /// Lookups under way at the same time, those that hang too; and those of lanes whose last attempt failed.
    static let most = 256
    static let mostFailing = 192

    private let patience: Duration
    /// Whose names are being looked up, and whether its last attempt failed.
    private let underWay = Mutex<[DeliveryLane: Bool]>([:])

    init(patience: Duration = .seconds(5)) { self.patience = patience }

    /// The addresses of a name that a lane leads to. Throws what `lookUp` throws, and `trouble` where it has found
    /// nothing in time, where an earlier one of the lane still hangs, or too many do.
    func addresses(
        of host: String, for lane: DeliveryLane, isFailing: Bool, _ lookUp: @escaping Endpoint.LookUp
    ) async throws -> [NetworkAddress] {
        if let problem = enter(lane, isFailing) { throw Failure.trouble(host, problem) }
        let (answers, feed) = AsyncStream.makeStream(of: Result<[NetworkAddress], Failure>.self)
        let thread = Thread { [self] in
            let found = Result { () throws(Failure) in try lookUp(host) }
            leave(lane)
            feed.yield(found)
            feed.finish()
        }
        thread.name = "settled-names"
        thread.start()
        return try await first(of: answers, host).get()
    }

    /// The answer, or that there was none in time.
    private func first(
        of answers: AsyncStream<Result<[NetworkAddress], Failure>>, _ host: String
    ) async throws -> Result<[NetworkAddress], Failure> {
        try await withThrowingTaskGroup(of: Result<[NetworkAddress], Failure>.self) { group in
            group.addTask {
                for await answer in answers { return answer }
                throw CancellationError()
            }
            group.addTask { [patience] in
                try await Task.sleep(for: patience)
                return .failure(.trouble(host, "was not looked up within \(patience)"))
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { preconditionFailure("one of them ends first") }
            return answer
        }
    }

    /// Gives why it may not, if it may not.
    private func enter(_ lane: DeliveryLane, _ isFailing: Bool) -> String? {
        underWay.withLock { underWay in
            if underWay[lane] != nil { return "is still being looked up" }
            guard underWay.count < Self.most,
                !isFailing || underWay.values.count(where: { $0 }) < Self.mostFailing
            else { return "was not looked up: too many lookups hang" }
            underWay[lane] = isFailing
            return nil
        }
    }

    private func leave(_ lane: DeliveryLane) { underWay.withLock { $0[lane] = nil } }
}
