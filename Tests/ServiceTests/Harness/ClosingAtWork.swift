import Logging
import NIOPosix
import ServiceLifecycle
import Settlement
import Store

@testable import Service

/// Runs the service that closes periods by itself, until `body` returns.
func closing<Value: Sendable>(
    _ open: OpenFolder, at now: WallClock, reserve: DiskReserve = .none,
    _ body: @escaping @Sendable (Health) async throws -> Value
) async throws -> Value {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let health = Health(logger: logger)
    let thread = NIOThreadPool(numberOfThreads: 1)
    thread.start()
    let service = ClosingService(
        closer: PeriodCloser(store: open.store, signer: open.signer, reserve: reserve), health: health,
        clock: now, logger: logger, thread: thread, patience: 0.05)
    let group = ServiceGroup(
        configuration: .init(
            services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)],
            logger: logger))
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        let result = await Result { try await body(health) }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        try await thread.shutdownGracefully()
        return try result.get()
    }
}

/// Waits until something holds; a test that waits for ever is ended by its time limit.
func until(_ holds: () throws -> Bool) async throws {
    while try !holds() { try await Task.sleep(for: .milliseconds(5)) }
}

extension Result where Failure == any Error {
    fileprivate init(_ work: () async throws -> Success) async {
        do { self = .success(try await work()) } catch { self = .failure(error) }
    }
}
