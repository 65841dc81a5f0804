/// Reads XML 1.0 in UTF-8 as banks write it: elements, attributes, texts, namespaces. A document that declares a type is
/// refused at that word, so that there are no entities but the five of XML itself: none is fetched, none can multiply.
struct MarkupReader {
    /// Of a document: bytes, elements, and elements in each other.
    static let mostBytes = 16 << 20
    static let mostElements = 500_000
    static let mostLevels = 64
    /// Of an element: attributes, and prefixes that are declared where it stands.
    static let mostAttributes = 64

    private var scanner: MarkupScanner
    private var elements = 0

    /// The root of a document. Throws `BankRefusal`: `statement_too_large`, `statement_unsafe`, `statement_malformed`.
    static func root(of bytes: [UInt8]) throws(BankRefusal) -> MarkupElement {
        guard bytes.count <= mostBytes else {
            throw BankRefusal(
                .statementTooLarge, "expected at most \(mostBytes) bytes, found \(bytes.count)")
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw BankRefusal(.statementMalformed, line: 1, "expected UTF-8, found other bytes")
        }
        var reader = MarkupReader(scanner: MarkupScanner(bytes))
        return try reader.document()
    }

    private mutating func document() throws(BankRefusal) -> MarkupElement {
        scanner.skip([0xEF, 0xBB, 0xBF])
        if scanner.begins("<?xml "), let declaration = try scanner.instruction() {
            try requireEncoding(declaration)
        }
        try skipMiscellany()
        guard scanner.begins("<") else { throw scanner.malformed("the document's element") }
        let root = try element(level: 1, scopes: ["xml": "http://www.w3.org/XML/1998/namespace"])
        try skipMiscellany()
        guard scanner.isAtEnd else { throw scanner.malformed("nothing behind the document's element") }
        return root
    }

    private func requireEncoding(_ declaration: String) throws(BankRefusal) {
        guard let name = declaration.firstRange(of: "encoding") else { return }
        let value = declaration[name.upperBound...].drop {
            $0.isWhitespace || $0 == "=" || "'\"".contains($0)
        }
        .prefix { $0.isLetter || $0.isNumber || $0 == "-" }
        guard ["UTF-8", "US-ASCII", "ASCII"].contains(value.uppercased()) else {
            throw BankRefusal(.statementMalformed, line: 1, "expected UTF-8, found a file in \(value)")
        }
    }

    /// Comments, instructions and white space. A document type ends it.
    private mutating func skipMiscellany() throws(BankRefusal) {
        while true {
            scanner.skipSpace()
            if scanner.begins("<!DOCTYPE") {
                throw BankRefusal(
                    .statementUnsafe, line: scanner.line,
                    "it declares a document type (<!DOCTYPE), which no bank's file needs")
            }
            if try scanner.comment() { continue }
            guard try scanner.instruction() != nil else { return }
        }
    }

    // MARK: Elements

    private mutating func element(level: Int, scopes: [String: String]) throws(BankRefusal) -> MarkupElement {
        elements += 1
        guard level <= Self.mostLevels, elements <= Self.mostElements else {
            throw BankRefusal(
                .statementTooLarge, line: scanner.line,
                "expected at most \(Self.mostElements) elements, \(Self.mostLevels) in each other")
        }
        let line = scanner.countLine()
        scanner.skip(1)
        let name = try scanner.name()
        let attributes = try scanner.attributes(most: Self.mostAttributes)
        let scopes = try self.scopes(scopes, with: attributes)
        let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let prefix = parts.count == 2 ? String(parts[0]) : ""
        guard parts.last?.isEmpty == false, let namespace = scopes[prefix] ?? (prefix.isEmpty ? "" : nil)
        else { throw scanner.malformed("a name whose prefix is declared, of <\(name)>") }
        var element = MarkupElement(
            name: String(parts[parts.count - 1]), namespace: namespace, attributes: attributes, line: line)
        if scanner.skip("/>") { return element }
        guard scanner.skip(">") else { throw scanner.malformed("the end of the tag <\(name)>") }
        try readContent(of: &element, named: name, level: level, scopes)
        return element
    }

    /// The namespaces by their prefixes, with those that an element declares. They are copied for each that does so.
    private func scopes(
        _ outer: [String: String], with attributes: [String: String]
    ) throws(BankRefusal) -> [String: String] {
        var scopes = outer
        for (name, value) in attributes {
            if name == "xmlns" { scopes[""] = value }
            if name.hasPrefix("xmlns:") { scopes[String(name.dropFirst(6))] = value }
        }
        guard scopes.count <= Self.mostAttributes else {
            throw BankRefusal(
                .statementTooLarge, line: scanner.line,
                "expected at most \(Self.mostAttributes) prefixes declared, found \(scopes.count)")
        }
        return scopes
    }

    private mutating func readContent(
        of element: inout MarkupElement, named name: String, level: Int, _ scopes: [String: String]
    ) throws(BankRefusal) {
        while true {
            element.text += try scanner.characters()
            if scanner.skip("</") {
                guard try scanner.name() == name else { throw scanner.malformed("</\(name)>") }
                scanner.skipSpace()
                guard scanner.skip(">") else { throw scanner.malformed("the end of </\(name)>") }
                return
            }
            if let section = try scanner.section() {
                element.text += section
                continue
            }
            if try scanner.comment() { continue }
            if try scanner.instruction() != nil { continue }
            guard scanner.begins("<"), !scanner.begins("<!") else { throw scanner.malformed("</\(name)>") }
            element.children.append(try self.element(level: level + 1, scopes: scopes))
        }
    }
}
