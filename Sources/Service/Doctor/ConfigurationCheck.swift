import Foundation
import Settlement

/// What the daemon's configuration names outside the data folder: the spool, and the certificate.
struct ConfigurationCheck {
    private(set) var findings: [Diagnosis.Finding] = []

    /// Days before its end from which on a certificate is told.
    private static let certificateDays: Int64 = 21

    init(_ configuration: DaemonConfiguration, data: DataFolder, now: Instant) {
        if let spool = configuration.spool {
            findings.append(Self.spool(spool.folder, asRootFor: geteuid() == 0 ? Account(data) : nil))
        }
        if let files = configuration.tls { findings.append(Self.certificate(files, now)) }
    }

    /// Whom the daemon runs as, as the database tells: it is that account's.
    struct Account {
        let user: uid_t
        let group: gid_t

        init(user: uid_t, group: gid_t) {
            self.user = user
            self.group = group
        }

        /// Nil: it cannot be told.
        init?(_ data: DataFolder) {
            var status = stat()
            guard stat(data.databasePath, &status) == 0 else { return nil }
            self.init(user: status.st_uid, group: status.st_gid)
        }

        /// Whether the mode bits alone let it read, write and search a folder. Other groups of the account's are not
        /// known here.
        func mayUse(_ folder: stat) -> Bool {
            if user == 0 { return true }
            let bits =
                folder.st_uid == user
                ? folder.st_mode >> 6 : folder.st_gid == group ? folder.st_mode >> 3 : folder.st_mode
            return bits & 0o7 == 0o7
        }
    }

    /// `account`: root asks, who may do everything, and the daemon runs as this one. Nil: what may be done is asked of the
    /// system.
    static func spool(_ folder: String, asRootFor account: Account?) -> Diagnosis.Finding {
        guard FolderCheck.isFolder(folder) else {
            return .init(
                "spool", .trouble, "\(folder): there is no such folder; make it, for the daemon to write to")
        }
        guard access(folder, R_OK | W_OK | X_OK) == 0 else {
            return .init(
                "spool", .trouble, "\(folder): \(systemReason()); run this as the daemon's user, or chown it")
        }
        var status = stat()
        if let account, stat(folder, &status) != 0 || !account.mayUse(status) {
            return .init(
                "spool", .warning,
                "\(folder): by its mode, \(String(status.st_mode & 0o777, radix: 8)), user \(account.user) may not"
                    + " write to it; run this as that user to be sure, or chown it")
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
