import Signing
import Testing

@Suite("Versions of the master secret")
struct SecretVersionTests {
    private let first = SecretBytes([UInt8](repeating: 1, count: 32))
    private let second = SecretBytes([UInt8](repeating: 2, count: 48))

    private func tag(_ key: SigningKey) -> Substring { key.sign([]).suffix(43) }

    @Test("Statements and seals of a version come of that secret, and those of the first stay what they were")
    func documents() throws {
        let (old, new) = (try MasterSecret(first), try MasterSecret(second))
        let both = try MasterSecret(versions: [first, second])
        #expect(old.latest == 1 && both.latest == 2)
        for owner in ["M001", "operator"] {
            #expect(
                tag(both.statementKey(owner: owner, version: 1))
                    == tag(old.statementKey(owner: owner, version: 1)))
        }
        #expect(
            both.sealKey(version: 1).verification.publicKey == old.sealKey(version: 1).verification.publicKey)
        #expect(both.derive(info: "x", version: 2) == new.derive(info: "x"))
        #expect(both.derive(info: "x", version: 1) != new.derive(info: "x"))
        let seals = DocumentSigner(master: both, version: 1).sealKeys
        #expect(seals.map(\.id) == ["seal/1", "seal/2"], "what signs next is published before")
        let document = DocumentSigner(master: both, version: 2).seal([7], for: "M001")
        try DetachedJWS(parsing: document.seal).verify(payload: [7], key: seals[1])
        #expect(throws: SignatureRefusal.self) {
            try DetachedJWS(parsing: document.seal).verify(payload: [7], key: seals[0])
        }
    }

    @Test("A key of batches stays with the secret that it was added under, whatever its own version is")
    func batches() throws {
        let (old, both) = (try MasterSecret(first), try MasterSecret(versions: [first, second]))
        #expect(
            tag(both.batchKey(merchant: "M", version: 2, secret: 1))
                == tag(old.batchKey(merchant: "M", version: 2)))
        let new = both.batchKey(merchant: "M", version: 2, secret: 2)
        #expect(new.id == "batch/M/2" && tag(new) != tag(old.batchKey(merchant: "M", version: 2)))
        #expect(tag(both.operatorKey(version: 1, secret: 2)) != tag(both.operatorKey(version: 1)))
    }

    @Test("A webhook's secret that is in use stays, and the next one comes of the new secret")
    func webhooks() throws {
        let old = try MasterSecret(first)
        let waiting = try MasterSecret(versions: [first, second])
        let taken = waiting.knowing(webhookBounds: [["M": 3, "N": 1]])
        for version in [1, 3] {
            #expect(
                taken.webhookSecret(owner: "M", version: version).text
                    == old.webhookSecret(owner: "M", version: version).text)
        }
        #expect(
            waiting.webhookSecret(owner: "M", version: 4).text
                == old.webhookSecret(owner: "M", version: 4).text)
        #expect(
            taken.webhookSecret(owner: "M", version: 4).text != old.webhookSecret(owner: "M", version: 4).text
        )
        // Each receiver's versions count by themselves: N has seen no second one, O none at all.
        for (owner, version) in [("N", 2), ("O", 1)] {
            #expect(
                taken.webhookSecret(owner: owner, version: version).text
                    != old.webhookSecret(owner: owner, version: version).text)
            #expect(taken.webhookOrigin(owner: owner, version: version) == 2)
        }
        #expect(taken.webhookOrigin(owner: "N", version: 1) == 1)
    }

    @Test("A file has a version a line, and is read as it is written")
    func file() throws {
        let content = MasterSecret.fileContent(of: [first, second])
        #expect(content.count == 65 + 97)
        #expect(try MasterSecret.versions(ofFile: SecretBytes(content)) == [first, second])
        let lines = String(decoding: content, as: UTF8.self)
        for text in [lines.uppercased(), String(lines.dropLast()), lines.replacing("\n", with: "\r\n")] {
            #expect(try MasterSecret.versions(ofFile: SecretBytes(Array(text.utf8))) == [first, second])
        }
    }

    @Test(
        "A file with a line that is too short, odd or empty is refused, not taken for raw bytes",
        arguments: [
            ("", KeyRefusal.malformed("a line of the secret is empty")),
            (String(repeating: "a", count: 62), .secretTooShort(bytes: 31)),
            (String(repeating: "a", count: 65), .malformed("the secret has an odd number of hex digits")),
        ])
    func lines(second: String, expected: KeyRefusal) throws {
        let whole = String(repeating: "b", count: 64)
        for text in [whole + "\n" + second + "\n" + whole + "\n", second + "\n" + whole + "\n"] {
            let refusal = refusal { () throws(KeyRefusal) in
                _ = try MasterSecret(fileContent: SecretBytes(Array(text.utf8)))
            }
            #expect(refusal == expected)
        }
    }
}
