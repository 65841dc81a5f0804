import Settlement
public import Signing

/// A file and its signature beside it: `FILE.jws`, a detached JWS of the exact bytes.
public struct SignedFile: Sendable {
    public let path: String
    /// Of the file's bytes.
    public let digest: SHA256Digest
    public let keyID: String
    public let signature: String

    /// Reads and signs the file; writes nothing.
    public init(_ path: String, key: SigningKey) throws(Failure) {
        let bytes = try WholeFile.read(path)
        self.path = path
        digest = SHA256Digest(of: bytes)
        keyID = key.id
        signature = key.sign(bytes)
    }

    public var signaturePath: String { path + ".jws" }

    /// Writes the signature; one that is there is replaced.
    public func write() throws(Failure) {
        try WholeFile.write(Array((signature + "\n").utf8), to: signaturePath)
    }

    /// `file`, `digest`, `key`, `signature` and `signature_file`, as a JSON object.
    public var json: String {
        var json = CanonicalJSON()
        json.object { object in
            object.member("file", path)
            object.member("digest", digest.text)
            object.member("key", keyID)
            object.member("signature", signature)
            object.member("signature_file", signaturePath)
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
