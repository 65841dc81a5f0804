import Testing

/// How long a comparison takes must not tell how much of a guess was right: whoever guesses a signature byte by byte
/// would need a few thousand tries. Of what is computed here with a secret, tags of HMAC are all that is compared.
@Suite("Comparing what is secret")
struct ConstantTimeTests {
    private static let sources = SourceFile.swift(in: "Sources")

    /// Whether a line of code compares something that is called a signature, a tag or a secret as any bytes are.
    private static func compares(_ line: String) -> Bool {
        // The tag of an entity (RFC 9110) is a name, not a secret.
        let words = #"\b(?!entity)(\w*[sS]ignature|\w*[tT]ag|\w*[sS]ecret|\w*[mM]ac)(Bytes)?"#
        let patterns = [
            words + #"\)?\s*(==|!=)(?!\s*nil\b)"#, #"(==|!=)\s*\(?(\w+\.)*"# + words + #"\b(?!\.|\?|\w|\()"#,
            words + #"\.(elementsEqual|starts|firstRange)\("#, #"elementsEqual\("# + words,
            #"\bmemcmp\(.*"# + words, #"\.tag\(.*(==|!=)"#,
        ]
        return patterns.contains { line.contains(try! Regex($0).wordBoundaryKind(.simple)) }
    }

    @Test("No source compares a signature, a tag or a secret by ==")
    func noOther() {
        #expect(Self.sources.count > 100)
        for file in Self.sources {
            for (number, line) in zip(1..., file.code) where Self.compares(line) {
                // What a file's signature was when it was looked at is no signature.
                if file.path.hasSuffix("/SpoolSweep.swift"), line.contains(".facts == sight.signature") {
                    continue
                }
                // Who derives everything again holds the key and the file: there is nobody to learn by waiting.
                if file.path.hasSuffix("/RederivedRows.swift"),
                    line.contains("signature != derived.signature")
                {
                    continue
                }
                Issue.record("\(file.path):\(number): \(line)")
            }
        }
    }

    @Test("The rule finds what it is there to find, and nothing else")
    func rule() {
        for line in [
            "guard tag == signature else { return false }", "if expectedTag != given {", "x == self.secret",
            "return computed.elementsEqual(signature)", "signature.elementsEqual(other)",
            "memcmp(tag, right, 32) == 0", "return key.tag(over: bytes) == given", "(secret) == other",
        ] { #expect(Self.compares(line), "\(line)") }
        for line in [
            "guard signature.count == 64 else {", "if signature != nil {", "let stage = 1; if stage == 2 {",
            "batch.size == other.size", "signatures == 3", "if x == signature.count {",
        ] { #expect(!Self.compares(line), "\(line)") }
    }

    @Test("Tags are made to sign, and in one place to be compared, which takes constant time")
    func tags() {
        let uses = Self.sources.flatMap { file in
            file.code.filter { $0.contains(".tag(") }.map { (file.path, $0) }
        }
        #expect(
            uses.map(\.0)
                == [
                    "CompactJWS", "HMAC", "PseudonymKey", "SigningKey", "VerificationKey", "WebhookSecret",
                ].map {
                    "Sources/Signing/\($0).swift"
                })
        let compared = uses.filter { $0.1.contains("ConstantTime.areEqual(") }.map(\.0)
        #expect(compared == ["Sources/Signing/VerificationKey.swift"])
        let comparisons = Self.sources.filter { !$0.uses(of: ["CRYPTO_memcmp"]).isEmpty }.map(\.path)
        #expect(comparisons == ["Sources/Signing/SecretBytes.swift"])
    }
}
