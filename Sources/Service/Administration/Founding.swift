public import Settlement
import Signing
import Store

/// What `settled init` does: an alliance file becomes a data folder with a database, a master secret and the
/// first keys.
public struct Founding: Sendable {
    public let folder: DataFolder
    public let alliance: AllianceID
    public let merchants: Int
    /// Key files made, in the order of the ids.
    public let keyFiles: [String]

    /// Founds an alliance at `path`, a new folder or an empty one; `secretFile` gives the master secret, else
    /// one is drawn.
    ///
    /// Refuses a folder that holds an alliance or a secret already. Whole or not at all: what it made goes when
    /// it fails, and what it left when it was killed goes when it is done again.
    public init(
        alliance: Alliance, at path: String, secretFile: String? = nil, now: Instant
    ) throws {
        let folder = DataFolder(path)
        let zone = try ZoneInfo.rules(of: alliance.timezone)
        let secret = try secretFile.map { (file) throws(Failure) in try MasterSecretFile.readBytes(file) }
        let draft = try FoundingDraft(of: folder)
        do {
            let made = draft.content
            let master =
                if let secret { try MasterSecretFile.write(secret, at: made.ownSecretPath) } else {
                    try MasterSecretFile.create(at: made.ownSecretPath)
                }
            let store = try Store.create(folder: made.path, alliance: alliance, zone: zone, at: now)
            try store.know(master)
            let open = try OpenFolder(folder: made, store: store, master: master)
            let files = try KeyRegister(open).addFirstKeys(of: alliance.merchants.map(\.id), now: now)
            try store.shut()
            try draft.publish()
            keyFiles = files.map { folder.path + $0.dropFirst(made.path.count) }
        } catch {
            draft.discard()
            throw error
        }
        self.folder = folder
        self.alliance = alliance.id
        merchants = alliance.merchants.count
    }

    /// Where everything is, as a JSON object.
    public var json: String {
        var json = CanonicalJSON()
        json.object { object in
            object.member("alliance", alliance.text)
            object.member("merchants", Int64(merchants))
            object.member("data", folder.path)
            object.member("secret", folder.ownSecretPath)
            object.member("keys", array: keyFiles) { $0.string($1) }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
