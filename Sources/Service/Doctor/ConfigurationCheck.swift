import Foundation
import Settlement

/// What the daemon's configuration names outside the data folder: the spool, and the certificate.
struct ConfigurationCheck {
    private(set) var findings: [Diagnosis.Finding] = []

    /// Days before its end from which on a certificate is told.
    private static let certificateDays: Int64 = 21

    init(_ configuration: DaemonConfiguration, now: Instant) {
        if let spool = configuration.spool { findings.append(Self.spool(spool.folder)) }
        if let files = configuration.tls { findings.append(Self.certificate(files, now)) }
    }

    private static func spool(_ folder: String) -> Diagnosis.Finding {
        guard FolderCheck.isFolder(folder) else {
            return .init(
                "spool", .trouble, "\(folder): there is no such folder; make it, for the daemon to write to")
        }
        guard access(folder, R_OK | W_OK | X_OK) == 0 else {
            return .init(
                "spool", .trouble, "\(folder): \(systemReason()); run this as the daemon's user, or chown it")
        }
        return .init("spool", .ok, "\(folder) is there, and may be written to")
    }

    private static func certificate(_ files: TLSFiles, _ now: Instant) -> Diagnosis.Finding {
        let ends: Instant?
        do { ends = try Certificates(files).ends } catch {
            return .init("certificate", .trouble, "\(error)")
        }
        guard let ends else { return .init("certificate", .trouble, "\(files.certificate): holds none") }
        let day = ends.text(offsetSeconds: 0, milliseconds: false)
        let left = (ends.milliseconds - now.milliseconds) / 86_400_000
        if ends <= now { return .init("certificate", .trouble, "\(files.certificate) ended at \(day)") }
        guard left < certificateDays else { return .init("certificate", .ok, "good until \(day)") }
        return .init("certificate", .warning, "\(files.certificate) ends at \(day): renew it")
    }
}
