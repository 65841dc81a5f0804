import Signing

/// Makes lines of a statement of ISO 20022, camt.053 in its versions 02 and 08. The paths are those of the message
/// definition BankToCustomerStatement; where the two differ, both are looked for.
struct CAMTReader {
    let currency: Currency

    /// Throws `BankRefusal`.
    func statement(_ document: MarkupElement) throws(BankRefusal) -> BankStatement {
        let prefix = "urn:iso:std:iso:20022:tech:xsd:"
        guard document.name == "Document", document.namespace.hasPrefix(prefix),
            let form = BankStatement.Form(rawValue: String(document.namespace.dropFirst(prefix.count))),
            let body = document.first("BkToCstmrStmt")
        else {
            throw BankRefusal(
                .statementUnknown, line: document.line,
                "expected camt.053 in version 02 or 08, found \(PlainText.excerpt(document.name)) of "
                    + PlainText.quoted(document.namespace))
        }
        var (lines, pending, accounts): ([BankLine], Int, Set<String>) = ([], 0, [])
        var (names, balances): (EntryNames, [StatementBalances]) = (EntryNames(), [])
        for statement in body.all("Stmt") {
            let account = try account(of: statement)
            accounts.insert(account)
            let id = statement.text("Id") ?? ""
            var booked: [Money] = []
            for (number, entry) in statement.all("Ntry").enumerated() {
                guard ["BOOK", "BOOKED"].contains(entry.text("Sts", "Cd") ?? entry.text("Sts") ?? "BOOK")
                else {
                    pending += 1
                    continue
                }
                let reader = try CAMTEntry(entry, of: account, currency)
                let name = names.name(
                    account: account,
                    reference: reader.reference ?? "\(id)/\(entry.text("NtryRef") ?? "\(number)")",
                    date: reader.date, amount: reader.amount)
                lines += reader.lines(name)
                booked.append(reader.amount)
            }
            balances.append(try CAMTBalances(statement, of: account, currency).hold(booked))
        }
        guard !accounts.isEmpty else {
            throw BankRefusal(.statementUnknown, line: body.line, "expected a statement (Stmt), found none")
        }
        return BankStatement(
            form: form, accounts: accounts, lines: lines, pending: pending, balances: balances)
    }

    private func account(of statement: MarkupElement) throws(BankRefusal) -> String {
        let id = statement.first("Acct", "Id")
        guard let account = id?.text("IBAN") ?? id?.text("Othr", "Id") else {
            throw BankRefusal(
                .entryMalformed, line: statement.line,
                "expected the statement's account (Acct/Id), found none")
        }
        if let code = statement.text("Acct", "Ccy"), code != currency.code {
            throw BankRefusal(
                .currencyForeign, line: statement.line,
                "the account is in \(PlainText.excerpt(code)), the alliance in \(currency.code)")
        }
        return account.filter { $0 != " " }
    }
}
