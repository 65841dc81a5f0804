@testable import Settlement

/// A statement as a bank writes it, in either version: after the element lists of the message definitions
/// BankToCustomerStatement V02 and V08 of ISO 20022.
struct SampleCAMT {
    struct Entry {
        var reference: String? = "BANK-1"
        var amount = "19.10"
        var isCredit = true
        var isReversal = false
        var status = "BOOK"
        var currency = "EUR"
        var day = "2025-05-15"
        var endToEnd: String?
        var account: String?
        var returned: String?
        var text: String?
        /// What stands before NtryDtls.
        var charges = ""
        /// Instead of one transaction: what stands between the tags of NtryDtls.
        var details: String?
    }

    let form: BankStatement.Form
    var account = "DE89370400440532013000"
    var balances = SampleCAMT.balance("CLBD", "0.00")
    private var isOlder: Bool { form == .camt02 }

    func text(_ entries: [Entry]) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <Document xmlns="urn:iso:std:iso:20022:tech:xsd:\(form.rawValue)"><BkToCstmrStmt>
        <GrpHdr><MsgId>M1</MsgId><CreDtTm>2025-05-16T06:00:00+02:00</CreDtTm></GrpHdr>
        <Stmt><Id>S1</Id><CreDtTm>2025-05-16T06:00:00+02:00</CreDtTm>
        <Acct><Id><IBAN>\(account)</IBAN></Id><Ccy>EUR</Ccy></Acct>
        \(balances)
        \(entries.map(entry).joined(separator: "\n"))
        </Stmt></BkToCstmrStmt></Document>
        """
    }

    /// A balance; one with a minus is owed to the bank.
    static func balance(_ code: String, _ amount: String) -> String {
        """
        <Bal><Tp><CdOrPrtry><Cd>\(code)</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">\(amount.drop { $0 == "-" })</Amt>\
        <CdtDbtInd>\(amount.hasPrefix("-") ? "DBIT" : "CRDT")</CdtDbtInd><Dt><Dt>2025-05-15</Dt></Dt></Bal>
        """
    }

    /// The amount in the transaction of an entry's details.
    func transaction(_ amount: String, endToEnd: String, isCredit: Bool = true) -> String {
        let sums =
            isOlder
            ? "<AmtDtls><TxAmt><Amt Ccy=\"EUR\">\(amount)</Amt></TxAmt></AmtDtls>"
            : "<Amt Ccy=\"EUR\">\(amount)</Amt><CdtDbtInd>\(isCredit ? "CRDT" : "DBIT")</CdtDbtInd>"
        return "<TxDtls><Refs><EndToEndId>\(endToEnd)</EndToEndId></Refs>\(sums)</TxDtls>"
    }

    private func entry(_ entry: Entry) -> String {
        let status = isOlder ? entry.status : "<Cd>\(entry.status)</Cd>"
        let reversal = entry.isReversal ? "<RvslInd>true</RvslInd>" : ""
        let reference = entry.reference.map { "<AcctSvcrRef>\($0)</AcctSvcrRef>" } ?? ""
        return """
            <Ntry><Amt Ccy="\(entry.currency)">\(entry.amount)</Amt>
            <CdtDbtInd>\(entry.isCredit ? "CRDT" : "DBIT")</CdtDbtInd>\(reversal)<Sts>\(status)</Sts>
            <BookgDt><Dt>\(entry.day)</Dt></BookgDt>\(reference)
            <BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd>\(entry.charges)
            <NtryDtls>\(entry.details ?? one(entry))</NtryDtls></Ntry>
            """
    }

    private func one(_ entry: Entry) -> String {
        let names = entry.endToEnd.map { "<Refs><EndToEndId>\($0)</EndToEndId></Refs>" } ?? ""
        let side = entry.isCredit ? "Dbtr" : "Cdtr"
        let name = isOlder ? "<Nm>Bakery</Nm>" : "<Pty><Nm>Bakery</Nm></Pty>"
        let parties = entry.account.map {
            "<RltdPties><\(side)>\(name)</\(side)><\(side)Acct><Id><IBAN>\($0)</IBAN></Id></\(side)Acct></RltdPties>"
        }
        let text = entry.text.map { "<RmtInf><Ustrd>\($0)</Ustrd></RmtInf>" } ?? ""
        let back = entry.returned.map { "<RtrInf><Rsn><Cd>\($0)</Cd></Rsn></RtrInf>" } ?? ""
        return "<TxDtls>\(names)\(parties ?? "")\(text)\(back)</TxDtls>"
    }
}
