import Foundation
public import Settlement
public import Signing
public import Store

/// Where an alliance lives: `settled.sqlite`, `master.secret`, and `keys/` with what is handed out.
public struct DataFolder: Hashable, Sendable {
    public let path: String
    /// The file that the master secret is read from, which may stand elsewhere: the one that was named, or else where
    /// `MasterSecretFile` finds it.
    public let secretPath: String

    public init(_ path: String, secret: String? = nil) {
        self.path = path
        secretPath = secret ?? MasterSecretFile.path(of: path)
    }

    /// The file that `init` writes the master secret to.
    public var ownSecretPath: String { path + "/" + MasterSecretFile.name }

    public var databasePath: String { path + "/" + Store.fileName }

    /// Key files made by `init` and `key add`.
    public var keysPath: String { path + "/keys" }

    /// The file in which the key of this id is handed out.
    public func keyPath(_ id: String) -> String { keysPath + "/" + KeyFile.name(of: id) }

    /// Opens what `init` made. Throws `misused` when there is nothing of it. A database of an older schema is taken
    /// to the present one; what that does is told to `upgrading`.
    public func open(upgrading: (SchemaUpgrade) -> Void = DataFolder.tell) throws -> OpenFolder {
        try requireFounded()
        try requireSecret()
        let master = try MasterSecretFile.read(secretPath)
        let store = try Store.open(folder: path, upgrading: upgrading)
        do { return try OpenFolder(folder: self, store: store, master: master) } catch {
            try? store.shut()
            throw error
        }
    }

    /// Throws `refused` for a secret that is not this data's, or lacks a version that was taken into use: what it signs
    /// nobody could check, and no batch would fit its keys. Gives what the data knows its versions by.
    @discardableResult
    func requireOwn(_ master: MasterSecret, of store: Store) throws -> [SecretMark] {
        guard try store.isSigned(by: master) else {
            throw Failure.refused(
                secretPath, "secret_mismatch: is not the master secret of the data in \(path)",
                hint: "name the secret that was there when the data was made (--secret FILE), or restore your"
                    + " copy of it")
        }
        let marks = try store.secretMarks()
        guard marks.count <= master.latest else {
            throw Failure.refused(
                secretPath,
                "secret_outdated: has \(master.latest) of the \(marks.count) versions of the master secret of the"
                    + " data in \(path)",
                hint:
                    "name the file that `settled secret rotate` wrote (--secret FILE), or restore your copy of it"
            )
        }
        return marks
    }

    /// Opens the database alone, for commands that need no secret.
    public func openStore() throws -> Store {
        try requireFounded()
        return try Store.open(folder: path, upgrading: Self.tell)
    }

    /// Says on standard error what is done to an older database: it may take a while.
    public static func tell(_ upgrade: SchemaUpgrade) {
        FileHandle.standardError.write(Data("\(upgrade)\n".utf8))
    }

    /// Throws `misused` where the file of the master secret is not there: it is kept elsewhere.
    func requireSecret() throws(Failure) {
        var status = stat()
        guard stat(secretPath, &status) != 0, errno == ENOENT || errno == ENOTDIR else { return }
        throw .misused(
            secretPath, "there is no such file, expected the master secret of the data in \(path)",
            hint: "name it by --secret FILE, as /etc/credstore/settled.master.secret, as root; the README's"
                + " page for administrators says how a command gets an encrypted one")
    }

    /// Throws `misused` for a folder that is not there or holds no database: another one was meant.
    func requireFounded() throws(Failure) {
        for (place, lacking) in [
            (path, "there is no such folder"), (databasePath, "there is no such file"),
        ] {
            var status = stat()
            guard stat(place, &status) != 0 else { continue }
            guard errno == ENOENT || errno == ENOTDIR else { throw .fromSystem(place, "look at it") }
            throw .misused(
                place, "\(lacking), expected the data folder of an alliance",
                hint: "name the folder that `settled init` made, or make one with it")
        }
    }
}

/// An alliance at work: its store, and the secret that its keys are derived from.
public struct OpenFolder: Sendable {
    public let folder: DataFolder
    public let store: Store
    public let master: MasterSecret
    /// The version of the master secret in use, and so of the statement keys and of the seal. Later ones wait in its
    /// file.
    public let keyVersion: Int
    /// Who was forgotten when the folder was opened. Nobody is as long as a daemon serves it.
    public let pseudonyms: Pseudonyms

    /// Throws `refused` for a secret that is not the data's, and `StoreTrouble` where what is kept of forgotten members is
    /// not as it was written.
    init(folder: DataFolder, store: Store, master: MasterSecret) throws {
        let marks = try folder.requireOwn(master, of: store)
        self.folder = folder
        self.store = store
        self.master = master.knowing(webhookBounds: marks.dropFirst().map(\.webhooks))
        keyVersion = marks.count
        pseudonyms = try store.pseudonyms(by: master)
    }

    /// Signs and seals what is handed out.
    public var signer: DocumentSigner { DocumentSigner(master: master, version: keyVersion) }

    /// For a command that ends: writes the log back into the database, as far as nobody reads in it. What stays in the
    /// log is as safe there.
    public func shut() { try? store.shut() }

    /// The door for batches.
    public func intake(
        limitBytes: Int = Intake.standardBytes, limitRecords: Int = Intake.standardRecords
    ) -> Intake {
        Intake(
            store: store, master: master, signer: signer, pseudonyms: pseudonyms, limitBytes: limitBytes,
            limitRecords: limitRecords)
    }
}
