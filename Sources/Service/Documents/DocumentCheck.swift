import Foundation
public import Signing

/// The check of a receipt, statement or closing against the signatures that stand beside it. Rulebook §7.
public struct DocumentCheck: Sendable {
    /// One signature's verdict.
    public struct Verdict: Hashable, Sendable {
        public enum Outcome: Hashable, Sendable {
            case valid
            /// The sentence says why.
            case wrong(String)
            /// No key at hand fits; the sentence says which.
            case unchecked(String)
        }

        /// `signature` (`.jws`), `seal` (`.seal`) or `details` (the digest of `DETAILS.csv`).
        public let what: String
        public let keyID: String?
        public let outcome: Outcome
    }

    /// What the document is, in one line.
    public let title: String
    public let digest: SHA256Digest
    public let verdicts: [Verdict]

    /// Whether something was checked and nothing was wrong.
    public var isGood: Bool {
        verdicts.contains { $0.what != "details" && $0.outcome == .valid } && !isWrong
    }

    public var isWrong: Bool {
        verdicts.contains { if case .wrong = $0.outcome { true } else { false } }
    }
}

extension DocumentCheck {
    /// Checks the file with whatever of `.jws`, `.seal` and `DETAILS.csv` stands beside it.
    ///
    /// `key` finds the key of an id, or nil when none is at hand. Throws `misused` when there is no
    /// signature.
    public init(
        file: String, key: (String) throws(Failure) -> VerificationKey?
    ) throws(Failure) {
        let bytes = try WholeFile.read(file)
        let facts = DocumentFacts(bytes)
        var verdicts: [Verdict] = []
        for (what, suffix) in [("signature", ".jws"), ("seal", ".seal")]
        where WholeFile.exists(file + suffix) {
            let text = try WholeFile.readText(file + suffix, limit: 1 << 16)
            verdicts.append(try Self.verdict(what, text, bytes: bytes, facts: facts, key: key))
        }
        guard !verdicts.isEmpty else {
            throw .misused(
                file, "there is no signature beside it, expected \(file).jws or \(file).seal")
        }
        if let details = facts?.details, let verdict = try Self.verdict(details, beside: file) {
            verdicts.append(verdict)
        }
        title = facts?.title ?? "file of \(bytes.count) bytes"
        digest = SHA256Digest(of: bytes)
        self.verdicts = verdicts
    }

    private static func verdict(
        _ what: String, _ text: String, bytes: [UInt8], facts: DocumentFacts?,
        key: (String) throws(Failure) -> VerificationKey?
    ) throws(Failure) -> Verdict {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let signature: DetachedJWS
        do { signature = try DetachedJWS(parsing: trimmed) } catch {
            return Verdict(what: what, keyID: nil, outcome: .wrong("it is not a detached JWS: \(error)"))
        }
        let id = signature.keyID
        if let wrong = misplaced(id, algorithm: signature.algorithm, what: what, owner: facts?.owner) {
            return Verdict(what: what, keyID: id, outcome: .wrong(wrong))
        }
        guard let key = try key(id) else {
            return Verdict(what: what, keyID: id, outcome: .unchecked("no key \(id) is at hand"))
        }
        do {
            try signature.verify(payload: bytes, key: key)
            return Verdict(what: what, keyID: id, outcome: .valid)
        } catch {
            return Verdict(what: what, keyID: id, outcome: .wrong("\(error)"))
        }
    }

    /// A good signature by the wrong key proves nothing: another merchant's statement key would let that
    /// merchant write this one's statements.
    private static func misplaced(
        _ id: String, algorithm: SignatureAlgorithm, what: String, owner: String?
    ) -> String? {
        guard let owner else { return nil }
        switch what {
        case "seal":
            let fits = algorithm == .edDSA && id.hasPrefix("seal/")
            return fits ? nil : "expected a seal by a key seal/<version>, found \(id)"
        default:
            let fits =
                id.hasPrefix("statement/\(owner)/")
                && !id.dropFirst("statement/\(owner)/".count).contains("/")
            return fits ? nil : "expected the key statement/\(owner)/<version>, found \(id)"
        }
    }

    private static func verdict(_ details: DocumentFacts.Details, beside file: String) throws(Failure)
        -> Verdict?
    {
        let path = folderName(of: file) + "/DETAILS.csv"
        guard WholeFile.exists(path) else { return nil }
        let digest = SHA256Digest(of: try WholeFile.read(path, limit: .max)).text
        guard digest != details.digest else { return Verdict(what: "details", keyID: nil, outcome: .valid) }
        return Verdict(
            what: "details", keyID: nil,
            outcome: .wrong("\(path): expected the digest \(details.digest), found \(digest)"))
    }
}
