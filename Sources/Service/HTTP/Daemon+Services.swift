import Logging
import NIOPosix
import ServiceLifecycle
import UnixSignals

extension Daemon {
    /// How long a graceful stop may take, once nobody can connect any more.
    static let patienceSeconds = 30

    /// What runs, and in which order it stops.
    func serviceGroup(_ certificates: Certificates?) -> ServiceGroup {
        // Services stop in reverse: first the word to the service manager and, by `/readyz`, to who sends requests
        // here, then the server; last what tells that the daemon lives, and the metrics.
        var services = watches(certificates)
        if let metrics = metricsListener(certificates) { services.insert(named("metrics", metrics), at: 0) }
        if let deliveries {
            services.append(
                named("delivery", DeliveryService(desk: deliveries, clock: clock, logger: logger)))
        }
        if let closer {
            services.append(
                named(
                    "closing",
                    ClosingService(
                        closer: closer, health: health, clock: clock, logger: logger, thread: bookkeeper,
                        measures: measures.closes)))
        }
        if let settings = configuration.spool {
            services.append(
                named(
                    "spool",
                    SpoolService(
                        settings: settings, intake: intake, clock: clock, logger: logger, workers: workers)))
        }
        services.append(named("HTTP", server(certificates)))
        services.append(
            named(
                "farewell",
                Farewell(
                    manager: manager, health: health, logger: logger, drainSeconds: configuration.drainSeconds
                )))
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        // A peer that never ends its upload does not keep the daemon: what is not whole is not stored.
        group.maximumGracefulShutdownDuration = .seconds(
            configuration.drainSeconds + Self.patienceSeconds)
        return ServiceGroup(configuration: group)
    }

    /// What looks after the daemon itself.
    private func watches(_ certificates: Certificates?) -> [ServiceGroupConfiguration.ServiceConfiguration] {
        var watches: [ServiceGroupConfiguration.ServiceConfiguration] = []
        if let interval = manager.watchdog {
            watches.append(
                named(
                    "watchdog",
                    Watchdog(
                        manager: manager, interval: interval, loops: MultiThreadedEventLoopGroup.singleton,
                        health: health, logger: logger)))
        }
        if manager.socket != nil { watches.append(named("status", status)) }
        let certificate = CertificateWatch(certificates: certificates, logger: logger)
        watches.append(
            named(
                "reload",
                ReloadWatch(
                    configuration: configuration, rereading: rereading, certificate: certificate,
                    bounds: bounds, manager: manager, logger: logger)))
        watches.append(named("certificate watch", certificate))
        watches.append(
            named(
                "store watch",
                StoreWatch(intake: intake, tokens: tokens, health: health, clock: clock, thread: lookout)))
        return watches
    }

    private func named(
        _ name: String, _ service: any Service
    ) -> ServiceGroupConfiguration.ServiceConfiguration {
        ServiceGroupConfiguration.ServiceConfiguration(service: service, serviceName: name)
    }
}

/// Says that the daemon stops, as soon as it is told to.
private struct Farewell: Service {
    let manager: ServiceManager
    let health: Health
    let logger: Logger
    /// For how long it is only said, and all goes on.
    let drainSeconds: Int

    func run() async throws {
        // Cancelled: the server failed to start or was cut off, and says so itself.
        guard (try? await gracefulShutdown()) != nil else { return }
        health.stop()
        logger.notice("stopping")
        manager.tell(.stopping, logger)
        if drainSeconds > 0 { try await Task.sleep(for: .seconds(drainSeconds)) }
    }
}
