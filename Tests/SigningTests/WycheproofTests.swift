import Fixtures
import Foundation
import Testing

@testable import Signing

@Suite(.enabled(if: SharedFolder.isWanted, Comment(rawValue: SharedFolder.absence)))
struct WycheproofTests {
    struct MACGroup: Decodable {
        let tagSize: Int
        let tests: [MACTest]
    }

    struct MACTest: Decodable {
        let tcId: Int
        let key: HexBytes
        let msg: HexBytes
        let tag: HexBytes
        let result: String
    }

    @Test("HMAC-SHA256 gives every tag that Wycheproof calls valid and none that it calls invalid")
    func hmac() throws {
        let file: Wycheproof<MACGroup> = try PublicVectors.json("wycheproof/hmac_sha256_test.json")
        var results: [String: Int] = [:]
        for group in file.testGroups {
            for test in group.tests {
                let tag = HMACSHA256.tag(key: SecretBytes(test.key.bytes), message: test.msg.bytes)
                let isEqual = ConstantTime.areEqual(Array(tag.prefix(group.tagSize / 8)), test.tag.bytes)
                #expect(isEqual == (test.result == "valid"), "hmac_sha256 \(test.tcId)")
                results[test.result, default: 0] += 1
            }
        }
        #expect(results == ["valid": 66, "invalid": 108])
    }

    @Test(
        "As a JWS signature a whole tag verifies, and a tag cut to 128 bits is refused even where it is valid"
    )
    func tagsAsSignatures() throws {
        let file: Wycheproof<MACGroup> = try PublicVectors.json("wycheproof/hmac_sha256_test.json")
        var (whole, cut) = (0, 0)
        for group in file.testGroups {
            for test in group.tests where test.result == "valid" && test.key.bytes.count >= 32 {
                let signing = try SigningKey.hs256(id: "k", secret: SecretBytes(test.key.bytes))
                let text = signing.sign(test.msg.bytes)
                let tag = try #require(Base64URL.bytes(text.utf8.suffix(43)))
                let head = text.dropLast(43)
                let isCut = group.tagSize == 128
                let shown = isCut ? Array(tag.prefix(16)) : tag
                let jws = try DetachedJWS(parsing: head + Base64URL.text(shown))
                let refusal = refusal { () throws(SignatureRefusal) in
                    try jws.verify(payload: test.msg.bytes, key: signing.verification)
                }
                #expect(refusal == (isCut ? .invalid : nil), "hmac_sha256 \(test.tcId)")
                if isCut { cut += 1 } else { whole += 1 }
            }
        }
        #expect(whole == 30 && cut == 30)
    }

    struct HKDFGroup: Decodable {
        let tests: [HKDFTest]
    }

    struct HKDFTest: Decodable {
        let tcId: Int
        let ikm: HexBytes
        let salt: HexBytes
        let info: HexBytes
        let size: Int
        let okm: HexBytes
        let result: String
        let flags: [String]
    }

    @Test("HKDF-SHA256 derives what Wycheproof derives, and refuses more than 255 blocks instead of cutting")
    func hkdf() throws {
        let file: Wycheproof<HKDFGroup> = try PublicVectors.json("wycheproof/hkdf_sha256_test.json")
        var (derived, refused) = (0, 0)
        for test in file.testGroups.flatMap(\.tests) {
            let output = Result { () throws(KeyRefusal) in
                try HKDFSHA256.derive(
                    from: SecretBytes(test.ikm.bytes), salt: test.salt.bytes, info: test.info.bytes,
                    length: test.size)
            }
            if test.flags.contains("SizeTooLarge") {
                #expect(output == .failure(.derivedLength(test.size)), "hkdf_sha256 \(test.tcId)")
                refused += 1
            } else {
                #expect(output == .success(SecretBytes(test.okm.bytes)), "hkdf_sha256 \(test.tcId)")
                derived += 1
            }
        }
        #expect(derived == 83 && refused == 3)
    }

    struct EdDSAGroup: Decodable {
        struct PublicKey: Decodable { let pk: HexBytes }

        let publicKey: PublicKey
        let publicKeyPem: String
        let tests: [EdDSATest]
    }

    struct EdDSATest: Decodable {
        let tcId: Int
        let msg: HexBytes
        let sig: HexBytes
        let result: String
    }

    @Test("Ed25519 verifies what Wycheproof calls valid and refuses what it calls invalid")
    func ed25519() throws {
        let file: Wycheproof<EdDSAGroup> = try PublicVectors.json("wycheproof/ed25519_test.json")
        var results: [String: Int] = [:]
        for group in file.testGroups {
            let key = try Ed25519PublicKey(group.publicKey.pk.bytes)
            for test in group.tests {
                let isValid = key.verifies(test.sig.bytes, over: test.msg.bytes)
                #expect(isValid == (test.result == "valid"), "ed25519 \(test.tcId)")
                results[test.result, default: 0] += 1
            }
        }
        #expect(results == ["valid": 88, "invalid": 63])
    }

    @Test("Every Ed25519 key of Wycheproof reads from its PEM and is written to the same PEM")
    func publicKeysAsPEM() throws {
        let file: Wycheproof<EdDSAGroup> = try PublicVectors.json("wycheproof/ed25519_test.json")
        for group in file.testGroups {
            let key = try Ed25519PublicKey(text: group.publicKeyPem.utf8)
            #expect(key.bytes == group.publicKey.pk.bytes)
            #expect(key.pem == group.publicKeyPem)
        }
        #expect(file.testGroups.count == 78)
    }
}

/// What the body was refused for; nil if it was not.
func refusal<Refusal: Error>(_ body: () throws(Refusal) -> Void) -> Refusal? {
    do throws(Refusal) {
        try body()
        return nil
    } catch {
        return error
    }
}
