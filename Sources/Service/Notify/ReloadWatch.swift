public import Logging
import ServiceLifecycle
import UnixSignals

/// At SIGHUP reads the configuration and the certificate again, takes what a running daemon can, and says what it takes
/// and what has to wait for the next start. A configuration with anything wrong in it changes nothing.
struct ReloadWatch: Service {
    /// In use when the daemon started.
    let configuration: DaemonConfiguration
    /// Nil: of the configuration nothing is read again.
    let rereading: Rereading?
    let certificate: CertificateWatch
    let bounds: Bounds
    let manager: ServiceManager
    let logger: Logger

    func run() async throws {
        // Also with nothing to read: a daemon is not ended by a SIGHUP.
        let signals = await UnixSignalsSequence(trapping: .sighup)
        await cancelWhenGracefulShutdown {
            var present = configuration
            for await _ in signals {
                manager.tell(.reloading, logger)
                present = await reread(present)
                manager.tell(.ready, logger)
            }
        }
    }

    /// Gives what is in use from now on.
    private func reread(_ present: DaemonConfiguration) async -> DaemonConfiguration {
        logger.notice("told to read configuration and certificate again")
        defer { certificate.reread(always: true) }
        guard let rereading else { return present }
        do throws(Failure) {
            let read = try await rereading.configuration()
            take(ConfigurationChange(from: present, to: read), of: read, by: rereading)
            return present.taking(liveOf: read)
        } catch {
            logger.error(
                "configuration not read, the one before stays in use", metadata: ["reason": "\(error)"])
            return present
        }
    }

    private func take(
        _ change: ConfigurationChange, of read: DaemonConfiguration, by rereading: Rereading
    ) {
        bounds.change(to: read.limits)
        // What changed is said by the more talkative of the two levels.
        rereading.threshold.change(to: min(rereading.threshold.level, read.logLevel))
        defer { rereading.threshold.change(to: read.logLevel) }
        for key in change.live { logger.notice("configuration changed: \(key)") }
        for key in change.waiting { logger.warning("configuration changed, not before a restart: \(key)") }
        if change.live.isEmpty && change.waiting.isEmpty { logger.notice("configuration as before") }
        read.limits.warnOfFiles(logger)
    }
}

extension ServerLimits {
    /// Lets the process open as many files as it may, and says so when that is fewer than the limits need.
    public func warnOfFiles(_ logger: Logger) {
        let files = OpenFiles.raise()
        guard files < mostOpenFiles else { return }
        logger.warning(
            "may open \(files) files, its limits need \(mostOpenFiles): raise LimitNOFILE, or lower them")
    }
}
