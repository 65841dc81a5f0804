import Settlement
import Signing
public import Store

extension Person {
    /// Who a person says to be, and the key that proves it.
    ///
    /// `keyFile` is a PEM or JWK of the person's own Ed25519 private key; nil: the name is taken on trust. Throws
    /// `misused` for a name that is none, `refused` for a file that is no such key.
    public init(named text: String, keyFile: String?) throws(Failure) {
        guard let name = PersonName(text) else {
            throw .misused(
                "--as",
                "expected a name of 1–64 printable characters without space, quote, backslash and comma, "
                    + "found \(PlainText.excerpt(text))")
        }
        guard let keyFile else {
            self.init(name)
            return
        }
        let key = try KeyFile.readSigning(keyFile, id: name.text)
        guard let publicKey = key.verification.publicKey else {
            throw .refused(keyFile, "is not an Ed25519 key, which alone can name a person")
        }
        self.init(name, provenKey: publicKey.bytes)
    }
}
