import Signing

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
            let charges = charges(transactions.first, of: amount) ?? charged.stated(entry)
            return [
                line(
                    name, 0, transactions.first, details.first?.first("Btch"), amount, charges,
                    fault(transactions, charges))
            ]
        }
        let amounts = transactions.compactMap { signedAmount($0) }
        guard amounts.count == transactions.count, let booked = booked(transactions, amounts) else {
            let sum = amounts.reduce(Int128(0)) { $0 + Int128($1.minorUnits) }
            let found =
                amounts.count < transactions.count
                ? "not each of its \(transactions.count) transactions has an amount in \(currency.code)"
                : "its transactions come to \(currency.text(Money(Int64(clamping: sum))))"
            return [line(name, 0, nil, nil, amount, nil, "\(found), and it is of \(currency.text(amount))")]
        }
        return zip(transactions, booked).enumerated().map { place, found in
            line(name, place, found.0, nil, found.1.amount, found.1.charges, nil)
        }
    }

    private typealias Booked = (amount: Money, charges: Money?)

    /// The transactions' amounts as they come to the entry's: as they are, less what is said to be charged for each, or less
    /// what is said of the entry alone, which the largest then bears.
    private func booked(_ transactions: [MarkupElement], _ amounts: [Money]) -> [Booked]? {
        let less = zip(transactions, amounts).map { transaction, amount in
            Money(amount.minorUnits - (charged.stated(transaction)?.minorUnits ?? 0))
        }
        let sums = [amounts, less].map { $0.reduce(Int128(0)) { $0 + Int128($1.minorUnits) } }
        if let found = zip([amounts, less], sums).first(where: { $0.1 == Int128(amount.minorUnits) })?.0 {
            return zip(transactions, found).map { ($1, charges($0, of: $1)) }
        }
        guard let stated = charged.stated(entry),
            sums[0] - Int128(stated.minorUnits) == Int128(amount.minorUnits),
            let largest = amounts.indices.max(by: {
                amounts[$0].minorUnits.magnitude < amounts[$1].minorUnits.magnitude
            })
        else { return nil }
        let rest = amounts[largest].minorUnits - stated.minorUnits
        guard rest != 0, (rest > 0) == (amounts[largest] > .zero) else { return nil }
        return amounts.indices.map { $0 == largest ? (Money(rest), stated) : (amounts[$0], nil) }
    }

    private var charged: CAMTCharges { CAMTCharges(currency: currency) }

    /// What a transaction says of charges, of which this was booked.
    private func charges(_ transaction: MarkupElement?, of booked: Money) -> Money? {
        charged.stated(transaction) ?? charged.beyondInstructed(transaction, booked)
    }

    /// One transaction that is of another amount than its entry, with what was charged.
    private func fault(_ transactions: [MarkupElement], _ charges: Money?) -> String? {
        guard let only = transactions.first, let found = signedAmount(only), found != amount,
            found.minorUnits - amount.minorUnits != charges?.minorUnits
        else { return nil }
        return "its transaction is of \(currency.text(found)), and it is of \(currency.text(amount))"
    }

    private func line(
        _ name: SHA256Digest, _ place: Int, _ transaction: MarkupElement?, _ batch: MarkupElement?,
        _ amount: Money, _ charges: Money?, _ fault: String?
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
            text: BankStatement.kept(free.isEmpty ? other : free), fault: fault, charges: charges)
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

    static func amount(_ element: MarkupElement?, in currency: Currency) throws(BankRefusal) -> Money? {
        guard let element else { return nil }
        guard element.attributes["Ccy"] == currency.code else {
            throw BankRefusal(
                .currencyForeign, line: element.line,
                "expected \(currency.code), found \(PlainText.excerpt(element.attributes["Ccy"] ?? ""))")
        }
        return currency.bankMoney(element.trimmed)
    }

    static func isCredit(_ element: MarkupElement) -> Bool? {
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
