import Foundation
import Fuzzing
import Settlement
import Signing

extension ReaderCases {
    private static let secret = [UInt8](repeating: 7, count: 32)
    private static let payload = Array("{\"format\":\"settled-batch/1\"}\n".utf8)

    /// Signatures by a key of each algorithm: over a header that was changed, and changed after they were made.
    static func signatures() throws -> [ReaderCase] {
        let keys = [
            try SigningKey.hs256(id: "k", secret: SecretBytes(secret)),
            try SigningKey.ed25519(id: "k", seed: SecretBytes(secret)),
        ]
        return keys.flatMap { key in
            (0..<2500).map { round in
                var chance = Chance(seed: 77 &+ UInt64(round))
                let text = changed(key, round: round, &chance)
                let reason = reason(of: text, key)
                return ReaderCase(
                    reader: "jws", input: Array(text.utf8), ours: reason == "taken" ? "holds" : nil,
                    reason: reason,
                    besides: ["payload": Data(payload).base64EncodedString(), "key": jwk(of: key)])
            }
        }
    }

    private static let plain = #"{"alg":"ALG","kid":"k","b64":false,"crit":["b64"]}"#

    private static let headers = [
        plain, plain, #" { "crit" : [ "b64" ] , "b64" : false, "kid" : "k", "alg" : "ALG" } "#,
        #"{"\u0061lg":"ALG","kid":"\u006b","b64":false,"crit":["b64"]}"#,
        #"{"alg":"ALG","b64":false,"crit":["b64"]}"#, #"{"alg":"ALG","kid":7,"b64":false,"crit":["b64"]}"#,
        #"{"alg":"ALG","kid":"a key","b64":false,"crit":["b64"]}"#,
        #"{"alg":"ALG","kid":"k","b64":false,"crit":["b64"],"typ":"JOSE"}"#,
        #"{"alg":"ALG","kid":"k","b64":false,"crit":["b64"],"cty":"\u00e9"}"#,
        #"{"alg":"none","alg":"ALG","kid":"k","b64":false,"crit":["b64"]}"#,
        #"{"alg":"ALG","kid":"k","b64":false,"crit":["b64","b64"]}"#,
        #"{"alg":"ALG","kid":"k","b64":true,"crit":["b64"]}"#, #"{"alg":"ALG","kid":"k","b64":false}"#,
        #"{"alg":"ALG","kid":"k"}"#, #"{"alg":"none","kid":"k","b64":false,"crit":["b64"]}"#,
        #"{"alg":"HS512","kid":"k","b64":false,"crit":["b64"]}"#,
    ]

    private static func changed(_ key: SigningKey, round: Int, _ chance: inout Chance) -> String {
        let header = chance.pick(round < 200 ? headers : headers + [plain, plain, plain])
            .replacing("ALG", with: key.algorithm.rawValue)
        var json = Array(header.utf8)
        if round.isMultiple(of: 3) {
            json = chance.mutated(json, words: Chance.words + ["\"exp\":1,", "\u{E9}"])
        }
        let head = Base64URL.text(json)
        // With `b64` left out or true, what is signed is the encoded payload (RFC 7515).
        let isEncoded = header.contains("\"b64\":true") || !header.contains("\"b64\"")
        let signed = isEncoded && round.isMultiple(of: 2) ? Array(Base64URL.text(payload).utf8) : payload
        let tag = Base64URL.text(tag(Array((head + ".").utf8) + signed, by: key))
        return marked(head, tag, round % 10, &chance)
    }

    /// Some are changed behind their maker's back.
    private static func marked(_ head: String, _ tag: String, _ way: Int, _ chance: inout Chance) -> String {
        switch way {
        case 0: return head + ".." + tag + String(repeating: "=", count: chance.number(1...2))
        case 1:
            var bytes = Array((head + ".." + tag).utf8)
            bytes.insert(chance.pick(Array("\n !=.+/\r*".utf8)), at: chance.number(0...bytes.count))
            return String(decoding: bytes, as: UTF8.self)
        case 2:
            // The last character of 32 and of 64 bytes has bits that mean nothing.
            let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
            let last = digits.firstIndex(of: tag.utf8.last ?? 0) ?? 0
            return head + ".." + tag.dropLast() + String(decoding: [digits[last ^ 1]], as: UTF8.self)
        case 3: return String(decoding: chance.mutated(Array((head + ".." + tag).utf8)), as: UTF8.self)
        case 4: return head + "." + Base64URL.text(payload) + "." + tag
        default: return head + ".." + tag
        }
    }

    private static func tag(_ message: [UInt8], by key: SigningKey) -> [UInt8] {
        switch key.material {
        case .hs256(let secret): HMACSHA256.tag(key: secret, message: message)
        case .ed25519(let key): key.signature(over: message)
        }
    }

    private static func reason(of text: String, _ key: SigningKey) -> String {
        do throws(SignatureRefusal) {
            try DetachedJWS(parsing: text).verify(payload: payload, key: key.verification)
            return "taken"
        } catch {
            switch error {
            case .malformed(let reason, _): return kind(of: text, refused: reason)
            case .keyAlgorithmMismatch: return "another algorithm"
            // Another kid is another key: to us it is unknown, to a library that is handed its key it is a word.
            case .invalid:
                return (try? DetachedJWS(parsing: text))?.keyID == key.id ? "it does not hold" : "another kid"
            }
        }
    }

    /// Two of our reasons in finer words.
    private static func kind(of text: String, refused reason: String) -> String {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        if reason.hasPrefix("header or signature is not base64url") {
            let odd = text.utf8.filter { !Array("._-".utf8).contains($0) && !isDigitOrLetter($0) }
            if odd.isEmpty { return "bits that mean nothing, or too few" }
            return odd.allSatisfy { $0 == UInt8(ascii: "=") }
                ? "padding" : "characters that are not base64url"
        }
        guard reason.hasPrefix("the header is not an ASCII JSON"), let json = Base64URL.bytes(parts[0].utf8)
        else {
            return reason
        }
        do throws(Malformation) {
            _ = try JSONValue(parsing: json)
            return "JSON of more than ASCII"
        } catch {
            return "no JSON: \(error.fault)"
        }
    }

    private static func isDigitOrLetter(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
    }

    private static func jwk(of key: SigningKey) -> [String: String] {
        let secret = Base64URL.text(secret)
        guard let publicKey = key.verification.publicKey else {
            return ["kty": "oct", "alg": "HS256", "k": secret]
        }
        return [
            "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "x": Base64URL.text(publicKey.bytes),
        ]
    }
}
