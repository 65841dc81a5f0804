import Foundation
public import Settlement
import Signing
import Store

/// A new version of the master secret, written behind the others in its file. It signs from the daemon's next start
/// on, which takes it into use; until then nothing of the data knows it, so that a file which gets lost on the way to
/// where the daemon reads it costs nothing.
public struct SecretRotation: Sendable {
    /// The file that holds all versions now.
    public let path: String
    /// The version that was drawn, and the one that signs until it is taken into use.
    public let version: Int
    public let inUse: Int

    /// Draws it. May be done beside the daemon, which has the versions in its memory that it started with.
    ///
    /// Throws `misused` where there is no data or no secret, `refused` with `secret_mismatch` or `secret_outdated`
    /// for a file that is not the data's, `secret_waiting` where a version waits already, `secret_credential` for a
    /// file that the service manager wrote for this process, and `secret_busy` while another rotation is at work.
    public init(_ folder: DataFolder) throws {
        try folder.requireFounded()
        let path = folder.secretPath
        guard !MasterSecretFile.isCredential(path) else {
            throw Failure.refused(
                path, "secret_credential: is a copy that the service manager made for this process",
                hint: "name the file that it is made of by --secret, as root")
        }
        try folder.requireSecret()
        let file = try Descriptor(opening: path, flags: O_RDONLY, attempt: "read it")
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
            throw Failure.refused(path, "secret_busy: another rotation is at work", hint: "wait for its end")
        }
        let open = try folder.open()
        defer { open.shut() }
        inUse = open.keyVersion
        guard open.master.latest == inUse else {
            throw Failure.refused(
                path, "secret_waiting: version \(open.master.latest) is in it already, and waits",
                hint: "start the daemon anew: it takes it into use")
        }
        version = try withExtendedLifetime(file) { () throws -> Int in
            try MasterSecretFile.addVersion(to: path).latest
        }
        self.path = path
    }

    /// What was done, and what is to be done next, a line each.
    public var lines: [String] {
        [
            "wrote version \(version) of the master secret behind the others: \(path)",
            "put a copy of the file into the safe, in place of the one there",
            "hand out what it is checked by: `settled key seal`, `settled key show statement/MERCHANT/\(version)`",
            "then start the daemon anew: it signs by version \(version) from then on, until then by version \(inUse)",
        ]
    }

    /// For a script.
    public var json: String {
        var json = CanonicalJSON()
        json.object { object in
            object.member("file", path)
            object.member("version", Int64(version))
            object.member("in_use", Int64(inUse))
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

extension OpenFolder {
    /// Takes a version of the master secret that waits into use, where there is one; gives the folder as it signs then.
    ///
    /// For the daemon, before it signs anything. Throws `misused` where another one serves the folder, which signs by
    /// the version before.
    public func takingUpSecret(at instant: Instant) throws -> OpenFolder {
        guard master.latest > keyVersion else { return self }
        let lock = try TokenFile(in: folder.path)
        // Published before anything bears it.
        try KeyRegister(self).renewSealFile()
        _ = try withExtendedLifetime(lock) { try store.takeUp(master, at: instant) }
        return try OpenFolder(folder: folder, store: store, master: master)
    }
}

/// The versions of a data folder's master secret, for people and for scripts; no secret.
public struct SecretListing: Sendable {
    private let rows: [(version: Int, since: Instant?, state: String)]

    public init(_ open: OpenFolder) throws {
        let marks = try open.store.secretMarks()
        rows = (1...open.master.latest).map { version in
            let mark = marks.first { $0.version == version }
            let state =
                version > open.keyVersion ? "waits" : version == open.keyVersion ? "in use" : "retired"
            return (version, version == 1 ? nil : mark?.since, state)
        }
    }

    /// Aligned columns.
    public var text: String {
        var table = TextTable(.right("VERSION"), .left("SEAL"), .left("SINCE"), .left("STATE"))
        for row in rows {
            table.add("\(row.version)", "seal/\(row.version)", Self.time(row.since) ?? "", row.state)
        }
        return table.lines.map { $0 + "\n" }.joined()
    }

    /// A JSON array of `version`, `seal`, `state`, and of those after the first that were taken into use `since`.
    public var json: String {
        var json = CanonicalJSON()
        json.array(rows) { json, row in
            json.object { object in
                object.member("version", Int64(row.version))
                object.member("seal", "seal/\(row.version)")
                object.member("state", row.state)
                object.member("since", ifPresent: Self.time(row.since))
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private static func time(_ instant: Instant?) -> String? {
        instant.map { $0.text(offsetSeconds: 0, milliseconds: false) }
    }
}
