public import Signing

/// A stored statement or closing that may be shown: its bytes fit the digest that was stored with them, and the
/// signatures beside them. Whatever is printed for a person is read from such bytes.
public struct ProvenDocument: Sendable {
    public let bytes: [UInt8]
    /// `sha256:` + hex.
    public let digest: String
    /// `statement/<owner>/<version>`.
    public let signatureKeyID: String
    /// `seal/<version>`.
    public let sealKeyID: String

    /// Checks digest, seal and, where the keys have the owner's secret, the signature.
    ///
    /// `owner` is the id of the merchant that it is for, or `operator`. Throws `refused` when anything does not fit, or
    /// when no key at hand can check it.
    public init(
        _ document: SealedDocument, digest: String, owner: String, place: String, keys: ShowingKeys
    ) throws(Failure) {
        guard document.digest.text == digest else {
            throw Self.damaged(place, "its bytes have the digest \(document.digest.text), expected \(digest)")
        }
        bytes = document.bytes
        self.digest = digest
        signatureKeyID = try Self.check(
            document.signature, "signature", as: "statement/\(owner)/", of: document, place, keys,
            isRequired: keys.hasSecret)
        sealKeyID = try Self.check(
            document.seal, "seal", as: "seal/", of: document, place, keys, isRequired: true)
    }

    /// The id of the key that made the signature. Without its key a signature is passed over where it is not required.
    private static func check(
        _ text: String, _ what: String, as prefix: String, of document: SealedDocument, _ place: String,
        _ keys: ShowingKeys, isRequired: Bool
    ) throws(Failure) -> String {
        let signature: DetachedJWS
        do { signature = try DetachedJWS(parsing: text) } catch {
            throw damaged(place, "its \(what) is no detached JWS: \(error)")
        }
        let id = signature.keyID
        guard id.hasPrefix(prefix), !id.dropFirst(prefix.count).contains("/") else {
            throw damaged(place, "its \(what) is by the key \(id), expected \(prefix)<version>")
        }
        guard let key = try keys.key(id) else {
            guard isRequired else { return id }
            throw .refused(place, "its \(what) cannot be checked: no key \(id) is at hand")
        }
        do { try signature.verify(payload: document.bytes, key: key) } catch {
            throw damaged(place, "its \(what) by \(id) does not fit: \(error)")
        }
        return id
    }

    private static func damaged(_ place: String, _ problem: String) -> Failure {
        .refused(
            place, "is not what was signed, and is not shown: \(problem)",
            hint: "the database was changed behind the program's back, or the secret is another one; "
                + "compare with a copy of the folder")
    }
}

/// The keys that a data folder has for showing its documents: those of its master secret, or, on a copy without
/// it, the published ones of the seal.
public struct ShowingKeys: Sendable {
    private let keys: DocumentKeys
    /// Whether signatures, and not seals alone, can be checked.
    public let hasSecret: Bool

    /// Throws `misused` for a folder that holds no alliance, or neither secret nor seal.
    public init(_ folder: DataFolder) throws(Failure) {
        let published = folder.keysPath + "/" + SealFile.name
        hasSecret = WholeFile.exists(folder.secretPath) || !WholeFile.exists(published)
        keys =
            hasSecret
            ? try DocumentKeys(keyFile: nil, jwks: nil, folder: folder)
            : try DocumentKeys(keyFile: nil, jwks: published, folder: nil)
    }

    func key(_ id: String) throws(Failure) -> VerificationKey? { try keys.key(id) }
}
