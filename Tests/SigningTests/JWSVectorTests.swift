import Fixtures
import Foundation
import Signing
import Testing

@Suite(.enabled(if: SharedFolder.isWanted, Comment(rawValue: SharedFolder.absence)))
struct JWSVectorTests {
    struct Group: Decodable {
        let comment: String
        let `private`: VectorJWK
        let tests: [JWSTest]
    }

    struct JWSTest: Decodable {
        let tcId: Int
        let jws: String
        let result: String
    }

    /// Marked valid though they hold a `?` in base64url.
    static let wronglyValid: Set = [372, 373]
    /// Marked invalid though equal to the valid 357.
    static let wronglyInvalid: Set = [367, 370]

    @Test("HS256 of Wycheproof's JWS verifies or is refused as marked, every other algorithm is refused")
    func wycheproof() throws {
        let file: Wycheproof<Group> = try PublicVectors.json("wycheproof/json_web_signature_test.json")
        var (valid, invalid, other, skipped) = (0, 0, 0, 0)
        for group in file.testGroups {
            for test in group.tests {
                guard !Self.wronglyInvalid.contains(test.tcId) else {
                    skipped += 1
                    continue
                }
                let isHS256 = group.private.kty == "oct"
                let isValid = isHS256 && test.result == "valid" && !Self.wronglyValid.contains(test.tcId)
                let verifies = (try? GeneralJWS.payload(of: test.jws, key: group.private)) != nil
                #expect(verifies == isValid, "json_web_signature \(test.tcId)")
                if isValid { valid += 1 } else if isHS256 { invalid += 1 } else { other += 1 }
            }
        }
        #expect(valid == 8 && invalid == 30 && skipped == 2 && other == 361)
        #expect(valid + invalid + skipped == 40)
    }

    @Test("None of Wycheproof's JWS is a batch signature: each is refused as malformed")
    func wycheproofAsDetached() throws {
        let file: Wycheproof<Group> = try PublicVectors.json("wycheproof/json_web_signature_test.json")
        var refused = 0
        for test in file.testGroups.flatMap(\.tests) {
            #expect(code(of: test.jws) == "signature_malformed", "json_web_signature \(test.tcId)")
            refused += 1
        }
        #expect(refused == 401)
    }

    struct RFCVector: Decodable {
        let source: String
        let alg: String
        let jwk: OneOrMore?
        let compact: String?
        let general_json: String?
        let detached_unencoded: String?
        let payload: String?
        let thumbprint_sha256: String?
    }

    enum OneOrMore: Decodable {
        case one(VectorJWK)
        case more([VectorJWK])

        init(from decoder: any Decoder) throws {
            if let keys = try? [VectorJWK](from: decoder) {
                self = .more(keys)
            } else {
                self = .one(try VectorJWK(from: decoder))
            }
        }

        var first: VectorJWK {
            switch self {
            case .one(let key): key
            case .more(let keys): keys[0]
            }
        }
    }

    @Test("The RFCs' JWS: HS256 and EdDSA verify, none, RSA and ECDSA are refused")
    func rfcExamples() throws {
        let vectors: [RFCVector] = try PublicVectors.json("rfc-jws/rfc_jws_vectors.json")
        var (verified, refused) = (0, 0)
        for vector in vectors {
            guard let compact = vector.compact else { continue }
            #expect(code(of: compact) == "signature_malformed", "\(vector.source)")
            let key = vector.jwk?.first ?? VectorJWK.unsecured
            let verifies = (try? GeneralJWS.payload(of: compact, key: key)) != nil
            let isOurs = ["HS256", "EdDSA"].contains(vector.alg)
            #expect(verifies == isOurs, "\(vector.source)")
            if isOurs { verified += 1 } else { refused += 1 }
        }
        #expect(vectors.count == 14)
        #expect(verified == 4 && refused == 7)
    }

