import Foundation
import Signing

/// Verifies a compact JWS whose payload stands inside, as the public vectors have it. Settled itself takes
/// only the detached form; this exists so that the vectors reach its primitives.
enum GeneralJWS {
    enum Refusal: Error { case form, encoding, header, algorithm, key, signature }

    /// The payload. `detached` stands in for the middle part where that is empty, as RFC 7515 F has it.
    static func payload(of text: String, key: VectorJWK, detached: [UInt8]? = nil) throws(Refusal) -> [UInt8]
    {
        var parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map(
            Array.init)
        guard parts.count == 3 else { throw .form }
        if let detached {
            guard parts[1].isEmpty else { throw .form }
            parts[1] = Array(Base64URL.text(detached).utf8)
        }
        guard let header = Base64URL.bytes(parts[0]), let payload = Base64URL.bytes(parts[1]),
            let signature = Base64URL.bytes(parts[2])
        else { throw .encoding }
        let algorithm = try algorithm(of: header)
        guard key.alg == nil || key.alg == algorithm else { throw .algorithm }
        let input = parts[0] + [UInt8(ascii: ".")] + parts[1]
        guard try verifies(signature, over: input, algorithm: algorithm, key: key) else { throw .signature }
        return payload
    }

    private static func algorithm(of header: [UInt8]) throws(Refusal) -> String {
        guard let members = try? JSONSerialization.jsonObject(with: Data(header)) as? [String: Any],
            let algorithm = members["alg"] as? String, members["crit"] == nil, members["b64"] == nil
        else { throw .header }
        return algorithm
    }

    private static func verifies(
        _ signature: [UInt8], over input: [UInt8], algorithm: String, key: VectorJWK
    ) throws(Refusal) -> Bool {
        switch (algorithm, key.kty) {
        case ("HS256", "oct"):
            guard let k = key.k, let secret = Base64URL.bytes(k.utf8) else { throw .key }
            return ConstantTime.areEqual(HMACSHA256.tag(key: SecretBytes(secret), message: input), signature)
        case ("EdDSA", "OKP"):
            guard key.crv == "Ed25519", let x = key.x, let bytes = Base64URL.bytes(x.utf8),
                let publicKey = try? Ed25519PublicKey(bytes)
            else { throw .key }
            return publicKey.verifies(signature, over: input)
        default: throw .algorithm
        }
    }
}
