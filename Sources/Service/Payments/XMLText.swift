/// Writes XML 1.0 in UTF-8, an element a line; texts and attributes are escaped.
struct XMLText {
    private(set) var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    private var depth = 0

    /// An element of elements; `content` writes them.
    mutating func element(
        _ name: String, namespace: String? = nil, _ content: (inout XMLText) throws -> Void
    ) rethrows {
        line("<\(name)\(Self.attribute("xmlns", namespace))>")
        depth += 1
        try content(&self)
        depth -= 1
        line("</\(name)>")
    }

    /// An element of text.
    mutating func element(_ name: String, currency: String? = nil, _ value: String) {
        line("<\(name)\(Self.attribute("Ccy", currency))>\(Self.escaped(value))</\(name)>")
    }

    private mutating func line(_ line: String) {
        text += String(repeating: "  ", count: depth) + line + "\n"
    }

    private static func attribute(_ name: String, _ value: String?) -> String {
        value.map { " \(name)=\"\(escaped($0))\"" } ?? ""
    }

    /// What is no character of XML is none of a text that comes here: banks take few.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
