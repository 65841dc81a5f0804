import Settlement
import Signing
import Store

/// Whether a database is as it was written: what SQLite says, the sums and digests of its rows, and the chains of its
/// statements and closings.
struct DatabaseCheck: Sendable {
    /// What is wrong, a sentence each; none: it is whole.
    let findings: [String]

    /// Looks at all of it. Throws `StoreTrouble` where it cannot be read for another reason than damage.
    init(_ store: Store, progress: SimulationProgress = .silent) throws {
        progress.show("checking the file")
        let broken = try store.integrityFindings(full: true)
        guard broken.isEmpty else {
            findings = broken
            return
        }
        var found = try store.changedRows { progress.show("checking \($0)") }.map { "\($0)" }
        progress.show("checking the chains of statements")
        do { found += try DocumentChains(store).findings } catch let trouble as StoreTrouble
            where trouble.isDamage
        {
            found.append("\(trouble)")
        }
        findings = found
    }
}

/// The statements of each merchant and the closings, link by link: every document is what its digest says, bears the next
/// number, and names the one before it; and each closing lists the statements that are there.
struct DocumentChains: Sendable {
    private(set) var findings: [String] = []
    /// The last document of each owner, `operator` for closings.
    private var last: [String: (number: Int64, digest: String)] = [:]

    init(_ store: Store) throws {
        let calendar = try store.schedule().calendar
        for ordinal in 0..<(try store.earliestOpen()) {
            let period = calendar.period(ordinal).id
            var listed: [String: String] = [:]
            for statement in try store.statements(period: ordinal) {
                let place = "statement of \(statement.merchant) for \(period)"
                _ = look(
                    at: statement.document, statement.digest, statement.number, of: statement.merchant.text,
                    place)
                listed[statement.merchant.text] = statement.digest
            }
            let closing = try store.closing(ofClosed: ordinal)
            let facts = look(
                at: closing.document, closing.digest, closing.number, of: DocumentFacts.operatorName,
                "closing of \(period)")
            let named = Dictionary(
                (facts?.statements ?? []).map { ($0.merchant, $0.digest) }, uniquingKeysWith: { $1 })
            if facts != nil, named != listed {
                findings.append("closing of \(period): does not list the statements that are there")
            }
        }
    }

    /// Looks at one document; gives what it says, if it can be read.
    private mutating func look(
        at document: SealedDocument, _ digest: String, _ number: Int64, of owner: String, _ place: String
    ) -> DocumentFacts? {
        let before = last[owner]
        last[owner] = (number, digest)
        guard document.digest.text == digest else {
            findings.append("\(place): its bytes have the digest \(document.digest.text), expected \(digest)")
            return nil
        }
        guard let facts = DocumentFacts(document.bytes) else {
            findings.append("\(place): cannot be read")
            return nil
        }
        let expected = (before?.number ?? 0) + 1
        if number != expected || facts.number != expected {
            findings.append("\(place): bears number \(number), expected \(expected)")
        }
        if facts.previous != before?.digest {
            findings.append(
                "\(place): names \(facts.previous ?? "nothing") as the one before it, expected"
                    + " \(before?.digest ?? "nothing")")
        }
        return facts
    }
}
