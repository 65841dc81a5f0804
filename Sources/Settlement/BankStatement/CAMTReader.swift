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
        var names = EntryNames()
        for statement in body.all("Stmt") {
            let account = try account(of: statement)
            accounts.insert(account)
            let id = statement.text("Id") ?? ""
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
            }
        }
        guard !accounts.isEmpty else {
            throw BankRefusal(.statementUnknown, line: body.line, "expected a statement (Stmt), found none")
        }
        return BankStatement(form: form, accounts: accounts, lines: lines, pending: pending)
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

/// One `Ntry` of a statement.
struct CAMTEntry {
    private let entry: MarkupElement
    private let account: String
    private let currency: Currency
    /// The bank's reference, which no other entry of the account has; nil: it gives none.
    let reference: String?
    let amount: Money
    let date: LocalDate

    init(_ entry: MarkupElement, of account: String, _ currency: Currency) throws(BankRefusal) {
        self.entry = entry
        self.account = account
        self.currency = currency
        reference = BankStatement.kept(entry.text("AcctSvcrRef"))
        guard let amount = try Self.amount(entry.first("Amt"), in: currency),
            let isCredit = Self.isCredit(entry)
        else {
            throw BankRefusal(
                .entryMalformed, line: entry.line,
                "expected an amount as \(currency.moneyExample) and CRDT or DBIT, found another")
        }
        self.amount = isCredit ? amount : Money(-amount.minorUnits)
        guard let date = Self.day(entry.first("BookgDt")) ?? Self.day(entry.first("ValDt")) else {
            throw BankRefusal(
                .entryMalformed, line: entry.line, "expected the booking day (BookgDt), found none")
        }
        self.date = date
    }

    /// Those that the details list, where they have amounts and come to the entry's; else one of the whole entry.
    func lines(_ name: SHA256Digest) -> [BankLine] {
        let details = entry.all("NtryDtls")
        let transactions = details.flatMap { $0.all("TxDtls") }
        guard transactions.count > 1 else {
            return [
                line(name, 0, transactions.first, details.first?.first("Btch"), amount, fault(transactions))
            ]
        }
        let amounts = transactions.compactMap { signedAmount($0) }
        let sum = amounts.reduce(Int128(0)) { $0 + Int128($1.minorUnits) }
        guard amounts.count == transactions.count, sum == Int128(amount.minorUnits) else {
            let found =
                amounts.count < transactions.count
                ? "not each of its \(transactions.count) transactions has an amount in \(currency.code)"
                : "its transactions come to \(currency.text(Money(Int64(clamping: sum))))"
            return [line(name, 0, nil, nil, amount, "\(found), and it is of \(currency.text(amount))")]
        }
        return zip(transactions, amounts).enumerated().map { place, found in
            line(name, place, found.0, nil, found.1, nil)
        }
    }

    /// One transaction that is of another amount than its entry.
    private func fault(_ transactions: [MarkupElement]) -> String? {
        guard let only = transactions.first, let found = signedAmount(only), found != amount else {
            return nil
        }
        return "its transaction is of \(currency.text(found)), and it is of \(currency.text(amount))"
    }

    private func line(
        _ name: SHA256Digest, _ place: Int, _ transaction: MarkupElement?, _ batch: MarkupElement?,
        _ amount: Money, _ fault: String?
    ) -> BankLine {
        let references = transaction?.first("Refs")
        let remittance = transaction?.first("RmtInf")
        let structured = remittance?.all("Strd").compactMap { $0.text("CdtrRefInf", "Ref") }.first
        let free = remittance?.all("Ustrd").map(\.trimmed).joined(separator: " ") ?? ""
        let other = transaction?.text("AddtlTxInf") ?? entry.text("AddtlNtryInf") ?? ""
        let side = party(transaction?.first("RltdPties"), isPayer: amount > .zero)
        return BankLine(
            entry: name, place: place,
            reference: BankStatement.kept(references?.text("AcctSvcrRef")) ?? reference
                ?? BankStatement.kept(entry.text("NtryRef")) ?? "",
            amount: amount, date: date, endToEnd: BankStatement.kept(references?.text("EndToEndId")),
            group: BankStatement.kept(
                references?.text("PmtInfId") ?? batch?.text("PmtInfId") ?? references?.text("MsgId")
                    ?? batch?.text("MsgId")),
            account: side.account, creditorReference: BankStatement.kept(structured ?? Self.quoted(in: free)),
            returned: returned(transaction), name: side.name,
            text: BankStatement.kept(free.isEmpty ? other : free), fault: fault)
    }

    /// A creditor reference that stands by itself in a text.
    private static func quoted(in text: String) -> String? {
        text.split(whereSeparator: \.isWhitespace).map(String.init).first {
            (try? CreditorReference($0)) != nil
        }
    }

    private func returned(_ transaction: MarkupElement?) -> String? {
        let reason = transaction?.first("RtrInf", "Rsn")
        if transaction?.first("RtrInf") != nil {
            return BankStatement.kept(reason?.text("Cd") ?? reason?.text("Prtry")) ?? "reversal"
        }
        return ["true", "1"].contains(entry.text("RvslInd")) ? "reversal" : nil
    }

    /// The side that is not ours. Of what came back banks name the sides as they were, or the other way round.
    private func party(_ parties: MarkupElement?, isPayer: Bool) -> (account: String?, name: String?) {
        func side(_ role: String) -> (account: String?, name: String?) {
            let id = parties?.first("\(role)Acct", "Id")
            let account = (id?.text("IBAN") ?? id?.text("Othr", "Id"))?.filter { $0 != " " }
            let name = parties?.text(role, "Pty", "Nm") ?? parties?.text(role, "Nm")
            return (BankStatement.kept(account), BankStatement.kept(name))
        }
        let (near, far) = isPayer ? (side("Dbtr"), side("Cdtr")) : (side("Cdtr"), side("Dbtr"))
        return near.account == nil || near.account == account ? (far.account == account ? near : far) : near
    }

    // MARK: Figures

    /// Of a transaction: version 08 has it directly, both have it among the amounts' details.
    private func signedAmount(_ transaction: MarkupElement) -> Money? {
        let places = [
            transaction.first("Amt"), transaction.first("AmtDtls", "TxAmt", "Amt"),
            transaction.first("AmtDtls", "InstdAmt", "Amt"),
        ]
        let isCredit = Self.isCredit(transaction) ?? (amount > .zero)
        for place in places {
            guard let place, place.attributes["Ccy"] == currency.code,
                let amount = currency.bankMoney(place.trimmed)
            else { continue }
            return isCredit ? amount : Money(-amount.minorUnits)
        }
        return nil
    }

    private static func amount(_ element: MarkupElement?, in currency: Currency) throws(BankRefusal) -> Money?
    {
        guard let element else { return nil }
        guard element.attributes["Ccy"] == currency.code else {
            throw BankRefusal(
                .currencyForeign, line: element.line,
                "expected \(currency.code), found \(PlainText.excerpt(element.attributes["Ccy"] ?? ""))")
        }
        return currency.bankMoney(element.trimmed)
    }

    private static func isCredit(_ element: MarkupElement) -> Bool? {
        switch element.text("CdtDbtInd") {
        case "CRDT": true
        case "DBIT": false
        default: nil
        }
    }

    /// A day, or the day of an instant as the bank writes it.
    private static func day(_ element: MarkupElement?) -> LocalDate? {
        (element?.text("Dt") ?? element?.text("DtTm")).flatMap { LocalDate(String($0.prefix(10))) }
    }
}
