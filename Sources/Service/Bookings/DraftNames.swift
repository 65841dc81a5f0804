import Settlement
public import Store

extension DraftName {
    /// Drafts as a person names them. Throws `misused` for a reference or a merchant that can be none.
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
            guard let reference = BookingReference(text) else {
                throw .misused(
                    text,
                    "is no reference: 1–64 printable characters without space, quote, backslash and comma")
            }
            names.append(DraftName(reference, of: owner))
        }
        return names
    }
}
