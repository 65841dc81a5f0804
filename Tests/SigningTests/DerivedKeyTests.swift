import Signing
import Testing

struct DerivedKeyTests {
    let master: MasterSecret
    let payload = Array("{\"a\":1}\n".utf8)

    init() throws {
        // Of the rulebook's keys each version has its own secret; here it is the same one, so that figures are of one.
        master = try MasterSecret(versions: (1...4).map { _ in SecretBytes(Array(0..<32)) })
    }

    // The figures here were computed with another implementation of HKDF, HMAC and Ed25519.
    @Test("Each key has the id, and by its info the secret, that the rulebook gives it")
    func secrets() throws {
        let keys = [
            master.batchKey(merchant: "M001", version: 1), master.operatorKey(version: 2),
            master.statementKey(owner: "M001", version: 3),
            master.statementKey(owner: "operator", version: 1),
        ]
        let expected = [
            ("batch/M001/1", "437bd3eaddd57331eefbac2d8b5e4d09f8f4ac3e67ded35a2aa241479ed6e757"),
            ("operator/2", "6e6e8f10f1c707a4bcc71d8ff912803dc917b30e8bd5c25a55e2aef213cf2328"),
            ("statement/M001/3", "03d826712ca5cd5455aebaf2c937da1b09f3039a319e28a7752abb5563ae309a"),
            ("statement/operator/1", "fd8920466053b3993c3690fb66529f21d30d9bf2ca36b7bdb22f7066c0f9c716"),
        ]
        for (key, (id, hex)) in zip(keys, expected) {
            #expect(key.id == id && key.verification.id == id && key.algorithm == .hs256)
            guard case .hs256(let secret) = key.material else { continue }
            #expect(secret.withBytes { Hexadecimal.text($0) } == hex)
            #expect(master.derive(info: "settled/\(id)") == secret)
        }
    }

