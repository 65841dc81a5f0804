import Settlement
import Signing

extension FuzzTarget {
    /// A batch's signature as it stands in `Settled-Signature`, and a token as it stands in `Authorization`.
    public static let signature = FuzzTarget(
        name: "signature", subject: "detached JWS and JSON Web Tokens", longestBytes: 2100,
        seeds: Seeds.signatures,
        check: .plain { (input) throws(BrokenPromise) in
            try SignatureFuzzing.check(input)
        })
}

/// What is read as a signature is in one form only, and holds over what its key signed and nothing else.
enum SignatureFuzzing {
    static let payload = Array("{\"format\":\"settled-batch/1\"}\n".utf8)
    private static let now = Instant(milliseconds: 1_768_474_800_000)
    private static let secret = [UInt8](repeating: 7, count: 32)

    static func check(_ input: [UInt8]) throws(BrokenPromise) -> FuzzTarget.Verdict {
        let text = String(decoding: input, as: UTF8.self)
        let isToken = try checkToken(text)
        let jws: DetachedJWS
        do throws(SignatureRefusal) { jws = try DetachedJWS(parsing: text) } catch {
            try checkRefused(text, error)
            return isToken ? .taken : .refused(error.code)
        }
        try promise(!isToken, "no signature of a batch is a token")
        try checkForm(jws)
        try checkSignature(jws)
        return .taken
    }

    private static func checkRefused(_ text: String, _ refusal: SignatureRefusal) throws(BrokenPromise) {
        guard case .malformed(let reason, let found) = refusal, !reason.isEmpty, !found.isEmpty else {
            throw BrokenPromise("what cannot be read is malformed, and says why and what was found")
        }
        try promise(
            found.utf8.count <= 400 && PlainText.of(found) == found,
            "what was found is short and plain: \(found)")
        try promise(
            door(text) == .signatureMalformed, "the door takes no signature that cannot be read, and says so")
    }

    private static func door(_ text: String) -> BatchRefusalCode? {
        do throws(BatchRefusal) {
            _ = try AuthenticBatch.key(of: text, received: now) { _ in nil }
            return nil
        } catch {
            return error.code
        }
    }

    /// One form only: each part is base64url as it would be written, the header says what it would say again.
    private static func checkForm(_ jws: DetachedJWS) throws(BrokenPromise) {
        let parts = parts(of: jws.text)
        try promise(parts.count == 3 && parts[1].isEmpty, "it has the form header..signature")
        for part in [parts[0], parts[2]] {
            let bytes = Base64URL.bytes(part.utf8)
            try promise(bytes.map { Base64URL.text($0) } == part, "base64url is taken in one form only")
        }
        let again = try? SignatureHeader(parsing: Array(jws.header.json.utf8))
        try promise(again == jws.header, "a header that is written again says the same")
        try promise(KeyID.isValid(jws.keyID), "a header names a key id")
    }

    /// It verifies if and only if it is what the key makes over this header and payload.
    private static func checkSignature(_ jws: DetachedJWS) throws(BrokenPromise) {
        let (key, other) = try keys(jws.algorithm, jws.keyID)
        let parts = parts(of: jws.text)
        let made = made(Array((parts[0] + ".").utf8) + payload, by: key)
        let stands = refusal(of: jws, payload, key) == nil
        try promise(stands == (parts[2] == made), "a signature holds if its key made it, and only then")

        guard let own = try? DetachedJWS(parsing: parts[0] + ".." + made) else {
            throw BrokenPromise("whether a signature is read does not hang on its bytes")
        }
        try promise(own.header == jws.header, "the header is the same whatever the signature")
        try promise(refusal(of: own, payload, key) == nil, "what the key made holds")
        try promise(refusal(of: own, payload + [0x0A], key) == .invalid, "one byte more is found out")
        try promise(
            refusal(of: own, payload, other) == .keyAlgorithmMismatch, "a key has exactly one algorithm")
    }

    /// Whether it is read as a token; then it is signed, and its claims are read.
    private static func checkToken(_ text: String) throws(BrokenPromise) -> Bool {
        guard let jws = try? CompactJWS(parsing: text) else { return false }
        let parts = parts(of: text)
        for part in parts {
            let bytes = Base64URL.bytes(part.utf8)
            try promise(bytes.map { Base64URL.text($0) } == part, "base64url is taken in one form only")
        }
        let (key, _) = try keys(jws.algorithm, jws.keyID)
        let input = parts[0] + "." + parts[1]
        let signed = input + "." + made(Array(input.utf8), by: key)
        guard let token = try token(signed, key) else { return true }
        try promise(token.reader == .merchant(merchant), "a token is of its key's merchant")
        let span = token.expires.milliseconds - token.issued.milliseconds
        try promise(span <= ReadingToken.longestMilliseconds, "no token is good for more than five minutes")
        return true
    }

    private static let merchant = MerchantID(verified: "M")

    /// The token, if its claims are taken.
    private static func token(_ text: String, _ key: SigningKey) throws(BrokenPromise) -> ReadingToken? {
        let known = BatchKey(verification: key.verification, merchant: merchant)
        do throws(TokenRefusal) {
            return try ReadingToken(checking: text, alliance: AllianceID(verified: "quayside"), now: now) {
                id in
                id == key.id ? known : nil
            }
        } catch {
            try promise(!error.reason.isEmpty, "a token is refused for a reason")
            return nil
        }
    }

    private static func parts(of text: String) -> [String] {
        text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    }

    /// The key that a header names, and one of the other algorithm under the same id.
    private static func keys(
        _ algorithm: SignatureAlgorithm, _ id: String
    ) throws(BrokenPromise) -> (named: SigningKey, other: SigningKey) {
        guard let hs256 = try? SigningKey.hs256(id: id, secret: SecretBytes(secret)),
            let ed25519 = try? SigningKey.ed25519(id: id, seed: SecretBytes(secret))
        else { throw BrokenPromise("the id of a header is the id of a key") }
        return algorithm == .hs256 ? (hs256, ed25519) : (ed25519, hs256)
    }

    /// The signature of these bytes, put together without the code under test.
    private static func made(_ message: [UInt8], by key: SigningKey) -> String {
        switch key.material {
        case .hs256(let secret): Base64URL.text(HMACSHA256.tag(key: secret, message: message))
        case .ed25519(let key): Base64URL.text(key.signature(over: message))
        }
    }

    private static func refusal(
        of jws: DetachedJWS, _ payload: [UInt8], _ key: SigningKey
    ) -> SignatureRefusal? {
        do throws(SignatureRefusal) {
            try jws.verify(payload: payload, key: key.verification)
            return nil
        } catch {
            return error
        }
    }
}
