import Settlement

extension TermsMention: CustomStringConvertible {
    /// In English, as JSON has it.
    public var description: String { said(in: .english) }

    func said(in language: Language) -> String {
        switch self {
        case .terms(let merchant, let from): language.say(.termsFrom, merchant.text, from)
        case .termsAtEach(let merchant, let from):
            language.say(
                .termsAtEach, merchant.text, from.joined(separator: language == .english ? ", " : "、"))
        case .campaign(let campaign): language.say(.byCampaign, campaign.text)
        case .item(let item): language.say(.byItem, item.text)
        case .noTerms: language.say(.noTerms)
        }
    }
}

extension Movement.Kind {
    /// What it is called for people.
    var phrase: Phrase {
        switch self {
        case .issue: .movedIssue
        case .allocation: .movedAllocation
        case .restoration: .movedRestoration
        case .recovery: .movedRecovery
        case .debtRecovery: .movedDebtRecovery
        case .expiry: .movedExpiry
        }
    }
}

extension Figures {
    /// An exact amount in major units, with the currency's digits and those beyond that it has: `-1,234.505`.
    static func money(_ exact: ExactAmount, exponent: Int) -> String {
        let scale = (0..<exponent).reduce(ExactAmount.scale.magnitude) { scale, _ in scale * 10 }
        let (whole, fraction) = exact.parts.magnitude.quotientAndRemainder(dividingBy: scale)
        var digits = Array("\(scale + fraction)".utf8.dropFirst())
        while digits.count > exponent, digits.last == UInt8(ascii: "0") { digits.removeLast() }
        let sign = exact.parts < 0 ? "-" : ""
        let text = sign + apart("\(whole)"[...])
        return digits.isEmpty ? text : text + "." + String(decoding: digits, as: UTF8.self)
    }
}
