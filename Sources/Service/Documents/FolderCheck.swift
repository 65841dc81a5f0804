import Foundation
import Settlement
import Signing

/// The check of all documents in a folder and below: each by itself, and as links of their chains. Rulebook
/// §7.
public struct FolderCheck: Sendable {
    /// A document and what its check came to.
    public struct Document: Sendable {
        /// From the folder on.
        public let path: String
        /// Nil: it could not be checked at all, for this reason.
        public let check: DocumentCheck?
        public let problem: String?
        let facts: DocumentFacts?

        public var isGood: Bool { check?.isGood ?? false }
    }

    /// In the order of their paths.
    public let documents: [Document]
    /// What holds the documents together, or does not.
    public let links: [ChainLink]

    public var isGood: Bool {
        !documents.isEmpty && documents.allSatisfy(\.isGood) && links.allSatisfy { $0.outcome != .wrong }
    }

    /// Whether there is a folder of this name.
    public static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// Checks every statement, closing and notice of a redaction in the folder and below, and whatever else has a
    /// signature or a seal beside it. Links of the file system are not followed. Throws `refused` for a folder without any.
    public init(folder: String, keys: DocumentKeys) throws {
        let names = try Self.names(in: folder)
        guard !names.isEmpty else {
            throw Failure.refused(
                folder, "holds no document: no STATEMENT.json, and nothing with a signature")
        }
        documents = try names.map { name in
            let path = folder + "/" + name
            let facts = try DocumentFacts(WholeFile.read(path))
            do throws(Failure) {
                return Document(
                    path: name, check: try DocumentCheck(file: path, keys: keys), problem: nil, facts: facts)
            } catch {
                guard error.kind != .trouble else { throw error }
                return Document(path: name, check: nil, problem: error.problem, facts: facts)
            }
        }
        links = ChainLink.links(of: documents) + documents.compactMap(\.withoutDetails)
    }

    private static func names(in folder: String) throws(Failure) -> [String] {
        guard let all = FileManager.default.enumerator(atPath: folder) else {
            throw .trouble(folder, "cannot be read")
        }
        var files: Set<String> = []
        for case let name as String in all
        where all.fileAttributes?[.type] as? FileAttributeType == .typeRegular {
            files.insert(name)
        }
        let documents = files.filter { name in
            let last = name.split(separator: "/").last.map(String.init) ?? ""
            return ["STATEMENT.json", "CLOSING.json", RedactionCheck.name].contains(last)
                || files.contains(name + ".jws")
                || files.contains(name + ".seal")
        }
        // Batches have signatures too, by keys of their own: they are no documents of the operator's.
        return documents.filter { $0.hasSuffix(".json") }.sorted()
    }
}

extension FolderCheck.Document {
    /// A statement without its DETAILS.csv is told, as its digest is not looked at then.
    fileprivate var withoutDetails: ChainLink? {
        guard facts?.details != nil, let check, !check.verdicts.contains(where: { $0.what == "details" })
        else {
            return nil
        }
        return ChainLink(
            owner: facts?.owner ?? "?", outcome: .absent, reason: "there is no DETAILS.csv beside \(path)")
    }
}

/// What one document says of another.
public struct ChainLink: Hashable, Sendable {
    public enum Outcome: String, Hashable, Sendable {
        case good
        case wrong
        /// The other one is not here, and need not be.
        case absent
    }

    /// Whose chain: a merchant's id, or `operator`.
    public let owner: String
    public let outcome: Outcome
    /// One sentence.
    public let reason: String
}

extension DocumentFacts {
    /// The first figure that does not open as the document before closed it.
    fileprivate func firstBreak(
        from before: DocumentFacts
    ) -> (what: String, opening: Int64, closing: Int64)? {
        let courses = [("balance", balance, before.balance), ("points", points, before.points)]
        for case (let what, let now?, let then?) in courses where now.opening != then.closing {
            return (what, now.opening, then.closing)
        }
        let opened = Dictionary(
            (journal ?? []).map { ($0.account, $0.opening) }, uniquingKeysWith: { first, _ in first })
        let closed = Dictionary(
            (before.journal ?? []).map { ($0.account, $0.closing) }, uniquingKeysWith: { first, _ in first })
        let accounts = Set(opened.keys).union(closed.keys).sorted()
        return accounts.first { opened[$0, default: 0] != closed[$0, default: 0] }
            .map { ("account \($0)", opened[$0, default: 0], closed[$0, default: 0]) }
    }
}

