/// Text that a person wrote and that goes on one line of a page.
public enum PrintableText {
    /// Whether it has so many bytes and nothing that ends a line, moves a cursor or turns the direction of reading.
    public static func accepts(_ text: String, bytes: ClosedRange<Int>) -> Bool {
        bytes.contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
                default: true
                }
            }
    }
}
