/// The few words of YAML that the acceptance files use: block mappings, block lists of mappings whose dash
/// stands at or right of the key's column, plain and single-quoted scalars of one line. No comments but whole
/// lines, no flow style, no anchors, no folding. Everything is text; what it means is for the reader of the
/// alliance.
indirect enum OracleYAML {
    case scalar(String)
    case list([OracleYAML])
    case mapping([String: OracleYAML])

    init(_ text: String) throws {
        var lines = Lines(text)
        self = try Self.block(&lines, indent: 0)
        if let line = lines.next { throw OracleTrouble("\(line.text) is not expected here") }
    }

    subscript(key: String) -> OracleYAML? {
        if case .mapping(let members) = self { members[key] } else { nil }
    }

    var text: String? {
        if case .scalar(let text) = self { text } else { nil }
    }

    var elements: [OracleYAML] {
        if case .list(let elements) = self { elements } else { [] }
    }

    /// The lines still to be read, each with its indent; a dash counts as indent of what follows it.
    private struct Lines {
        var rest: ArraySlice<(indent: Int, text: String)> = []

        init(_ text: String) {
            for line in text.split(whereSeparator: \.isNewline) {
                let content = line.drop { $0 == " " }
                if content.isEmpty || content.first == "#" { continue }
                rest.append((line.count - content.count, String(content)))
            }
        }

        var next: (indent: Int, text: String)? { rest.first }
    }

    private static func block(_ lines: inout Lines, indent: Int) throws -> OracleYAML {
        guard let first = lines.next, first.indent == indent else {
            throw OracleTrouble("a block is missing")
        }
        return try first.text.hasPrefix("- ")
            ? list(&lines, indent: indent) : mapping(&lines, indent: indent)
    }

    private static func list(_ lines: inout Lines, indent: Int) throws -> OracleYAML {
        var elements: [OracleYAML] = []
        while let line = lines.next, line.indent == indent, line.text.hasPrefix("- ") {
            // The dash becomes two spaces: what it begins is a mapping two columns to the right.
            lines.rest[lines.rest.startIndex] = (indent + 2, String(line.text.dropFirst(2)))
            elements.append(try mapping(&lines, indent: indent + 2))
        }
        return .list(elements)
    }

    private static func mapping(_ lines: inout Lines, indent: Int) throws -> OracleYAML {
        var members: [String: OracleYAML] = [:]
        while let line = lines.next, line.indent == indent, !line.text.hasPrefix("- ") {
            guard let colon = line.text.firstIndex(of: ":") else {
                throw OracleTrouble("\(line.text): no key")
            }
            let key = String(line.text[..<colon])
            let value = line.text[line.text.index(after: colon)...].drop { $0 == " " }
            guard members[key] == nil else { throw OracleTrouble("\(key) is there twice") }
            lines.rest.removeFirst()
            members[key] = value.isEmpty ? try below(&lines, indent) : .scalar(unquoted(String(value)))
        }
        return .mapping(members)
    }

    /// What stands under a key without a value: deeper, or a list at the key's own column.
    private static func below(_ lines: inout Lines, _ indent: Int) throws -> OracleYAML {
        guard let line = lines.next, line.indent > indent || line.text.hasPrefix("- ") else {
            throw OracleTrouble("a value is missing")
        }
        return try block(&lines, indent: line.indent)
    }

    private static func unquoted(_ value: String) -> String {
        guard value.count >= 2, value.hasPrefix("'"), value.hasSuffix("'") else { return value }
        return String(value.dropFirst().dropLast()).split(separator: "''", omittingEmptySubsequences: false)
            .joined(separator: "'")
    }
}
