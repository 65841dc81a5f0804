import Yams

/// The text of a `settled.yaml` as far as its form goes: which keys it has and where, and what it has that no key is,
/// so that a misspelt one never passes silently.
struct ConfigurationText {
    /// By `section.key`, the line on which it stands.
    private(set) var lines: [String: Int] = [:]
    private(set) var findings: [Failure] = []
    /// Whether it says anything that can be read: a text of comments only is no mapping.
    private(set) var saysAnything = false
    private let file: String

    /// Finds all that is wrong, each with file and line; a text that is no YAML is one finding.
    init(_ text: String, file: String) {
        self.file = file
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch {
            findings = [.misused(file, "is not YAML: \(error)")]
            return
        }
        guard let root else { return }
        if let scalar = root.scalar, scalar.string.isEmpty { return }
        guard let mapping = root.mapping else {
            findings = [
                .misused(
                    file,
                    "expected sections (\(Self.list(ConfigurationKeys.sections))), found something else")
            ]
            return
        }
        for (key, value) in mapping { readSection(key, value) }
        saysAnything = true
    }

    private mutating func readSection(_ key: Node, _ value: Node) {
        guard let section = key.string, ConfigurationKeys.sections.contains(section) else {
            return note(
                key, "unknown section, expected one of \(Self.list(ConfigurationKeys.sections)), ",
                among: ConfigurationKeys.sections)
        }
        // A section of comments only says nothing.
        if let scalar = value.scalar, scalar.style == .plain, scalar.string.isEmpty { return }
        let names = ConfigurationKeys.names(in: section)
        guard let mapping = value.mapping else {
            findings.append(
                .misused(place(key), "\(section) holds no keys, expected some of \(Self.list(names))"))
            return
        }
        for (key, value) in mapping {
            guard let name = key.string, names.contains(name) else {
                note(key, "unknown key in \(section), expected one of \(Self.list(names)), ", among: names)
                continue
            }
            lines["\(section).\(name)"] = key.mark?.line
            guard value.scalar == nil else { continue }
            findings.append(.misused(place(key), "\(section).\(name): expected one value"))
        }
    }

    /// What is not known, and what was probably meant: a word of the same place, or a key of another section.
    private mutating func note(_ key: Node, _ problem: String, among known: [String]) {
        let word = key.string ?? ""
        let meant =
            Spelling.nearest(to: word, among: known)
            ?? ConfigurationKeys.all.first { $0.name == word || $0.path == word }?.path
        findings.append(
            .misused(
                place(key), problem + "found \(key.string ?? "something nested")",
                hint: meant.map { "did you mean `\($0)`?" }))
    }

    private func place(_ node: Node) -> String { node.mark.map { "\(file):\($0.line)" } ?? file }

    private static func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}
