import Settlement
import Yams

/// What reading a file found: problems, and where each member stands, so that what is found wrong later
/// can be shown in the file. Lives as long as one reading.
final class Findings {
    private(set) var problems: [AllianceFileRefusal.Problem] = []
    private var places: [String: Mark] = [:]

    /// Remembers where the value of a path stands.
    func place(_ path: String, at mark: Mark?) { places[path] = mark }

    func add(_ code: AllianceFileRefusal.Code, _ path: String, at mark: Mark?, _ reason: String) {
        let mark = mark ?? place(of: path)
        problems.append(
            AllianceFileRefusal.Problem(
                code: code, line: mark?.line ?? 1, column: mark?.column ?? 1, path: path, reason: reason))
    }

    func add(_ problem: AllianceProblem) {
        add(.alliance(problem.code), problem.path, at: nil, problem.reason)
    }

    /// Where a path stands, or the nearest thing around it.
    private func place(of path: String) -> Mark? {
        var path = path[...]
        while true {
            if let mark = places[String(path)] { return mark }
            guard let cut = path.lastIndex(where: { $0 == "." || $0 == "[" }) else { return nil }
            path = path[..<cut]
        }
    }
}

/// The members of one mapping of the file, by name. What cannot be read becomes a finding.
struct Members {
    let path: String
    let mark: Mark?
    let findings: Findings
    private let nodes: [String: Node]

    /// Takes a mapping that has no other members than `known`; nil, and a finding, if it is none.
    init?(_ node: Node, path: String, known: [String], findings: Findings) {
        guard case .mapping(let mapping) = node else {
            findings.add(
                .valueMalformed, path, at: node.mark, "expected members (\(known.joined(separator: ", ")))")
            return nil
        }
        var nodes: [String: Node] = [:]
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key, known.contains(scalar.string) else {
                let name = key.scalar?.string
                findings.add(.memberUnknown, path, at: key.mark, Self.unknown(name, known: known))
                continue
            }
            nodes[scalar.string] = value
            findings.place(Self.join(path, scalar.string), at: value.mark)
        }
        self.path = path
        self.nodes = nodes
        self.findings = findings
        mark = node.mark
    }

    private static func unknown(_ name: String?, known: [String]) -> String {
        guard let name else { return "expected the name of a member, found something nested" }
        if name == "keys" { return "`keys` do not stand in this file; they are made with `settled key add`" }
        let hint = Spelling.nearest(to: name, among: known).map { "did you mean `\($0)`?" }
        return "unknown member `\(name)`; \(hint ?? "expected one of \(known.joined(separator: ", "))")"
    }

    private static func join(_ path: String, _ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }

    func path(of name: String) -> String { Self.join(path, name) }

    /// The node of a member, if it is there.
    func node(_ name: String) -> Node? { nodes[name] }

    /// A member's value as `read` takes it from the scalar's text; nil, and a finding, if it is not there.
    func required<Value>(_ name: String, _ expected: String, _ read: (String) -> Value?) -> Value? {
        guard nodes[name] != nil else {
            findings.add(.memberMissing, path(of: name), at: mark, "is missing, expected \(expected)")
            return nil
        }
        return optional(name, expected, read)
    }

    /// The same of a member that may be absent; nil without a finding then.
    func optional<Value>(_ name: String, _ expected: String, _ read: (String) -> Value?) -> Value? {
        guard let node = nodes[name] else { return nil }
        guard case .scalar(let scalar) = node, scalar.style != .plain || !Self.isNull(scalar.string) else {
            findings.add(
                .valueMalformed, path(of: name), at: node.mark, "expected \(expected), found no plain value")
            return nil
        }
        guard let value = read(scalar.string) else {
            findings.add(
                .valueMalformed, path(of: name), at: node.mark,
                "expected \(expected), found `\(scalar.string.prefix(60))`")
            return nil
        }
        return value
    }

    /// The same, where the word `none` stands for absence.
    func unlessNone<Value>(_ name: String, _ expected: String, _ read: (String) -> Value?) -> Value? {
        if case .scalar(let scalar)? = nodes[name], scalar.string == "none" { return nil }
        return optional(name, expected, read)
    }

    /// The text of an element of a list; nil, and a finding, if it is none.
    func text(of node: Node, at path: String, _ expected: String) -> String? {
        findings.place(path, at: node.mark)
        guard case .scalar(let scalar) = node, scalar.style != .plain || !Self.isNull(scalar.string) else {
            findings.add(.valueMalformed, path, at: node.mark, "expected \(expected), found no plain value")
            return nil
        }
        return scalar.string
    }

    /// The elements of a list; empty if it is absent, with a finding if that may not be.
    func list(_ name: String, isRequired: Bool = false) -> [Node] {
        guard let node = nodes[name] else {
            if isRequired {
                findings.add(.memberMissing, path(of: name), at: mark, "is missing, expected a list")
            }
            return []
        }
        guard case .sequence(let sequence) = node else {
            findings.add(.valueMalformed, path(of: name), at: node.mark, "expected a list")
            return []
        }
        return Array(sequence)
    }

    /// What plain YAML reads as nothing.
    private static func isNull(_ text: String) -> Bool { ["", "~", "null", "Null", "NULL"].contains(text) }
}
