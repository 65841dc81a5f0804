import Foundation

/// Who may do what with the data folder's files: the daemon everything, others nothing.
struct RightsCheck {
    private(set) var findings: [Diagnosis.Finding] = []

    init(_ folder: DataFolder) {
        let database = folder.databasePath
        let paths = [folder.path, database, database + "-wal", database + "-shm", folder.secretPath]
        var owners: [(path: String, user: uid_t)] = []
        for path in paths where WholeFile.exists(path) {
            var status = stat()
            guard stat(path, &status) == 0 else {
                findings.append(.init("rights", .trouble, "\(path): \(systemReason())"))
                continue
            }
            // A secret elsewhere, as a credential of the service manager's, may be root's.
            if path != folder.secretPath || Self.isIn(folder.path, path) {
                owners.append((path, status.st_uid))
            }
            // The master secret has a rule of its own, which is held to when it is read.
            guard path != folder.secretPath else { continue }
            let open = status.st_mode & (path == folder.path ? 0o007 : 0o077)
            if open != 0 {
                findings.append(
                    .init(
                        "rights", .warning,
                        "\(path): others than its owner may use it, mode \(String(status.st_mode & 0o777, radix: 8));"
                            + " chmod \(path == folder.path ? "700" : "600") '\(path)'"))
            }
        }
        if let first = owners.first, let other = owners.first(where: { $0.user != first.user }) {
            findings.append(
                .init(
                    "rights", .trouble,
                    "\(other.path) belongs to user \(other.user), \(first.path) to user \(first.user):"
                        + " give all to the one that the daemon runs as"))
        }
        if findings.isEmpty {
            findings = [.init("rights", .ok, "folder and database are their owner's alone")]
        }
    }

    /// Whether a file stands in a folder, however both are spelled.
    private static func isIn(_ folder: String, _ path: String) -> Bool {
        var (own, other) = (stat(), stat())
        guard stat(folder, &own) == 0, stat(folderName(of: path), &other) == 0 else { return true }
        return own.st_dev == other.st_dev && own.st_ino == other.st_ino
    }
}
