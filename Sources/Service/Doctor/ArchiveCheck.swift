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
        let sealKeys = try SealFile.keys(of: request.data)
        do {
            try ArchiveShelf(request.archives, of: known, sealKeys: sealKeys).requireAll()
        } catch let refusal as RetentionRefusal {
            return [.init("archives", .trouble, "\(refusal)")]
        }
        return [.init("archives", .ok, "\(known.inWords), as they were written")]
    }
}

extension SealFile {
    /// The seal's public keys as a data folder has them: by its master secret, else by `keys/seal.jwks`; none where it
    /// has neither.
    static func keys(of folder: DataFolder) throws -> [VerificationKey] {
        if WholeFile.exists(folder.secretPath) {
            let master = try MasterSecretFile.read(folder.secretPath)
            return DocumentSigner(master: master, version: master.latest).sealKeys
        }
        let published = folder.keysPath + "/" + name
        return WholeFile.exists(published) ? try KeyFile.readSet(published) : []
    }
}
