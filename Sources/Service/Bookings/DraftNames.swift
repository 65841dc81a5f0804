import Settlement
public import Store

extension DraftName {
    /// Drafts as a person names them: `REFERENCE`, or `REFERENCE#NUMBER`, so that a reference which itself ends in `#` and
    /// digits needs its number too. Throws `misused` for a reference or a merchant that can be none.
    public static func names(_ references: [String], of merchant: String?) throws(Failure) -> [DraftName] {
        var owner: MerchantID?
        if let merchant {
            guard let id = MerchantID(merchant) else {
                throw .misused("--merchant", "\(merchant) is not a merchant's id")
            }
            owner = id
        }
        var names: [DraftName] = []
        for text in references {
            let (name, number) = Self.parts(of: text)
            guard let reference = BookingReference(name) else {
                throw .misused(
                    text,
                    "is no reference: 1–64 printable characters without space, quote, backslash and comma")
            }
            names.append(DraftName(reference, of: owner, number: number))
        }
        return names
    }

    private static func parts(of text: String) -> (reference: String, number: Int64?) {
        guard let mark = text.lastIndex(of: "#"), let number = Int64(text[text.index(after: mark)...]),
            number >= 1, text[mark...] == "#\(number)"
        else { return (text, nil) }
        return (String(text[..<mark]), number)
    }
}
