public import Foundation
public import Signing

/// The file of the master secret: 64 hex digits and a line end as `init` writes them, or raw bytes. Hex digits are
/// never taken for raw bytes: a digit that was lost on the way would make other keys of the same secret. Each further
/// version is a further line: so one file, one credential and one copy in the safe hold all that ever signed, and a
/// rotation is one rename.
///
/// A process that has read or made one leaves no core behind when it crashes.
public enum MasterSecretFile {
    /// What it is called, in a data folder and among the credentials of a service.
    public static let name = "master.secret"

    /// Where the secret of a data folder is read: the credential that the service manager gave this process
    /// (`LoadCredential=` or `LoadCredentialEncrypted=`), where there is one; else the file in the folder. No argument
    /// and no variable holds the secret itself: those are seen by others.
    public static func path(
        of folder: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> String {
        guard let credential = credentialPath(environment), WholeFile.exists(credential) else {
            return folder + "/" + name
        }
        return credential
    }

    /// Draws a new secret of 32 bytes and writes it, mode 0600; refuses to overwrite one.
    public static func create(at path: String) throws(Failure) -> MasterSecret {
        var drawn = SecureRandom.bytes(32)
        return try write(SecretBytes(taking: &drawn), at: path)
    }

    /// Writes these bytes as a new file's secret; refuses to overwrite one, and fewer than 32 bytes.
    public static func write(_ secret: SecretBytes, at path: String) throws(Failure) -> MasterSecret {
        CoreDumps.forbid()
        let master = try master(of: [secret], path: path)
        var text = MasterSecret.fileContent(of: [secret])
        defer { SecretBytes.wipe(&text) }
        try SecretFile.create(text, at: path)
        return master
    }

    /// Reads a secret with all its versions; refuses a file that others may use, and fewer than 32 bytes.
    public static func read(_ path: String) throws(Failure) -> MasterSecret {
        try master(of: try versions(path, environment: ProcessInfo.processInfo.environment), path: path)
    }

    /// Draws a further version and puts it behind those in the file, which a whole one takes the place of: mode 0600,
    /// of the same owner. Behind a symbolic link the file that it names is replaced. Drafts of it that killed rotations
    /// left are taken away, so the caller keeps other rotations of the file off.
    static func addVersion(to path: String) throws(Failure) -> MasterSecret {
        let file = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let known = try versions(file, environment: [:])
        let prefix = draftPrefix + (file.split(separator: "/").last.map(String.init) ?? name) + "-"
        for draft in drafts(in: folderName(of: file), prefix) {
            // No longer than a draft of this very file.
            guard draft.utf8.count == folderName(of: file).utf8.count + 1 + prefix.utf8.count + 16 + 4 else {
                continue
            }
            guard unlink(draft) == 0 || errno == ENOENT else { throw .fromSystem(draft, "take it away") }
        }
        var drawn = SecureRandom.bytes(32)
        let all = known + [SecretBytes(taking: &drawn)]
        var text = MasterSecret.fileContent(of: all)
        defer { SecretBytes.wipe(&text) }
        try WholeFile.write(text, to: file, mode: 0o600, ownedAs: file, draft: prefix)
        return try read(path)
    }

    /// Drafts of secrets in a folder, by path: each has all versions, and outlives a rotation only if that was killed.
    static func drafts(in folder: String, _ prefix: String = draftPrefix) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(".tmp") }.sorted().map {
            folder + "/" + $0
        }
    }

    static let draftPrefix = ".settled-secret-"

    /// The bytes of the secret in a file: what its hex digits, and a line end, stand for, or else the file's
    /// bytes as they are. Refuses fewer than 32 bytes, half a byte of hex, and more than one version.
    public static func readBytes(
        _ path: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(Failure) -> SecretBytes {
        let versions = try versions(path, environment: environment)
        guard versions.count == 1 else {
            throw .refused(path, "holds \(versions.count) versions of a master secret, expected one")
        }
        return versions[0]
    }

    /// Whether the service manager gave this process the file, which it alone writes.
    static func isCredential(
        _ path: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> Bool { path == credentialPath(environment) }

    private static func versions(
        _ path: String, environment: [String: String]
    ) throws(Failure) -> [SecretBytes] {
        CoreDumps.forbid()
        let file = try SecretFile.read(path, groupMayRead: isCredential(path, environment: environment))
        do { return try MasterSecret.versions(ofFile: file) } catch { throw refused(path, error) }
    }

    /// Nil: this process was given no credentials.
    private static func credentialPath(_ environment: [String: String]) -> String? {
        guard let folder = environment["CREDENTIALS_DIRECTORY"], folder.hasPrefix("/") else { return nil }
        return folder + "/" + name
    }

    private static func master(of versions: [SecretBytes], path: String) throws(Failure) -> MasterSecret {
        do { return try MasterSecret(versions: versions) } catch { throw refused(path, error) }
    }

    private static func refused(_ path: String, _ refusal: KeyRefusal) -> Failure {
        .refused(
            path, "is not a master secret: \(refusal)",
            hint: "expected 64 hex digits, as `openssl rand -hex 32` prints them, or at least 32 raw bytes;"
                + " further versions, a line of digits each, are `settled secret rotate`'s to add")
    }
}
