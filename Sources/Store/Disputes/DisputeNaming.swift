import Settlement

/// Which disputes the reason of an adjustment names: `dispute 7` is the operator's number, and with a merchant behind it,
/// `dispute 2 of bakery`, the merchant's own, and that alone.
struct DisputeNaming {
    private let numbers: Set<String>
    private let ownNames: Set<String>

    init(_ reason: String, _ roster: Roster) {
        var (numbers, ownNames): (Set<String>, Set<String>) = ([], [])
        let words = reason.split { !$0.isLetter && !$0.isNumber }
        for (word, number) in zip(words, words.dropFirst()) where word == "dispute" {
            let name = Self.name(behind: reason[number.endIndex...])
            // A sentence may end behind it.
            let merchant = [name, name.prefix { $0 != "." }].lazy.compactMap { MerchantID(String($0)) }
                .first { roster.number(of: $0) != nil }
            if let merchant {
                ownNames.insert("\(number) of \(merchant)")
            } else {
                numbers.insert(String(number))
            }
        }
        (self.numbers, self.ownNames) = (numbers, ownNames)
    }

    /// What follows on an `of`, up to what stands in no merchant's id.
    private static func name(behind rest: Substring) -> Substring {
        let mark = " of "
        guard rest.hasPrefix(mark) else { return "" }
        return rest.dropFirst(mark.count).prefix {
            $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0))
        }
    }

    func names(_ dispute: Dispute) -> Bool {
        numbers.contains("\(dispute.number)")
            || ownNames.contains("\(dispute.ownNumber) of \(dispute.merchant)")
    }
}
