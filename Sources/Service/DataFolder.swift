import Foundation
public import Signing
public import Store

/// Where an alliance lives: `settled.sqlite`, `master.secret`, and `keys/` with what is handed out.
public struct DataFolder: Hashable, Sendable {
    public let path: String
    /// The file of the master secret, which may stand elsewhere.
    public let secretPath: String

    public init(_ path: String, secret: String? = nil) {
        self.path = path
        secretPath = secret ?? path + "/master.secret"
    }

    public var databasePath: String { path + "/" + Store.fileName }

    /// Key files made by `init` and `key add`.
    public var keysPath: String { path + "/keys" }

    /// The file in which the key of this id is handed out.
    public func keyPath(_ id: String) -> String { keysPath + "/" + KeyFile.name(of: id) }

    /// Opens what `init` made.
    public func open() throws -> OpenFolder {
        guard WholeFile.exists(path) else {
            throw Failure.misused(path, "there is no such folder", hint: "make it with `settled init`")
        }
        let master = try MasterSecretFile.read(secretPath)
        return OpenFolder(folder: self, store: try Store.open(folder: path), master: master)
    }

    /// Opens the database alone, for commands that need no secret.
    public func openStore() throws -> Store { try Store.open(folder: path) }

    /// Takes away what a failed `init` made. Never of a folder that is in use.
    func removeContents() {
        let files = FileManager.default
        for suffix in ["", "-wal", "-shm"] { try? files.removeItem(atPath: databasePath + suffix) }
        try? files.removeItem(atPath: secretPath)
        try? files.removeItem(atPath: keysPath)
    }
}

/// An alliance at work: its store, and the secret that its keys are derived from.
public struct OpenFolder: Sendable {
    public let folder: DataFolder
    public let store: Store
    public let master: MasterSecret

    /// Signs and seals what is handed out.
    public var signer: DocumentSigner { DocumentSigner(master: master, version: Self.keyVersion) }

    /// The version of the statement keys and of the seal in use.
    public static let keyVersion = 1

    /// The door for batches.
    public func intake(limitBytes: Int = 64 << 20) -> Intake {
        Intake(store: store, master: master, signer: signer, limitBytes: limitBytes)
    }
}
