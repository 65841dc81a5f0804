import Signing
import Testing

struct DetachedJWSTests {
    let secret = SecretBytes([UInt8](repeating: 9, count: 32))
    let payload = Array("{\"a\":1}\n".utf8)

    @Test("Every other compact form is refused as malformed")
    func forms() throws {
        let good = try SigningKey.hs256(id: "k", secret: secret).sign(payload)
        let parts = good.split(separator: ".", omittingEmptySubsequences: false)
        let (header, signature) = (parts[0], parts[2])
        let forms = [
            "", ".", "..", "...", "\(header)", "\(header).\(signature)", "\(header)..", "..\(signature)",
            "\(header)...\(signature)", "\(header)..\(signature).", ".\(good)", "\(header).e30.\(signature)",
            " \(good)", "\(good) ", "\(good)\n", "\(good)=", "\(header)=..\(signature)",
            "\(header)..\(signature)A=",
            "\(header)..\(signature.dropLast())+", "\(header)..\(signature.dropLast())/", "\(header)..ä",
            "\(good)\0",
            "{\"protected\":\"\(header)\",\"signature\":\"\(signature)\"}", "Bearer \(good)",
        ]
        for form in forms { #expect(code(parsing: form) == "signature_malformed", "\(form)") }
        #expect(code(parsing: good) == nil)
    }

    @Test("A signature with bits beyond its last byte is refused, though it means the same bytes")
    func strayBits() throws {
        let good = try SigningKey.hs256(id: "k", secret: secret).sign([])
        // The last of 43 digits holds four bits of the tag and two that must be zero.
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let index = Int(try #require(digits.firstIndex(of: good.last!)))
        #expect(index.isMultiple(of: 4))
        for stray in 1...3 {
            #expect(
                code(parsing: String(good.dropLast()) + String(digits[index + stray]))
                    == "signature_malformed")
        }
    }

    @Test(
        "Any bit changed in header, signature or payload is refused", arguments: SignatureAlgorithm.allCases)
    func anyBit(_ algorithm: SignatureAlgorithm) throws {
        let key = try Self.key(algorithm, secret)
        let good = Array(key.sign(payload).utf8)
        let jws = try DetachedJWS(parsing: String(decoding: good, as: UTF8.self))
        var refused = 0
        for bit in 0..<payload.count * 8 {
            var changed = payload
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(
                code { () throws(SignatureRefusal) in try jws.verify(payload: changed, key: key.verification)
                } == "signature_invalid")
            refused += 1
        }
        for bit in 0..<good.count * 7 {
            var changed = good
            changed[bit / 7] ^= 1 << UInt8(bit % 7)
            let code = code { () throws(SignatureRefusal) in
                try DetachedJWS(parsing: String(decoding: changed, as: UTF8.self))
                    .verify(payload: payload, key: key.verification)
            }
            #expect(code != nil)
            refused += 1
        }
        #expect(refused == payload.count * 8 + good.count * 7)
        try jws.verify(payload: payload, key: key.verification)
    }

    @Test("A key of the other algorithm is refused, also when its public half is tried as a shared secret")
    func algorithms() throws {
        let seed = SecretBytes([UInt8](repeating: 3, count: 32))
        let edDSA = try SigningKey.ed25519(id: "k", seed: seed)
        let publicAsSecret = try SigningKey.hs256(
            id: "k", secret: SecretBytes(try #require(edDSA.verification.publicKey).bytes))
        let confused = try DetachedJWS(parsing: publicAsSecret.sign(payload))
        let other = try DetachedJWS(parsing: edDSA.sign(payload))
        for (jws, key) in [(confused, edDSA), (other, publicAsSecret)] {
            let refusal = refusal { () throws(SignatureRefusal) in
                try jws.verify(payload: payload, key: key.verification)
            }
            #expect(refusal == .keyAlgorithmMismatch)
            #expect(refusal?.code == "signature_invalid")
        }
    }

    @Test("The right secret under another id is refused")
    func otherID() throws {
        let jws = try DetachedJWS(parsing: SigningKey.hs256(id: "a", secret: secret).sign(payload))
        let other = try VerificationKey.hs256(id: "b", secret: secret)
        #expect(
            refusal { () throws(SignatureRefusal) in try jws.verify(payload: payload, key: other) }
                == .invalid)
    }

    @Test(
        "A cut or lengthened signature is refused as invalid", arguments: SignatureAlgorithm.allCases,
        [1, 16, 31, 33, 63, 65])
    func lengths(_ algorithm: SignatureAlgorithm, _ length: Int) throws {
        let key = try Self.key(algorithm, secret)
        let text = key.sign(payload)
        let dot = try #require(text.lastIndex(of: "."))
        let signature = try #require(Base64URL.bytes(text[text.index(after: dot)...].utf8))
        let changed = Array((signature + [UInt8](repeating: 0, count: 64)).prefix(length))
        let jws = try DetachedJWS(parsing: text[...dot] + Base64URL.text(changed))
        #expect(
            refusal { () throws(SignatureRefusal) in try jws.verify(payload: payload, key: key.verification) }
                == .invalid)
    }

    @Test(
        "A payload of nothing, of dots and of a mebibyte signs and verifies",
        arguments: SignatureAlgorithm.allCases)
    func payloads(_ algorithm: SignatureAlgorithm) throws {
        let key = try Self.key(algorithm, secret)
        for payload in [[], Array("...".utf8), [UInt8](repeating: 0xff, count: 1 << 20)] {
            try DetachedJWS(parsing: key.sign(payload)).verify(payload: payload, key: key.verification)
        }
    }

    private static func key(_ algorithm: SignatureAlgorithm, _ secret: SecretBytes) throws -> SigningKey {
        switch algorithm {
        case .hs256: try .hs256(id: "k", secret: secret)
        case .edDSA: try .ed25519(id: "k", seed: secret)
        }
    }

    private func code(parsing text: String) -> String? {
        code { () throws(SignatureRefusal) in _ = try DetachedJWS(parsing: text) }
    }

    private func code(_ body: () throws(SignatureRefusal) -> Void) -> String? {
        refusal(body)?.code
    }
}
