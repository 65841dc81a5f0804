import Logging
import ServiceLifecycle
import Synchronization

/// Tells the service manager in a line how the daemon is, whenever that changes: where it listens, or why it is not
/// ready, as `/readyz` says it.
final class StatusWatch: Service {
    private let manager: ServiceManager
    private let health: Health
    private let logger: Logger
    private let urls = Mutex<[String]>([])

    init(manager: ServiceManager, health: Health, logger: Logger) {
        self.manager = manager
        self.health = health
        self.logger = logger
    }

    /// The daemon can be reached there from now on.
    func listens(on url: String) { urls.withLock { $0.append(url) } }

    func run() async throws {
        var told: String?
        while !Task.isCancelled {
            let line = line
            if line != told { manager.tell(.status(line), logger) }
            told = line
            guard !Task.isShuttingDownGracefully else { return }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(1)) }
        }
    }

    private var line: String {
        let urls = urls.withLock { $0 }
        if urls.isEmpty { return "starting" }
        return health.reason().map { "not ready: \($0)" } ?? "ready on \(urls.joined(separator: " and "))"
    }
}
