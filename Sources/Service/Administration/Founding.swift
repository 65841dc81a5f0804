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

    /// Founds an alliance at `path`; `secretFile` gives the master secret, else one is drawn.
    ///
    /// Refuses a folder that holds an alliance or a secret already. What it made is taken away again when it
    /// fails half way.
    public init(
        alliance: Alliance, at path: String, secretFile: String? = nil, now: Instant
    ) throws {
        let folder = DataFolder(path)
        let zone = try ZoneInfo.rules(of: alliance.timezone)
        let secret = try secretFile.map { (file) throws(Failure) in try MasterSecretFile.readBytes(file) }
        for taken in [folder.databasePath, folder.secretPath, folder.keysPath] where WholeFile.exists(taken) {
            throw Failure.refused(
                taken, "is already there, expected a new or an empty folder",
                hint: "change an alliance with `settled apply`; remove what an interrupted init left")
        }
        try createFolder(path, mode: 0o700)
        do {
            let master = try MasterSecretFile.write(secret ?? SecureRandom.bytes(32), at: folder.secretPath)
            let store = try Store.create(folder: path, alliance: alliance, zone: zone, at: now)
            let open = OpenFolder(folder: folder, store: store, master: master)
            try createFolder(folder.keysPath, mode: 0o700)
            keyFiles = try KeyRegister(open).addFirstKeys(of: alliance.merchants.map(\.id), now: now)
            try store.shut()
        } catch {
            folder.removeContents()
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
            object.member("secret", folder.secretPath)
            object.member("keys", array: keyFiles) { $0.string($1) }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
