import Logging
import NIOCore
import ServiceLifecycle
import Store

/// Tells the service manager that the daemon lives, twice in the time after which it would be ended, and only when that
/// is so: every event loop has just answered, so that requests are read; Swift's threads run this; and the watch over the
/// store has come round, which writes to it, so that neither the writer nor the disk holds it for good.
///
/// Trouble is no death: a daemon that says it is not ready lives, and another start would not make the disk larger.
struct Watchdog: Service {
    /// How long the watch over the store may take for a round: as long as the store waits for another process, such as
    /// a close by hand, and a minute.
    static let patience = Duration.milliseconds(Store.longestWaitMilliseconds) + .seconds(60)

    let manager: ServiceManager
    /// Within which the service manager is to hear something.
    let interval: Duration
    let loops: any EventLoopGroup
    let health: Health
    let logger: Logger
    var patience = Self.patience

    func run() async throws {
        var wasAlive = true
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            let isAlive = await round()
            if wasAlive && !isAlive {
                logger.error("the store has not been tried for too long: the watchdog is told nothing more")
            }
            wasAlive = isAlive
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: interval / 2) }
        }
    }

    /// Tells that the daemon lives, if it does, and gives whether. It does not end while an event loop hangs.
    func round() async -> Bool {
        await hearLoops()
        let isAlive = health.silence() < patience
        if isAlive { manager.tell(.alive, logger) }
        return isAlive
    }

    /// Ends when every event loop has done something. One that hangs keeps the word from being told: that is its use.
    private func hearLoops() async {
        for loop in loops.makeIterator() { try? await loop.submit {}.get() }
    }
}
