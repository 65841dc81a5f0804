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
            let merchant = Self.merchant(behind: reason[number.endIndex...], roster)
            if let merchant {
                ownNames.insert("\(number) of \(merchant)")
            } else {
                numbers.insert(String(number))
            }
        }
        (self.numbers, self.ownNames) = (numbers, ownNames)
    }

    /// Whose id follows on an `of`.
    private static func merchant(behind rest: Substring, _ roster: Roster) -> MerchantID? {
        let mark = " of "
        guard rest.hasPrefix(mark) else { return nil }
        var name = rest.dropFirst(mark.count).prefix {
            $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0))
        }
        func known() -> MerchantID? {
            MerchantID(String(name)).flatMap { roster.number(of: $0) == nil ? nil : $0 }
        }
        // A sentence may end behind it.
        while known() == nil, name.last == "." { name.removeLast() }
        return known()
    }

    func names(_ dispute: Dispute) -> Bool {
        numbers.contains("\(dispute.number)")
            || ownNames.contains("\(dispute.ownNumber) of \(dispute.merchant)")
    }
}
