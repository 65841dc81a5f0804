import NIOPosix

/// Where the store is read for those who ask: others than those that store batches, so that neither waits for the other.
struct ReadingThreads: Sendable {
    /// Nil: all is read on the thread that asks.
    private let pool: NIOThreadPool?

    init(_ count: Int) { pool = NIOThreadPool(numberOfThreads: count) }

    private init() { pool = nil }

    /// None of its own.
    static let atOnce = ReadingThreads()

    func start() { pool?.start() }

    /// What is at work is done to its end.
    func shutdownGracefully() async throws { try await pool?.shutdownGracefully() }

    /// Does what reads; throws what it throws, and `CancellationError` after the end.
    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        guard let pool else { return try work() }
        return try await pool.runIfActive(work)
    }
}
