/// An element of a document of XML, with all that is in it.
struct MarkupElement {
    /// Without its prefix.
    let name: String
    /// What its prefix stands for, or the lack of one; empty: nothing.
    let namespace: String
    /// By their names as they are written.
    let attributes: [String: String]
    /// 1-based, of its first character.
    let line: Int
    var children: [MarkupElement] = []
    /// All characters that stand directly in it.
    var text = ""

    /// The characters without white space around them.
    var trimmed: String {
        let isSpace = { (character: Character) in character.isWhitespace }
        return String(text.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }

    func all(_ name: String) -> [MarkupElement] { children.filter { $0.name == name } }

    /// The first element at the end of a path; nil where a step of it is not there.
    func first(_ path: String...) -> MarkupElement? {
        path.reduce(self as MarkupElement?) { element, name in
            element?.children.first { $0.name == name }
        }
    }

    /// The text at the end of a path; nil where there is none, or nothing but white space.
    func text(_ path: String...) -> String? {
        let found = path.reduce(self as MarkupElement?) { element, name in
            element?.children.first { $0.name == name }
        }
        guard let text = found?.trimmed, !text.isEmpty else { return nil }
        return text
    }
}
