import Foundation

/// What the bank says of the files that it was given: camt.053, made from the very instructions in them.
enum BankAnswers {
    /// A statement of the operator's account.
    static func statement(on day: String, _ entries: [String]) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>
        <GrpHdr><MsgId>M-\(day)</MsgId><CreDtTm>\(day)T20:00:00Z</CreDtTm></GrpHdr>
        <Stmt><Id>S-\(day)</Id><CreDtTm>\(day)T20:00:00Z</CreDtTm>
        <Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>
        <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0</Amt><CdtDbtInd>CRDT</CdtDbtInd>
        <Dt><Dt>\(day)</Dt></Dt></Bal>
        \(entries.joined(separator: "\n"))
        </Stmt></BkToCstmrStmt></Document>
        """
    }

    /// An entry for each group of a file, with the transactions that it was told to make.
    static func entries(of file: XMLTree, on day: String) -> [String] {
        file.all("PmtInf").map { group in
            let transfers = group.all("CdtTrfTxInf")
            let transactions = transfers + group.all("DrctDbtTxInf")
            let id = group.first("PmtInfId") ?? ""
            let details = transactions.map { one in
                """
                <TxDtls><Refs><EndToEndId>\(one.first("EndToEndId") ?? "")</EndToEndId></Refs>\
                <AmtDtls><TxAmt><Amt Ccy="EUR">\(one.first("InstdAmt") ?? "")</Amt></TxAmt></AmtDtls></TxDtls>
                """
            }
            return entry(
                "B-\(id)", group.first("CtrlSum") ?? "", transfers.isEmpty ? .received : .paid, on: day,
                details: "<Btch><PmtInfId>\(id)</PmtInfId></Btch>" + details.joined())
        }
    }

    /// What somebody paid by itself, who quotes the creditor reference that it was given.
    static func payment(quoting reference: String, _ amount: String, on day: String) -> String {
        let quoted = "<RmtInf><Strd><CdtrRefInf><Ref>\(reference)</Ref></CdtrRefInf></Strd></RmtInf>"
        return entry("B-\(reference)", amount, .received, on: day, details: "<TxDtls>\(quoted)</TxDtls>")
    }

    /// A direct debit that its bank gives back.
    static func giveBack(_ endToEnd: String, _ amount: String, because code: String, on day: String) -> String
    {
        entry(
            "B-\(endToEnd)-\(code)", amount, .paid, on: day,
            details: """
                <TxDtls><Refs><EndToEndId>\(endToEnd)</EndToEndId></Refs>\
                <RtrInf><Rsn><Cd>\(code)</Cd></Rsn></RtrInf></TxDtls>
                """)
    }

    private enum Side: String {
        case received = "CRDT"
        case paid = "DBIT"
    }

    private static func entry(
        _ name: String, _ amount: String, _ side: Side, on day: String, details: String
    ) -> String {
        """
        <Ntry><Amt Ccy="EUR">\(amount)</Amt><CdtDbtInd>\(side.rawValue)</CdtDbtInd><Sts>BOOK</Sts>\
        <BookgDt><Dt>\(day)</Dt></BookgDt><AcctSvcrRef>\(name)</AcctSvcrRef>\
        <BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd><NtryDtls>\(details)</NtryDtls></Ntry>
        """
    }
}
