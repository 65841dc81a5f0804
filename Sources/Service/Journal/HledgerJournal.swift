import Settlement

extension JournalExport {
    /// For hledger 1.25 and later. Accounts bear the names that the closing gives them; an account's balance is debit
    /// less credit. Every period ends with an assertion of all balances.
    var hledger: String {
        var text =
            "; The operator's books of \(alliance), \(periods[0].id) to \(periods[periods.count - 1].id)\n"
        if !isEntriesOnly { text += hledgerHead }
        for period in periods {
            for entry in period.entries { text += "\n" + hledger(entry) }
            if !isEntriesOnly { text += "\n" + hledgerBalances(period) }
        }
        return text
    }

    private var hledgerHead: String {
        let format =
            currency.exponent == 0 ? "1000." : "1000." + String(repeating: "0", count: currency.exponent)
        var text = "commodity \(format) \(currency.code)\n\n"
        for account in accounts { text += "account \(account)  ; type:\(AccountClass(account).hledger)\n" }
        guard !openings.isEmpty else { return text }
        text += "\n\(periods[0].firstDay) opening balances\n"
        for (account, amount) in openings { text += posting(account, amount) }
        return text
    }

    private func hledger(_ entry: JournalEntry) -> String {
        var text = "\(entry.date) \(entry.cause) \(entry.merchant)\n"
        // One a line: a comma would end a value, and what follows could be read as another tag.
        for (name, value) in [("merchant", entry.merchant)] + entry.details {
            text += "    ; \(name): \(value.replacing(",", with: ";"))\n"
        }
        return text + posting(entry.debit, entry.amount) + posting(entry.credit, -entry.amount)
    }

    private func hledgerBalances(_ period: PeriodJournal) -> String {
        "\(period.lastDay) balances of \(period.id)\n"
            + period.accounts.map { account in
                "    \(account.account)  0 \(currency.code) = \(money(account.closing)) \(currency.code)\n"
            }.joined()
    }

    private func posting(_ account: String, _ amount: Int64) -> String {
        "    \(account)  \(money(amount)) \(currency.code)\n"
    }
}

/// What kind of account it is to a bookkeeper.
enum AccountClass {
    case asset, liability, income, expense, equity

    init(_ account: String) {
        switch account {
        case "pool", "vat": self = .liability
        case "margin", "breakage", "fees", "adjustments", "rounding": self = .income
        case "opening": self = .equity
        case PeriodCharges.borne: self = .expense
        default: self = .asset
        }
    }

    /// The letter of hledger's `type:`.
    var hledger: String {
        switch self {
        case .asset: "A"
        case .liability: "L"
        case .income: "R"
        case .expense: "X"
        case .equity: "E"
        }
    }

    /// Beancount's root account.
    var beancount: String {
        switch self {
        case .asset: "Assets"
        case .liability: "Liabilities"
        case .income: "Income"
        case .expense: "Expenses"
        case .equity: "Equity"
        }
    }
}
