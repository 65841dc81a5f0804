import Settlement
import Signing

/// The entries that files have brought. A name alone does not make one known: a bank may give two of a day the same.
struct KnownEntries {
    private let standing: [SHA256Digest: [StoredBankLine]]

    init(_ lines: [StoredBankLine]) { standing = Dictionary(grouping: lines, by: \.line.entry) }

    /// A file's lines as they are to be kept. An entry is new unless its name and its content are known; with another content
    /// under a known name it is kept under a name made of both, so that it too comes once, and is for a person to look at.
    func arriving(_ lines: [BankLine]) -> [(line: BankLine, isNew: Bool)] {
        let contents = Dictionary(grouping: lines, by: \.entry).mapValues(Self.content)
        return lines.map { line in
            guard let known = standing[line.entry], let content = contents[line.entry] else {
                return (line, true)
            }
            guard content != Self.content(of: known.map(\.line)) else { return (line, false) }
            let name = SHA256Digest(of: line.entry.bytes + Array(content.utf8))
            let renamed = line.renamed(
                name, fault: "has the name of entry \(known[0].number) and another content")
            return (renamed, standing[name] == nil)
        }
    }

    /// What an entry's lines say that tells them from others, a line each.
    private static func content(of lines: [BankLine]) -> String {
        lines.sorted { $0.place < $1.place }.map { line in
            let texts = [line.endToEnd, line.account, line.returned, line.creditorReference]
            return "\(line.amount.minorUnits)\t" + texts.map { $0 ?? "" }.joined(separator: "\t") + "\n"
        }.joined()
    }
}