    @Test("The RFCs' other three: our form without kid, a JSON serialization, a thumbprint")
    func rfcExamplesThatAreNotCompact() throws {
        let vectors: [RFCVector] = try PublicVectors.json("rfc-jws/rfc_jws_vectors.json")
        let others = vectors.filter { $0.compact == nil }
        #expect(others.map(\.source) == ["RFC 7515 A.6", "RFC 8037 A.3", "RFC 7797 4.2"])
        let serialization = try #require(others[0].general_json)
        #expect(code(of: serialization) == "signature_malformed")
        let key = try #require(others[1].jwk?.first.x.flatMap { Base64URL.bytes($0.utf8) })
        #expect(try Ed25519PublicKey(key).thumbprint == others[1].thumbprint_sha256)
        let (text, payload) = (try #require(others[2].detached_unencoded), try #require(others[2].payload))
        #expect(
            refusal { () throws(SignatureRefusal) in _ = try DetachedJWS(parsing: text) }
                == .malformed("the header's kid is missing or no key id", found: "nothing"))
        let secret = try #require(others[2].jwk?.first.k.flatMap { Base64URL.bytes($0.utf8) })
        let input = Array((text.prefix { $0 != "." } + "." + payload).utf8)
        let tag = Base64URL.text(HMACSHA256.tag(key: SecretBytes(secret), message: input))
        #expect(text.hasSuffix(".." + tag))
    }

    struct Cookbook: Decodable {
        struct Input: Decodable {
            let payload: String
            let key: VectorJWK
        }

        struct Output: Decodable { let compact: String }

        let input: Input
        let output: Output
    }

    @Test("The JOSE cookbook's three verify as RFC 7515 has them, and are not our form", arguments: cookbook)
    func cookbookExamples(_ name: String) throws {
        let example: Cookbook = try PublicVectors.json("rfc-jws/\(name).json")
        let payload = Array(example.input.payload.utf8)
        let verified = try GeneralJWS.payload(
            of: example.output.compact, key: example.input.key,
            detached: name.hasSuffix("detached") ? payload : nil)
        #expect(verified == payload)
        #expect(code(of: example.output.compact) == "signature_malformed")
    }

    static let cookbook = ["rfc7520_4_4", "rfc7520_4_5_detached", "rfc8037_jws"]

    @Test("The four signatures in exactly our form verify, and no longer with a byte changed")
    func derived() throws {
        let vectors: [RFCVector] = try PublicVectors.json("rfc-jws/derived_detached_b64false.json")
        for vector in vectors {
            let jws = try DetachedJWS(parsing: try #require(vector.detached_unencoded))
            let key = try self.key(try #require(vector.jwk?.first), id: jws.keyID)
            var payload = Array(try #require(vector.payload).utf8)
            #expect(jws.algorithm.rawValue == vector.alg)
            try jws.verify(payload: payload, key: key.verification)
            #expect(key.sign(payload) == vector.detached_unencoded)
            payload[0] ^= 1
            let refusal = refusal { () throws(SignatureRefusal) in
                try jws.verify(payload: payload, key: key.verification)
            }
            #expect(refusal == .invalid)
        }
        #expect(vectors.count == 4)
    }

    private func key(_ jwk: VectorJWK, id: String) throws -> SigningKey {
        if let k = jwk.k {
            return try .hs256(id: id, secret: SecretBytes(try #require(Base64URL.bytes(k.utf8))))
        }
        let seed = try #require(jwk.d.flatMap { Base64URL.bytes($0.utf8) })
        return try .ed25519(id: id, seed: SecretBytes(seed))
    }

    private func code(of text: String) -> String? {
        refusal { () throws(SignatureRefusal) in _ = try DetachedJWS(parsing: text) }?.code
    }
}

extension VectorJWK {
    /// What an unsecured JWS is offered: any key at all.
    static let unsecured = VectorJWK(
        kty: "oct", alg: nil, kid: nil, crv: nil, k: Base64URL.text([UInt8](repeating: 7, count: 32)), x: nil,
        d: nil)
}