    @Test("The seal is an Ed25519 key of its own")
    func seal() throws {
        let key = master.sealKey(version: 1)
        #expect(key.id == "seal/1" && key.algorithm == .edDSA)
        guard case .ed25519(let privateKey) = key.material else { return #expect(Bool(false)) }
        #expect(
            privateKey.seed.withBytes { Hexadecimal.text($0) }
                == "df1de892e28447b54034dfd485415ba7a437680ab1a910e665829b52f90c598a")
        #expect(
            privateKey.publicKey.pem == """
                -----BEGIN PUBLIC KEY-----
                MCowBQYDK2VwAyEAyrpR7aTBFuFzMfQ5z9CDwzUkzloeAInFOivBZBKNZgc=
                -----END PUBLIC KEY-----

                """)
    }

    @Test("A signature is exactly this text: the header has the rulebook's order and no space")
    func signatures() {
        #expect(
            master.batchKey(merchant: "M001", version: 1).sign(payload)
                == "eyJhbGciOiJIUzI1NiIsImtpZCI6ImJhdGNoL00wMDEvMSIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19.."
                + "6VOZsOI66u2jMbwFMlv2EXM3US1B2eSPyj9aIkhwSUs")
        #expect(
            master.sealKey(version: 1).sign(payload)
                == "eyJhbGciOiJFZERTQSIsImtpZCI6InNlYWwvMSIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19.."
                + "DOG-t8gwUeE0RUZgVMaGzAU2OIz1fmBsBY-_rbG7qv12S5jHQ7X0TcjC_uMSKvkH7QLyMG8GHTRAOXmE4uKrAg")
        #expect(
            SignatureHeader(algorithm: .hs256, keyID: "statement/M001/1").json
                == #"{"alg":"HS256","kid":"statement/M001/1","b64":false,"crit":["b64"]}"#)
    }

    @Test(
        "A document bears its owner's signature and the operator's seal, both over its bytes",
        arguments: ["M001", "operator"])
    func documents(_ owner: String) throws {
        let document = DocumentSigner(master: master, version: 4).seal(payload, for: owner)
        #expect(document.bytes == payload)
        #expect(document.digest == SHA256Digest(of: payload))
        let signature = try DetachedJWS(parsing: document.signature)
        #expect(signature.header == SignatureHeader(algorithm: .hs256, keyID: "statement/\(owner)/4"))
        try signature.verify(
            payload: payload, key: master.statementKey(owner: owner, version: 4).verification)
        let seal = try DetachedJWS(parsing: document.seal)
        #expect(seal.header == SignatureHeader(algorithm: .edDSA, keyID: "seal/4"))
        try seal.verify(payload: payload, key: master.sealKey(version: 4).verification)
        #expect(DocumentSigner(master: master, version: 4).seal(payload, for: owner) == document)
    }

    @Test("Other merchants, versions, purposes and master secrets give other keys")
    func separation() throws {
        let other = try MasterSecret(versions: (1...2).map { _ in SecretBytes(Array(1..<33)) })
        let keys = [master, other].flatMap { master in
            [
                master.batchKey(merchant: "M001", version: 1), master.batchKey(merchant: "M002", version: 1),
                master.batchKey(merchant: "M001", version: 2), master.statementKey(owner: "M001", version: 1),
                master.operatorKey(version: 1), master.sealKey(version: 1), master.sealKey(version: 2),
            ]
        }
        #expect(Set(keys.map { $0.sign([]).suffix(43) }).count == 14)
    }

    @Test("A master secret of 31 bytes is refused, one of 32 or 64 is taken")
    func shortMasterSecret() {
        for length in [0, 31] {
            let secret = [UInt8](repeating: 1, count: length)
            let refusal = refusal { () throws(KeyRefusal) in _ = try MasterSecret(secret) }
            #expect(refusal == .secretTooShort(bytes: length))
            #expect(refusal?.code == "secret_too_short")
        }
        for length in [32, 64] {
            let secret = [UInt8](repeating: 1, count: length)
            #expect(refusal { () throws(KeyRefusal) in _ = try MasterSecret(secret) } == nil)
        }
    }

    @Test(
        "A master secret's file holds hex digits in either case or the very bytes, and never a short one"
    )
    func masterSecretFile() throws {
        let digits = Hexadecimal.text(Array(0..<32))
        let expected = master.derive(info: "x")
        for content in [digits, digits + "\n", digits + "\r\n", digits.uppercased() + "\n"] {
            #expect(
                try MasterSecret(fileContent: SecretBytes(Array(content.utf8))).derive(info: "x") == expected)
        }
        #expect(try MasterSecret(fileContent: SecretBytes(Array(0..<32))).derive(info: "x") == expected)
        let refusals: [(String, KeyRefusal)] = [
            (String(digits.dropLast(2)), .secretTooShort(bytes: 31)),
            (String(digits.prefix(32)), .secretTooShort(bytes: 16)),
            (digits + "0", .malformed("the secret has an odd number of hex digits")),
            ("correct horse battery staple\n", .secretTooShort(bytes: 29)),
            ("", .secretTooShort(bytes: 0)),
        ]
        for (content, expected) in refusals {
            let refusal = refusal { () throws(KeyRefusal) in
                _ = try MasterSecret(fileContent: SecretBytes(Array(content.utf8)))
            }
            #expect(refusal == expected)
        }
    }

    @Test("A shared secret of fewer than 32 bytes is refused as a key")
    func shortKey() {
        let short = SecretBytes([UInt8](repeating: 1, count: 31))
        #expect(
            refusal { () throws(KeyRefusal) in _ = try SigningKey.hs256(id: "k", secret: short) }
                == .secretTooShort(bytes: 31))
        #expect(
            refusal { () throws(KeyRefusal) in _ = try VerificationKey.hs256(id: "k", secret: short) }
                == .secretTooShort(bytes: 31))
    }

    @Test("Nothing of a secret is printed")
    func printing() {
        let secret = SecretBytes(Array("swordfish swordfish swordfish sw".utf8))
        var dumped = ""
        dump(secret, to: &dumped)
        #expect("\(secret)" == "32 secret bytes" && String(reflecting: secret) == "32 secret bytes")
        #expect(!dumped.contains("sw") && !dumped.contains("115"))
        dump(master, to: &dumped)
        #expect("\(master)" == "master secret" && !dumped.contains("SecretBytes"))
    }
}
