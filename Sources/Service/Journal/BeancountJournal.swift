import Settlement

extension JournalExport {
    /// For Beancount 3. Its accounts cannot bear every name, so each says in its metadata what the closing calls it.
    /// After every period all balances are asserted to the last digit.
    var beancount: String {
        var text =
            "; The operator's books of \(alliance), \(periods[0].id) to \(periods[periods.count - 1].id)\n"
        if !isEntriesOnly { text += beancountHead }
        for period in periods {
            for entry in period.entries { text += "\n" + beancount(entry) }
            if !isEntriesOnly { text += "\n" + beancountBalances(period) }
        }
        return text
    }

    private var beancountHead: String {
        let day = periods[0].firstDay
        var text =
            "option \"title\" \(quoted(alliance))\noption \"operating_currency\" \"\(currency.code)\"\n\n"
        for account in accounts {
            text += "\(day) open \(Self.beancount(account)) \(currency.code)\n  account: \(quoted(account))\n"
        }
        guard !openings.isEmpty else { return text }
        text += "\n\(day) * \"opening balances\"\n"
        for (account, amount) in openings { text += posting(account, amount) }
        return text
    }

    private func beancount(_ entry: JournalEntry) -> String {
        var text = "\(entry.date) * \(quoted("\(entry.cause) \(entry.merchant)"))\n"
        for (name, value) in [("merchant", entry.merchant)] + entry.details {
            text += "  \(name): \(quoted(value))\n"
        }
        return text + posting(entry.debit, entry.amount) + posting(entry.credit, -entry.amount)
    }

    private func beancountBalances(_ period: PeriodJournal) -> String {
        // A balance is one of the beginning of its day.
        let day = LocalDate(dayNumber: period.lastDay.dayNumber + 1)
        return period.accounts.map { account in
            "\(day) balance \(Self.beancount(account.account)) \(money(account.closing)) ~ 0 \(currency.code)\n"
        }.joined()
    }

    private func posting(_ account: String, _ amount: Int64) -> String {
        "  \(Self.beancount(account))  \(money(amount)) \(currency.code)\n"
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// An account's name to Beancount, whose parts hold letters, digits and hyphens only: in a merchant's id `-`, `_`
    /// and `.` become `--`, `-u` and `-d`, so that no two ids become one.
    static func beancount(_ account: String) -> String {
        let root = AccountClass(account).beancount
        // A balance of Beancount's is one of all that stands below an account: it stands beside `bank`.
        if account == PeriodCharges.taken { return "\(root):BankCharges" }
        guard let merchant = JournalAccounts.merchant(ofReceivable: account) else {
            return "\(root):\(account.prefix(1).uppercased())\(account.dropFirst())"
        }
        let id = merchant.text.replacing("-", with: "--").replacing("_", with: "-u").replacing(
            ".", with: "-d")
        return "\(root):Receivable:M-\(id)"
    }
}
