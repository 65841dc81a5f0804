import Foundation
import NIOPosix
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Where batches are checked and stored, so that no thread that serves sockets waits for the disk.
///
/// Small batches have many threads, and share a commit when they meet. Large ones have one thread to
/// themselves: they are checked one after the other, with the memory of one, each peer's in turn, and no small one
/// waits behind them. What else takes as much memory is done there, too.
struct BatchWorkers: Sendable {
    private let light = NIOThreadPool(numberOfThreads: Self.mostInHand)
    private let heavy = NIOThreadPool(numberOfThreads: 1)
    private let turns = Turns<@Sendable (NIOThreadPool.WorkItemState) -> Void>()
    private let brief = NIOThreadPool(numberOfThreads: 1)
    private let disk = NIOThreadPool(numberOfThreads: 2)
    /// Whether all is done on the thread that asks, one thing after the other.
    private let isAtOnce: Bool

    init(atOnce: Bool = false) { isAtOnce = atOnce }

    /// Small batches that are checked and stored at the same time; as many as may share a commit.
    private static let mostInHand = 32
    /// From here on a batch is large.
    static let heavyBytes = 1 << 20

    func start() {
        light.start()
        heavy.start()
        brief.start()
        disk.start()
    }

    /// What is at work is done to its end.
    func shutdownGracefully() async throws {
        try await disk.shutdownGracefully()
        try await brief.shutdownGracefully()
        try await heavy.shutdownGracefully()
        try await light.shutdownGracefully()
    }

    /// Does what only looks something up: it must be answered also while all others wait for the disk.
    func look<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        isAtOnce ? try work() : try await brief.runIfActive(work)
    }

    /// Does what only writes something aside, or reads it again.
    func aside<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        isAtOnce ? try work() : try await disk.runIfActive(work)
    }

    /// Does the work for a body of this size on a thread that may wait. Throws `CancellationError` when no work is
    /// begun any more.
    func run<Value: Sendable>(
        bytes: Int = 0, of peer: Peer = .claimant(.operator), _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        if isAtOnce { return try work() }
        guard bytes >= Self.heavyBytes else {
            return try await light.runIfActive {
                Self.standBack()
                return try work()
            }
        }
        return try await withCheckedThrowingContinuation { continuation in
            inTurn(of: peer, work) { continuation.resume(with: $0) }
        }
    }

    /// Does the work for a body of this size while the calling thread waits: in it, or for a large one on the thread
    /// of the large ones. Throws `CancellationError` when no work is begun any more.
    func runWaiting<Value: Sendable>(
        bytes: Int, of peer: Peer, _ work: @escaping @Sendable () throws -> Value
    ) throws -> Value {
        guard bytes >= Self.heavyBytes, !isAtOnce else { return try work() }
        let outcome = Outcome<Value>()
        inTurn(of: peer, work) { outcome.set($0) }
        return try outcome.wait()
    }

    /// Does the work on the thread of the large ones, when it is the peer's turn.
    private func inTurn<Value: Sendable>(
        of peer: Peer, _ work: @escaping @Sendable () throws -> Value,
        then tell: @escaping @Sendable (Result<Value, any Error>) -> Void
    ) {
        let work = { @Sendable (state: NIOThreadPool.WorkItemState) in
            Self.standBack()
            tell(state == .active ? Result { try work() } : .failure(CancellationError()))
        }
        turns.add(work, of: peer)
        heavy.submit { [turns] in turns.next()($0) }
    }

    /// What work on another thread came to.
    private final class Outcome<Value: Sendable>: Sendable {
        private let result = Mutex<Result<Value, any Error>?>(nil)
        private let isThere = DispatchSemaphore(value: 0)

        func set(_ result: Result<Value, any Error>) {
            self.result.withLock { $0 = result }
            isThere.signal()
        }

        func wait() throws -> Value {
            isThere.wait()
            guard let result = result.withLock({ $0 }) else { preconditionFailure("it is set, then told") }
            return try result.get()
        }
    }

    /// Lets threads that serve sockets, or look something up, go before this one: with all cores at work on batches a
    /// reader's answer would wait for many of them.
    private static func standBack() {
        #if os(Linux)
            // On Linux it is the calling thread's alone. Whether it works does not matter.
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
        #endif
    }

    /// Of 19: enough to give way at once, and a full share of what is left.
    private static let niceness: Int32 = 10
}
