import Settlement
import Store

/// What the bank charged beside payments, as entries of a period that no closing has: a payment settles what the order was
/// of, and what its bank took for it is between the operator and the bank alone. Their two accounts hold the same, so that
/// the books balance with them and without them, and `bank` stays what the closing says.
struct PeriodCharges: Sendable {
    /// What the operator bore.
    static let borne = "charges"
    /// What the bank took of what `bank` says.
    static let taken = "bank:charges"

    /// Those of the period.
    private let charges: [BankCharge]
    /// What those of earlier periods come to.
    private let opening: Int64

    init(_ charges: [BankCharge], of ordinal: Int) {
        self.charges = charges.filter { $0.period == ordinal }
        opening = charges.filter { $0.period < ordinal }.reduce(0) { $0 + $1.amount.minorUnits }
    }

    /// What was booked late stands on the period's first day.
    func entries(from firstDay: LocalDate) -> [JournalEntry] {
        charges.map { charge in
            JournalEntry(
                "bank_charge", of: charge.merchant.text, on: max(firstDay, charge.date), debit: Self.borne,
                credit: Self.taken, charge.amount.minorUnits,
                details: [
                    ("reference", charge.payment.text), ("dated", charge.date.description),
                    ("reason", "bank statement, entry \(charge.line) of what was imported"),
                ])
        }
    }

    /// None where nothing was ever charged.
    var accounts: [ClosingDocument.Account] {
        guard !charges.isEmpty || opening != 0 else { return [] }
        let more = charges.reduce(0) { $0 + max(0, $1.amount.minorUnits) }
        let less = charges.reduce(0) { $0 + max(0, -$1.amount.minorUnits) }
        return [
            .init(
                account: Self.taken, opening: -opening, debit: less, credit: more,
                closing: -(opening + more - less)),
            .init(
                account: Self.borne, opening: opening, debit: more, credit: less,
                closing: opening + more - less),
        ]
    }
}