extension ChainLink {
    private struct Node {
        let facts: DocumentFacts
        let path: String
        let digest: String
        let number: Int64
        var period: String { facts.period?.id ?? "?" }
    }

    static func links(of documents: [FolderCheck.Document]) -> [ChainLink] {
        var chains: [String: [Node]] = [:]
        for document in documents {
            guard let facts = document.facts, let check = document.check, let number = facts.number,
                let owner = facts.owner
            else { continue }
            chains[(facts.alliance ?? "?") + "/" + owner, default: []].append(
                Node(facts: facts, path: document.path, digest: check.digest.text, number: number))
        }
        var links: [ChainLink] = []
        for (_, nodes) in chains.sorted(by: { $0.key < $1.key }) {
            links += chain(nodes.sorted { ($0.number, $0.path) < ($1.number, $1.path) })
        }
        return links + listed(chains)
    }

    /// One owner's documents, by number.
    private static func chain(_ nodes: [Node]) -> [ChainLink] {
        guard let first = nodes.first, let owner = first.facts.owner else { return [] }
        var links: [ChainLink] = []
        func add(_ outcome: Outcome, _ reason: String) {
            links.append(ChainLink(owner: owner, outcome: outcome, reason: reason))
        }
        if first.number > 1 {
            add(.absent, "begins with number \(first.number), \(first.period): what came before is not here")
        } else if first.facts.previous != nil {
            add(.wrong, "number 1, \(first.period), names one before it")
        }
        for (before, node) in zip(nodes, nodes.dropFirst()) {
            if node.number == before.number {
                if node.digest != before.digest {
                    add(.wrong, "there are two of number \(node.number): \(before.path) and \(node.path)")
                }
            } else if node.number > before.number + 1 {
                let missing = (before.number + 1)..<node.number
                let numbers =
                    missing.count == 1
                    ? "number \(missing.lowerBound) is"
                    : "numbers \(missing.lowerBound) to \(missing.upperBound - 1) are"
                add(.wrong, "\(numbers) missing, between \(before.period) and \(node.period)")
            } else if node.facts.previous != before.digest {
                add(
                    .wrong,
                    "number \(node.number), \(node.period), names \(node.facts.previous ?? "nothing") as the one"
                        + " before it, which is \(before.digest)")
            } else if let broken = node.facts.firstBreak(from: before.facts) {
                add(
                    .wrong,
                    "number \(node.number), \(node.period), opens with \(broken.what) \(broken.opening), number"
                        + " \(before.number) closed with \(broken.closing)")
            } else {
                add(.good, "number \(node.number), \(node.period), follows number \(before.number)")
            }
        }
        return links
    }

    /// What closings say of the statements that are here.
    private static func listed(_ chains: [String: [Node]]) -> [ChainLink] {
        var links: [ChainLink] = []
        let closings = chains.values.flatMap { $0 }.filter { $0.facts.statements != nil }
        for closing in closings.sorted(by: { $0.number < $1.number }) {
            var (here, all) = (0, 0)
            for listed in closing.facts.statements ?? [] {
                all += 1
                let nodes = chains[(closing.facts.alliance ?? "?") + "/" + listed.merchant] ?? []
                for node in nodes where node.number == listed.number {
                    here += 1
                    guard node.digest != listed.digest else { continue }
                    links.append(
                        ChainLink(
                            owner: listed.merchant, outcome: .wrong,
                            reason: "the closing of \(closing.period) lists \(listed.digest) as number"
                                + " \(listed.number), which is \(node.digest) here"))
                }
            }
            links.append(
                ChainLink(
                    owner: "operator", outcome: here == all ? .good : .absent,
                    reason:
                        "the closing of \(closing.period) lists \(all) statements, \(here) of them are here"))
        }
        return links
    }
}
