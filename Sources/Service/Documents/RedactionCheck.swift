import Settlement
import Signing

/// The check of a DETAILS.csv that is not the file which its statement names, as members were forgotten since: a notice
/// beside it says which file stands in its place. Its keys are those of the statement.
struct RedactionCheck {
    static let name = "REDACTION.json"

    private let notice: RedactionNotice?
    private let signatures: [DocumentCheck.Verdict]
    /// Whether only the seal proves it. A merchant has the key of the signature too, and could sign a file of its own
    /// making.
    private let needsSeal: Bool

    /// Reads the notice beside a statement; nil: there is none.
    init?(beside file: String, keys: DocumentKeys) throws(Failure) {
        let path = folderName(of: file) + "/" + Self.name
        guard WholeFile.exists(path) else { return nil }
        let bytes = try WholeFile.read(path, limit: 1 << 16)
        notice = RedactionNotice(bytes)
        signatures = try DocumentCheck.signatures(
            beside: path, of: bytes, facts: DocumentFacts(bytes), keys: keys)
        needsSeal = keys.haveSeal
    }

    /// Whether it answers for a file of this digest beside that statement.
    ///
    /// A notice that no key at hand checks answers for nothing: anybody may have written it.
    func verdict(on details: SHA256Digest, of statement: DocumentFacts) -> DocumentCheck.Verdict {
        let problem = difference(from: statement, details) ?? untrusted
        if let problem {
            let found =
                "DETAILS.csv: expected the digest \(statement.details?.digest ?? "?"), found \(details.text)"
            return DocumentCheck.Verdict(
                what: "details", keyID: nil, outcome: .wrong("\(found), and \(Self.name) \(problem)"))
        }
        return DocumentCheck.Verdict(
            what: "details", keyID: nil, outcome: .valid,
            note: notice.map { "redacted on \($0.at): members were forgotten" })
    }

    /// What it says of another statement or file; nil: it is of these.
    private func difference(from statement: DocumentFacts, _ details: SHA256Digest) -> String? {
        guard let notice, case .statement(let number, let period) = notice.subject else {
            return "is no notice of a redacted DETAILS.csv"
        }
        let pairs = [
            ("alliance", notice.alliance.text, statement.alliance),
            ("merchant", notice.merchant.text, statement.merchant),
            ("number", "\(number)", statement.number.map { "\($0)" }),
            ("period", period, statement.period?.id),
            ("signed digest", notice.signed.text, statement.details?.digest),
            ("redacted digest", notice.redacted.text, details.text),
        ]
        return pairs.first { $0.1 != $0.2 }.map { what, found, expected in
            "is of another \(what): expected \(expected ?? "none"), found \(found)"
        }
    }

    /// Why the operator is not known to have said so; nil: what proves it holds, and nothing beside it is wrong.
    private var untrusted: String? {
        for verdict in signatures {
            if case .wrong(let reason) = verdict.outcome { return "has a wrong \(verdict.what): \(reason)" }
        }
        let proofs = needsSeal ? signatures.filter { $0.what == "seal" } : signatures
        if proofs.contains(where: { $0.outcome == .valid }) { return nil }
        return proofs.first?.outcome.reason.map { "is not checked: \($0)" }
            ?? (signatures.isEmpty ? "has no signature and no seal" : "has no seal")
    }
}
