import Logging
import ServiceLifecycle
import UnixSignals

/// Has the certificate read again when its files change, and at SIGHUP.
struct CertificateWatch: Service {
    let certificates: Certificates?
    let logger: Logger

    /// Seconds between two looks at the files.
    private static let pause = 2

    func run() async throws {
        // Also without a certificate: a daemon is not ended by a SIGHUP.
        let signals = await UnixSignalsSequence(trapping: .sighup)
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    for await _ in signals {
                        logger.notice("told to read the certificate again")
                        reread(always: true)
                    }
                }
                tasks.addTask {
                    while (try? await Task.sleep(for: .seconds(Self.pause))) != nil { reread(always: false) }
                }
                await tasks.next()
                tasks.cancelAll()
            }
        }
    }

    private func reread(always: Bool) {
        guard let certificates else { return }
        do {
            if try certificates.reread(always: always) { logger.notice("certificate read again") }
        } catch {
            // While files are being replaced they may not fit; the old ones stay in use.
            logger.warning(
                "certificate not read, the one before stays in use", metadata: ["reason": "\(error)"])
        }
    }
}
