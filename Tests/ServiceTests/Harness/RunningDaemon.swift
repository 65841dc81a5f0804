import Foundation
import Logging
import Service
import ServiceLifecycle
import Settlement

/// Runs a daemon on a free port for as long as the body needs it, and stops it gracefully.
///
/// `body` gets the daemon's URL and a way to tell it to stop, as SIGTERM does.
func withDaemon(
    _ estate: Estate, manager: ServiceManager = ServiceManager(socket: nil), limitBytes: Int = 1 << 20,
    limits: ServerLimits = .patient, isBehindProxy: Bool = false, reserveBytes: Int = 0,
    metrics: DaemonConfiguration.Listen? = nil, closing: PeriodCloser? = nil,
    clock: WallClock = .standing(at: Estate.received),
    logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
    _ body: @escaping @Sendable (String, _ stop: @escaping @Sendable () async -> Void) async throws -> Void
) async throws {
    let (urls, ready) = AsyncStream.makeStream(of: String.self)
    var configuration = DaemonConfiguration(
        listen: .address(host: "127.0.0.1", port: 0), maxBatchBytes: limitBytes)
    configuration.limits = limits
    configuration.isBehindProxy = isBehindProxy
    configuration.reserveBytes = reserveBytes
    configuration.metrics = metrics
    let daemon = Daemon(
        configuration: configuration,
        intake: estate.open.intake(limitBytes: limitBytes), closer: closing, clock: clock, manager: manager,
        logger: logger,
        onListening: { ready.yield($0) })
    let group = ServiceGroup(
        configuration: .init(
            services: [.init(service: daemon, successTerminationBehavior: .gracefullyShutdownGroup)],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        var iterator = urls.makeAsyncIterator()
        guard let url = await iterator.next() else { return }
        do {
            try await body(url) { await group.triggerGracefulShutdown() }
        } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
}

extension ServerLimits {
    /// Other tests may keep all of Swift's threads busy for a while: no test fails for being slow.
    static var patient: ServerLimits {
        var limits = ServerLimits()
        (limits.headSeconds, limits.idleSeconds, limits.bodyGraceSeconds) = (3600, 3600, 3600)
        limits.bodySeconds = 86_400
        return limits
    }
}

/// The bytes of a request, with its body's length.
func request(
    _ line: String, headers: [(String, String)] = [], body: [UInt8] = []
) -> [UInt8] {
    var head = "\(line) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if !body.isEmpty { head += "Content-Length: \(body.count)\r\n" }
    return Array((head + "\r\n").utf8) + body
}

/// The request that uploads a batch.
func upload(
    _ body: [UInt8], signature: String?, type: String? = "application/x-ndjson"
) -> [UInt8] {
    var headers: [(String, String)] = []
    if let type { headers.append(("Content-Type", type)) }
    if let signature { headers.append(("Settled-Signature", signature)) }
    return request("POST /v1/batches", headers: headers, body: body)
}

/// Sends one request over a connection of its own.
func ask(_ url: String, _ request: [UInt8], from source: String = "127.0.0.1") async throws -> Reply {
    let connection = try await Connection(url, from: source)
    try await connection.send(request)
    return try await connection.answer()
}
