/// What strangers wrote, as it may stand where people read it: in a log, on a terminal, in problem details.
public enum PlainText {
    /// The text without anything that ends a line, moves a cursor or turns the direction of reading.
    public static func of(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { isPlain($0) ? $0 : " " }))
    }

    /// As much of it as tells what was meant: 64 characters of Unicode at most.
    public static func excerpt(_ text: String) -> String {
        of(String(String.UnicodeScalarView(text.unicodeScalars.prefix(64))))
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
