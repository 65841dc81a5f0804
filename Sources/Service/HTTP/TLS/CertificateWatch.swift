import Logging
import ServiceLifecycle

/// Has the certificate read again when its files change.
struct CertificateWatch: Service {
    let certificates: Certificates?
    let logger: Logger

    /// Seconds between two looks at the files.
    private static let pause = 2

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: .seconds(Self.pause))) != nil { reread(always: false) }
        }
    }

    /// Reads the files if they changed, or in any case if `always`.
    func reread(always: Bool) {
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
