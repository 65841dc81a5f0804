import Yams

/// The keys of `settled.yaml`, and the check that a file has no other, so that a misspelt one never passes
/// silently.
enum ConfigurationKeys {
    /// Sections and their keys.
    static let known: [(section: String, keys: [String])] = [
        ("listen", ["host", "port", "socket", "behind_proxy"]),
        ("batch", ["max_bytes", "max_records"]),
        ("log", ["level", "format"]),
        ("tls", ["certificate", "key"]),
        ("limits", ServerLimit.all.map(\.name)),
        ("close", ["automatic", "unusual_factor", "reserve_bytes"]),
        ("stop", ["drain_seconds"]),
        ("spool", ["folder", "poll_seconds", "quiet_seconds"]),
        ("metrics", ["host", "port"]),
    ]

    /// Throws `misused` with file and line for a section or key that is not known, and for text that is not
    /// YAML.
    ///
    /// Gives whether the file says anything: one of comments only is no mapping.
    static func check(_ text: String, file: String) throws(Failure) -> Bool {
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch {
            throw .misused(file, "is not YAML: \(error)")
        }
        guard let root else { return false }
        if let scalar = root.scalar, scalar.string.isEmpty { return false }
        guard let mapping = root.mapping else {
            throw .misused(file, "expected sections (\(list(known.map(\.section)))), found something else")
        }
        for (key, value) in mapping { try checkSection(key, value, file: file) }
        return true
    }

    private static func checkSection(_ key: Node, _ value: Node, file: String) throws(Failure) {
        let sections = known.map(\.section)
        guard let section = known.first(where: { $0.section == key.string }) else {
            throw .misused(
                place(key, file),
                "unknown section, expected one of \(list(sections)), found \(key.string ?? "?")")
        }
        guard let mapping = value.mapping else {
            throw .misused(
                place(key, file), "\(section.section) holds no keys, expected some of \(list(section.keys))")
        }
        for (key, value) in mapping {
            guard let name = key.string, section.keys.contains(name) else {
                throw .misused(
                    place(key, file),
                    "unknown key in \(section.section), expected one of \(list(section.keys)), "
                        + "found \(key.string ?? "?")")
            }
            guard value.scalar != nil else {
                throw .misused(place(key, file), "\(section.section).\(name): expected one value")
            }
        }
    }

    private static func place(_ node: Node, _ file: String) -> String {
        node.mark.map { "\(file):\($0.line)" } ?? file
    }

    private static func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}
