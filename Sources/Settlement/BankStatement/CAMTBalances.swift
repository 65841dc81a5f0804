/// The balances of a `Stmt`: what its account held when the one before ended (`OPBD`, or `PRCD` where the bank says that
/// instead), and at its own end (`CLBD`). Others, as what is available, are passed over.
struct CAMTBalances {
    private let account: String
    private let currency: Currency
    private let opening: Money?
    private let closing: (amount: Money, line: Int)?

    /// Throws `BankRefusal` for one of these without an amount and a side, or in another currency.
    init(_ statement: MarkupElement, of account: String, _ currency: Currency) throws(BankRefusal) {
        self.account = account
        self.currency = currency
        var found: [String: [(amount: Money, line: Int)]] = [:]
        for balance in statement.all("Bal") {
            guard let code = balance.text("Tp", "CdOrPrtry", "Cd"), ["OPBD", "PRCD", "CLBD"].contains(code)
            else { continue }
            guard let amount = try CAMTEntry.amount(balance.first("Amt"), in: currency),
                let isCredit = CAMTEntry.isCredit(balance)
            else {
                throw BankRefusal(
                    .balanceMalformed, line: balance.line,
                    "\(code): expected an amount as \(currency.moneyExample) and CRDT or DBIT, found another")
            }
            found[code, default: []].append((isCredit ? amount : Money(-amount.minorUnits), balance.line))
        }
        opening = (Self.one(found["OPBD"]) ?? Self.one(found["PRCD"]))?.amount
        closing = Self.one(found["CLBD"])
    }

    /// Of several that differ none is what the statement as a whole begins or ends with.
    private static func one(_ found: [(amount: Money, line: Int)]?) -> (amount: Money, line: Int)? {
        guard let first = found?.first, found?.allSatisfy({ $0.amount == first.amount }) == true else {
            return nil
        }
        return first
    }

    /// Holds them against the amounts of all entries that are booked, where both are said.
    ///
    /// Throws `BankRefusal` at the closing balance where it is another.
    func hold(_ booked: [Money]) throws(BankRefusal) -> StatementBalances {
        guard let opening, let closing else {
            return StatementBalances(account: account, opening: opening, closing: closing?.amount)
        }
        let moved = booked.reduce(Int128(0)) { $0 + Int128($1.minorUnits) }
        let sum = Int128(opening.minorUnits) + moved
        guard sum == Int128(closing.amount.minorUnits) else {
            throw BankRefusal(
                .balanceMismatch, line: closing.line,
                "account \(account) opens with \(currency.text(opening)) and \(text(moved)) is booked, which comes to "
                    + "\(text(sum)); it closes with \(currency.text(closing.amount)): is the file whole?")
        }
        return StatementBalances(account: account, opening: opening, closing: closing.amount)
    }

    private func text(_ sum: Int128) -> String { currency.text(Money(Int64(clamping: sum))) }
}
