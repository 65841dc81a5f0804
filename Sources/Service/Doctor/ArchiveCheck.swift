import Signing
import Store

extension StoreDiagnosis {
    /// Where bytes of batches are that the database has no more; nothing where it has them all.
    func archives() throws -> [Diagnosis.Finding] {
        let known = try store.archives()
        guard !known.isEmpty || !request.archives.isEmpty else { return [] }
        guard !request.archives.isEmpty else {
            return [
                .init(
                    "archives", .ok,
                    "\(known.inWords), in no backup; --archives says whether they are there as they were written"
                )
            ]
        }
        let sealKeys = try SealFile.keys(of: request.data, store)
        let shelf: ArchiveShelf
        do {
            shelf = try ArchiveShelf(request.archives, of: store, sealKeys: sealKeys)
            try shelf.requireAll()
        } catch let refusal as RetentionRefusal {
            return [.init("archives", .trouble, "\(refusal)")]
        }
        guard shelf.damaged.isEmpty else {
            return shelf.damaged.map {
                .init("archives", .trouble, "\(RetentionRefusal(.archiveDamaged, $0.inWords))")
            }
        }
        guard shelf.badCopies.isEmpty else {
            return [
                .init(
                    "archives", .warning,
                    "\(known.inWords), as they were written; not so these copies of them, to be replaced: "
                        + shelf.badCopies.map { PlainText.of($0) }.joined(separator: ", "))
            ]
        }
        return [.init("archives", .ok, "\(known.inWords), as they were written")]
    }
}

extension SealFile {
    /// The seal's public keys that archives of a data folder bear: those that the database knows. Of data that does not
    /// say, by its master secret, else by `keys/seal.jwks`; none where it has neither.
    ///
    /// Throws `secret_mismatch` and `secret_outdated` for a secret that is asked and is not the data's.
    static func keys(of folder: DataFolder, _ store: Store) throws -> [VerificationKey] {
        if let known = try store.sealKeys() { return known }
        if WholeFile.exists(folder.secretPath) {
            let master = try MasterSecretFile.read(folder.secretPath)
            try folder.requireOwn(master, of: store)
            return DocumentSigner(master: master, version: master.latest).sealKeys
        }
        let published = folder.keysPath + "/" + name
        return WholeFile.exists(published) ? try KeyFile.readSet(published) : []
    }
}
