import Signing
import Testing

struct PseudonymKeyTests {
    let master: MasterSecret

    init() throws {
        master = try MasterSecret(versions: (1...2).map { _ in SecretBytes(Array(0..<32)) })
    }

    private func pseudonym(of member: String, secret: Int) -> String {
        Array(member.utf8).withUnsafeBytes { master.pseudonymKey(secret: secret).pseudonym(of: $0) }
    }

    // Computed with `openssl kdf … HKDF` and `openssl dgst -sha256 -mac HMAC`.
    @Test(
        "A pseudonym is sixteen bytes of an HMAC under a key that is derived for its version",
        arguments: [
            ("8012", 1, "forgotten-3e5a1df7db34af64fae040507f67d1dd"),
            ("m/1", 1, "forgotten-a231db866726009f2e3056e54d7b1dfd"),
            (String(repeating: "x", count: 64), 1, "forgotten-7f43845d3e50cd242a2f4731b5116c73"),
            ("8012", 2, "forgotten-6df78dab88bdf8b01409905c11ecaa97"),
            ("m/1", 2, "forgotten-bab57a8df9dc6fbe66ce68db98e861d5"),
        ])
    func known(member: String, secret: Int, expected: String) {
        #expect(pseudonym(of: member, secret: secret) == expected)
        #expect(master.pseudonymKey(secret: secret).secret == secret)
    }

    @Test("One key makes the same pseudonym however often it is asked, of other ids others")
    func again() {
        let key = master.pseudonymKey(secret: 1)
        let members = (0..<1_000).map { Array("member-\($0)".utf8) }
        let first = members.map { $0.withUnsafeBytes { key.pseudonym(of: $0) } }
        #expect(first == members.map { $0.withUnsafeBytes { key.pseudonym(of: $0) } })
        #expect(Set(first).count == 1_000 && first.allSatisfy { $0.utf8.count == 42 })
    }

    @Test("Nothing has the form of one but what a key makes")
    func form() {
        let pseudonym = pseudonym(of: "8012", secret: 1)
        #expect(PseudonymKey.isPseudonym(pseudonym))
        for text in [
            "", "8012", "forgotten-", String(pseudonym.dropLast()), pseudonym + "0", "x" + pseudonym,
            pseudonym.uppercased(), "forgotten_" + pseudonym.dropFirst(10), pseudonym.dropLast() + "g",
        ] { #expect(!PseudonymKey.isPseudonym(text), "\(text)") }
    }

    @Test("Of another secret the same id has another pseudonym")
    func secrets() throws {
        let other = try MasterSecret([UInt8](repeating: 7, count: 32)).pseudonymKey(secret: 1)
        let pseudonym = Array("8012".utf8).withUnsafeBytes { other.pseudonym(of: $0) }
        #expect(pseudonym != self.pseudonym(of: "8012", secret: 1))
    }
}
