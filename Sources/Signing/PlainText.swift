/// What strangers wrote, as it may stand where people read it: in a log, on a terminal, in problem details.
public enum PlainText {
    /// The text without anything that ends a line, moves a cursor or turns the direction of reading.
    public static func of(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { isPlain($0) ? $0 : " " }))
    }

    /// As much of it as tells what was meant: 64 characters of Unicode at most; of an empty one the word `nothing`.
    public static func excerpt(_ text: String) -> String {
        text.isEmpty ? "nothing" : beginning(of: text)
    }

    /// The same between quotes, where an empty one shows by itself.
    public static func quoted(_ text: String) -> String { "\"" + beginning(of: text) + "\"" }

    /// An array of JSON: what is in it is not told.
    public static func array(of count: Int) -> String { "an array of \(count)" }

    private static func beginning(of text: String) -> String {
        of(String(String.UnicodeScalarView(text.unicodeScalars.prefix(64))))
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
