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

        /// `signature` (`.jws`), `seal` (`.seal`), `details` (the digest of `DETAILS.csv`) or `sums` (whether the
        /// figures add up).
        public let what: String
        public let keyID: String?
        public let outcome: Outcome
        /// What is to be known of what is valid: of a redacted `DETAILS.csv`, when and why it was.
        public let note: String?

        init(what: String, keyID: String?, outcome: Outcome, note: String? = nil) {
            self.what = what
            self.keyID = keyID
            self.outcome = outcome
            self.note = note
        }
    }

    /// What the document is, in one line.
    public let title: String
    public let digest: SHA256Digest
    public let verdicts: [Verdict]

    /// Whether something was checked and nothing was wrong.
    public var isGood: Bool {
        verdicts.contains { ["signature", "seal"].contains($0.what) && $0.outcome == .valid } && !isWrong
    }

    public var isWrong: Bool {
        verdicts.contains { if case .wrong = $0.outcome { true } else { false } }
    }
}

extension DocumentCheck {
    /// Checks the file with whatever of `.jws`, `.seal` and `DETAILS.csv` stands beside it. A `DETAILS.csv` of another
    /// digest is taken with the operator's notice that members were forgotten, `REDACTION.json`.
    ///
    /// Throws `misused` when there is no signature.
    public init(file: String, keys: DocumentKeys) throws(Failure) {
        let bytes = try WholeFile.read(file)
        let facts = DocumentFacts(bytes)
        var verdicts = try Self.signatures(beside: file, of: bytes, facts: facts, keys: keys)
        guard !verdicts.isEmpty else {
            throw .misused(
                file, "there is no signature beside it, expected \(file).jws or \(file).seal")
        }
        let details = try Self.details(beside: file)
        if let facts, let details, let verdict = try Self.verdict(on: details, of: facts, file, keys: keys) {
            verdicts.append(verdict)
        }
        if let sums = Self.sums(of: bytes, facts, details, place: file) {
            verdicts.append(Verdict(what: "sums", keyID: nil, outcome: sums))
        }
        title = facts?.title ?? "file of \(bytes.count) bytes"
        digest = SHA256Digest(of: bytes)
        self.verdicts = verdicts
    }

    /// The verdicts on the signature and the seal beside a document, as far as they are there.
    static func signatures(
        beside file: String, of bytes: [UInt8], facts: DocumentFacts?,
        keys: DocumentKeys
    ) throws(Failure) -> [Verdict] {
        var verdicts: [Verdict] = []
        for (what, suffix) in [("signature", ".jws"), ("seal", ".seal")]
        where WholeFile.exists(file + suffix) {
            let text = try WholeFile.readText(file + suffix, limit: 1 << 16)
            verdicts.append(try verdict(what, text, bytes: bytes, facts: facts, keys: keys))
        }
        return verdicts
    }

    private static func verdict(
        _ what: String, _ text: String, bytes: [UInt8], facts: DocumentFacts?,
        keys: DocumentKeys
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
        guard let key = try keys.key(id) else {
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

    private static func details(beside file: String) throws(Failure) -> [UInt8]? {
        let path = folderName(of: file) + "/DETAILS.csv"
        return WholeFile.exists(path) ? try WholeFile.read(path, limit: .max) : nil
    }

    /// Whether DETAILS.csv is the file that a statement names, or stands in its place; nil of what names none.
    private static func verdict(
        on bytes: [UInt8], of facts: DocumentFacts, _ file: String,
        keys: DocumentKeys
    ) throws(Failure) -> Verdict? {
        guard let named = facts.details else { return nil }
        let digest = SHA256Digest(of: bytes)
        guard digest.text != named.digest else {
            return Verdict(what: "details", keyID: nil, outcome: .valid)
        }
        if let redaction = try RedactionCheck(beside: file, keys: keys) {
            return redaction.verdict(on: digest, of: facts)
        }
        return Verdict(
            what: "details", keyID: nil,
            outcome: .wrong("DETAILS.csv: expected the digest \(named.digest), found \(digest.text)"))
    }

    /// Whether the figures of a statement or a closing add up, a statement's with its DETAILS.csv where that is here;
    /// nil for other documents.
    private static func sums(
        of bytes: [UInt8], _ facts: DocumentFacts?, _ details: [UInt8]?, place: String
    ) -> Verdict.Outcome? {
        do {
            switch facts?.format {
            case "settled-statement/1":
                let statement = try StatementDocument(bytes: bytes, place: place)
                let sums = StatementSums(statement, details: try details.map { try DetailsSums($0) })
                return outcome(sums.problems)
            case "settled-closing/1":
                return outcome(ClosingSums(try ClosingDocument(bytes: bytes, place: place)).problems)
            default: return nil
            }
        } catch let unreadable as DetailsSums.Unreadable {
            return .wrong("DETAILS.csv: \(unreadable.reason)")
        } catch {
            return .wrong("\(error)")
        }
    }

    private static func outcome(_ problems: [String]) -> Verdict.Outcome {
        guard !problems.isEmpty else { return .valid }
        let more = problems.count > 3 ? "; and \(problems.count - 3) more" : ""
        return .wrong(problems.prefix(3).joined(separator: "; ") + more)
    }
}
