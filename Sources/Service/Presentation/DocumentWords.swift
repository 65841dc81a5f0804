import Foundation
import Settlement

/// The words of signed documents, as a person reads them. A word that is not known stays as it is.
enum DocumentWords {
    static func signer(_ word: String, in language: Language) -> String {
        say(word, ["merchant": .byMerchant, "operator": .byOperator], language)
    }

    static func type(_ word: String, in language: Language) -> String {
        say(
            word,
            [
                "earn": .earn, "redeem": .redeem, "earn_reversal": .earnReversal,
                "redeem_reversal": .redeemReversal, "opening": .openingRecord, "correction": .correction,
            ], language)
    }

    static func state(_ word: String, in language: Language) -> String {
        say(word, ["settled": .stateSettled, "pending": .statePending, "refused": .stateRefused], language)
    }

    static func funding(_ word: String, in language: Language) -> String {
        say(word, ["issue": .fundingIssue, "redemption": .fundingRedemption], language)
    }

    private static func say(_ word: String, _ phrases: [String: Phrase], _ language: Language) -> String {
        phrases[word].map { language.say($0) } ?? word
    }
}

/// What the lines of a statement are called, and what they mean. Rulebook §6.
enum LineWords {
    /// In the order in which lines stand.
    static let kinds: [(kind: String, name: Phrase, meaning: Phrase)] = [
        ("issue", .issue, .issueMeaning), ("issue_reversal", .issueReversal, .issueReversalMeaning),
        ("redemption_charge", .redemptionCharge, .redemptionChargeMeaning),
        ("redemption_charge_reversal", .redemptionChargeReversal, .redemptionChargeReversalMeaning),
        ("redemption_payout", .redemptionPayout, .redemptionPayoutMeaning),
        ("redemption_payout_reversal", .redemptionPayoutReversal, .redemptionPayoutReversalMeaning),
        ("expiry_refund", .expiryRefund, .expiryRefundMeaning),
        ("redeem_fee", .redeemFee, .redeemFeeMeaning), ("period_fee", .periodFee, .periodFeeMeaning),
        ("vat", .vat, .vatMeaning), ("adjustment", .adjustment, .adjustmentMeaning),
    ]

    static func name(of kind: String, in language: Language) -> String {
        kinds.first { $0.kind == kind }.map { language.say($0.name) } ?? kind
    }

    /// Of those kinds that are there, each once.
    static func meanings(of present: [String], in language: Language) -> [Sheet.Meaning] {
        kinds.filter { present.contains($0.kind) }.map {
            Sheet.Meaning(
                word: language.say($0.name), code: $0.kind, sentence: language.say($0.meaning))
        }
    }
}

/// Why a record did not simply settle. Rulebook §5.
enum ReasonWords {
    static let codes: [(code: String, meaning: Phrase)] = [
        ("insufficient_points", .insufficientPoints), ("original_unknown", .originalUnknown),
        ("original_mismatch", .originalMismatch), ("original_refused", .originalRefused),
        ("exceeds_original", .exceedsOriginal), ("shortfall", .shortfall),
    ]

    static func meanings(of present: [String], in language: Language) -> [Sheet.Meaning] {
        codes.filter { present.contains($0.code) }.map {
            Sheet.Meaning(word: "", code: $0.code, sentence: language.say($0.meaning))
        }
    }
}

/// Why a record was refused alone. Rulebook §3.
enum RefusalWords {
    static func meaning(of code: RecordRefusalCode) -> Phrase {
        switch code {
        case .idReused: .idReused
        case .beforeStart: .beforeStart
        case .inFuture: .inFuture
        case .tooOld: .tooOld
        case .noTerms: .withoutTerms
        case .campaignUnknown: .campaignUnknown
        case .campaignInactive: .campaignInactive
        case .itemUnknown: .itemUnknown
        case .itemInactive: .itemInactive
        case .itemPointsMismatch: .itemPointsMismatch
        case .pointsExceedTerms: .pointsExceedTerms
        }
    }
}

/// What the operator's accounts hold. Rulebook §6.
enum AccountWords {
    /// In the order in which they are explained; `receivable` stands for every merchant's.
    private static let accounts: [(account: String, meaning: Phrase)] = [
        ("receivable", .accountReceivable), ("pool", .accountPool), ("margin", .accountMargin),
        ("breakage", .accountBreakage), ("fees", .accountFees), ("vat", .accountVAT),
        ("adjustments", .accountAdjustments), ("bank", .accountBank), ("opening", .accountOpening),
        ("rounding", .accountRounding),
    ]

    /// Of those that are there, each once.
    static func meanings(of present: [String], in language: Language) -> [Sheet.Meaning] {
        accounts.filter { account, _ in
            present.contains { $0 == account || $0.hasPrefix(account + ":") }
        }.map { Sheet.Meaning(word: "", code: $0.account, sentence: language.say($0.meaning)) }
    }
}

extension Language {
    /// A country by its code of ISO 3166-1; the code itself, if it is none.
    func name(ofCountry code: String) -> String {
        Locale(identifier: tag).localizedString(forRegionCode: code) ?? code
    }
}
