import Foundation
import FoundationXML

/// What the messages of ISO 20022 that we write are made of: our own table, after the element lists of the message
/// definitions pain.001.001.03, pain.001.001.09, pain.008.001.02 and pain.008.001.08, and, for the lengths of names, the
/// SEPA implementation guidelines of the EPC (EPC132-08, EPC130-08).
///
/// A line is a type, then its elements in their order: name, how often, type. Types in capitals are texts; `ANY` are
/// elements that we never write, and stand here for the order.
struct MessageTable {
    private struct Element {
        let name: String
        let least: Int
        let most: Int
        let type: String
    }

    private let types: [String: [Element]]
    private let isOlder: Bool

    init(form: String) {
        let isOlder = form.hasSuffix("03") || form.hasSuffix("02")
        let isTransfer = form.hasPrefix("pain.001")
        var types: [String: [Element]] = [:]
        for line in ((isTransfer ? Self.transfers : Self.debits) + Self.shared).split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            types[words[0]] = stride(from: 1, to: words.count, by: 3).compactMap { place in
                // What only one of the two versions has bears a mark.
                var name = words[place]
                if let mark = name.first, "<>".contains(mark) {
                    guard (mark == "<") == isOlder else { return nil }
                    name.removeFirst()
                }
                let times = words[place + 1].split(separator: "-")
                return Element(
                    name: name, least: Int(times[0]) ?? 0, most: Int(times[1]) ?? .max, type: words[place + 2]
                )
            }
        }
        self.types = types
        self.isOlder = isOlder
    }

    /// All that is wrong with a document, by path.
    func faults(of document: XMLTree) -> [String] {
        guard document.name == "Document" else { return ["\(document.name) is no Document"] }
        return faults(of: document, type: "Document", at: "")
    }

    private func faults(of element: XMLTree, type: String, at path: String) -> [String] {
        let path = "\(path)/\(element.name)"
        guard let elements = types[type] else { return textFaults(of: element, type, path) }
        var faults = element.text.isEmpty ? [] : ["\(path) has text beside its elements"]
        var rest = element.children[...]
        var counts: [String: Int] = [:]
        for known in elements {
            while let next = rest.first, next.name == known.name {
                rest.removeFirst()
                counts[known.name, default: 0] += 1
                faults += self.faults(of: next, type: known.type, at: path)
            }
            let count = counts[known.name, default: 0]
            if count < known.least || count > known.most {
                faults.append("\(path) has \(count) of \(known.name)")
            }
        }
        if let next = rest.first { faults.append("\(path) has \(next.name) where it does not stand") }
        return faults
    }

    private func textFaults(of element: XMLTree, _ type: String, _ path: String) -> [String] {
        guard element.children.isEmpty else { return ["\(path) has elements, expected a text"] }
        var pattern = Self.texts[type] ?? "never"
        if type == "BIC", !isOlder { pattern = "[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?" }
        // The output is any: a pattern may have groups.
        let regex = try? Regex<AnyRegexOutput>(pattern)
        guard regex.flatMap({ element.text.wholeMatch(of: $0) }) == nil else { return [] }
        return ["\(path) is \(element.text), expected \(pattern)"]
    }

    /// The patterns of the schemas; texts besides in the characters that EPC217-08 names.
    private static let texts = [
        "ID": "(?!/)(?!.*//)(?!.*/$)[a-zA-Z0-9/?:().,'+ -]{1,35}", "MAX16": "[a-zA-Z0-9/?:().,'+ -]{1,16}",
        "MAX35": "[a-zA-Z0-9/?:().,'+ -]{1,35}", "MAX70": "[a-zA-Z0-9/?:().,'+ -]{1,70}",
        "MAX140": "[a-zA-Z0-9/?:().,'+ -]{1,140}", "TIME": "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z",
        "DATE": "[0-9]{4}-[0-9]{2}-[0-9]{2}", "COUNT": "[0-9]{1,15}", "SUM": "[0-9]{1,15}(\\.[0-9]{1,3})?",
        "AMOUNT": "(?!0*\\.?0*$)[0-9]{1,15}(\\.[0-9]{1,3})?", "TRF": "TRF", "DD": "DD", "SERVICE": "SEPA",
        "SCHEME": "CORE|B2B", "SEQUENCE": "FRST|RCUR|FNAL|OOFF", "CHARGES": "SLEV|SHAR",
        "COUNTRY": "[A-Z]{2}",
        "IBAN": "[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{1,30}", "BIC": "[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?",
    ]

    private static let transfers = """
        Document CstmrCdtTrfInitn 1-1 Initiation
        Initiation GrpHdr 1-1 Header PmtInf 1-* Payment >SplmtryData 0-* ANY
        Payment PmtInfId 1-1 ID PmtMtd 1-1 TRF BtchBookg 0-1 ANY NbOfTxs 0-1 COUNT CtrlSum 0-1 SUM \
        PmtTpInf 0-1 Kind <ReqdExctnDt 1-1 DATE >ReqdExctnDt 1-1 Day PoolgAdjstmntDt 0-1 ANY Dbtr 1-1 Party \
        DbtrAcct 1-1 Account DbtrAgt 1-1 Agent DbtrAgtAcct 0-1 ANY >InstrForDbtrAgt 0-1 ANY UltmtDbtr 0-1 ANY \
        ChrgBr 0-1 CHARGES ChrgsAcct 0-1 ANY ChrgsAcctAgt 0-1 ANY CdtTrfTxInf 1-* Transfer
        Day Dt 1-1 DATE
        Kind InstrPrty 0-1 ANY SvcLvl 0-1 Service LclInstrm 0-1 Instrument CtgyPurp 0-1 ANY
        Transfer PmtId 1-1 Names PmtTpInf 0-1 ANY Amt 1-1 Amount XchgRateInf 0-1 ANY ChrgBr 0-1 ANY \
        ChqInstr 0-1 ANY UltmtDbtr 0-1 ANY IntrmyAgt1 0-1 ANY CdtrAgt 0-1 Agent \
        CdtrAgtAcct 0-1 ANY Cdtr 0-1 Party CdtrAcct 0-1 Account UltmtCdtr 0-1 ANY InstrForCdtrAgt 0-* ANY \
        InstrForDbtrAgt 0-1 ANY Purp 0-1 ANY RgltryRptg 0-10 ANY Tax 0-1 ANY RltdRmtInf 0-10 ANY \
        RmtInf 0-1 Remittance
        Amount InstdAmt 1-1 AMOUNT

        """

    private static let debits = """
        Document CstmrDrctDbtInitn 1-1 Initiation
        Initiation GrpHdr 1-1 Header PmtInf 1-* Payment >SplmtryData 0-* ANY
        Payment PmtInfId 1-1 ID PmtMtd 1-1 DD BtchBookg 0-1 ANY NbOfTxs 0-1 COUNT CtrlSum 0-1 SUM \
        PmtTpInf 1-1 Kind ReqdColltnDt 1-1 DATE Cdtr 1-1 Party CdtrAcct 1-1 Account CdtrAgt 1-1 Agent \
        CdtrAgtAcct 0-1 ANY UltmtCdtr 0-1 ANY ChrgBr 0-1 CHARGES ChrgsAcct 0-1 ANY ChrgsAcctAgt 0-1 ANY \
        CdtrSchmeId 1-1 Scheme DrctDbtTxInf 1-* Debit
        Kind InstrPrty 0-1 ANY SvcLvl 0-1 Service LclInstrm 0-1 Instrument SeqTp 0-1 SEQUENCE CtgyPurp 0-1 ANY
        Scheme Nm 0-1 ANY PstlAdr 0-1 ANY Id 1-1 SchemeParty
        SchemeParty PrvtId 1-1 SchemePrivate
        SchemePrivate Othr 1-1 SchemeOther
        SchemeOther Id 1-1 MAX35 SchmeNm 1-1 SchemeName
        SchemeName Prtry 1-1 SERVICE
        Debit PmtId 1-1 Names PmtTpInf 0-1 ANY InstdAmt 1-1 AMOUNT ChrgBr 0-1 ANY DrctDbtTx 1-1 Mandated \
        UltmtCdtr 0-1 ANY DbtrAgt 1-1 Agent DbtrAgtAcct 0-1 ANY Dbtr 1-1 Party DbtrAcct 1-1 Account \
        UltmtDbtr 0-1 ANY InstrForCdtrAgt 0-1 ANY Purp 0-1 ANY RgltryRptg 0-10 ANY Tax 0-1 ANY \
        RltdRmtInf 0-10 ANY RmtInf 0-1 Remittance
        Mandated MndtRltdInf 1-1 Mandate
        Mandate MndtId 1-1 MAX35 DtOfSgntr 1-1 DATE AmdmntInd 0-1 ANY

        """

    private static let shared = """
        Header MsgId 1-1 ID CreDtTm 1-1 TIME Authstn 0-2 ANY NbOfTxs 1-1 COUNT CtrlSum 0-1 SUM InitgPty 1-1 Name \
        FwdgAgt 0-1 ANY
        Service Cd 1-1 SERVICE
        Instrument Cd 1-1 SCHEME
        Names InstrId 0-1 ANY EndToEndId 1-1 ID >UETR 0-1 ANY
        Name Nm 0-1 MAX70
        Party Nm 1-1 MAX70 PstlAdr 0-1 Address Id 0-1 ANY CtryOfRes 0-1 ANY CtctDtls 0-1 ANY
        Address AdrTp 0-1 ANY Dept 0-1 ANY SubDept 0-1 ANY StrtNm 0-1 MAX70 BldgNb 0-1 MAX16 >BldgNm 0-1 ANY \
        >Flr 0-1 ANY >PstBx 0-1 ANY >Room 0-1 ANY PstCd 0-1 MAX16 TwnNm 1-1 MAX35 >TwnLctnNm 0-1 ANY \
        >DstrctNm 0-1 ANY CtrySubDvsn 0-1 ANY Ctry 1-1 COUNTRY
        Account Id 1-1 Number Tp 0-1 ANY Ccy 0-1 ANY Nm 0-1 ANY
        Number IBAN 1-1 IBAN
        Agent FinInstnId 1-1 Institution
        Institution <BIC 0-1 BIC >BICFI 0-1 BIC ClrSysMmbId 0-1 ANY Othr 0-1 Unknown
        Unknown Id 1-1 MAX35
        Remittance Ustrd 0-* MAX140 Strd 0-* ANY
        """
}

/// A document as a tree of elements, read by a parser that resolves no external entity.
final class XMLTree: NSObject, XMLParserDelegate {
    let name: String
    private(set) var text = ""
    private(set) var children: [XMLTree] = []
    let attributes: [String: String]
    private var open: [XMLTree] = []
    private var isBroken = false

    private init(_ name: String, _ attributes: [String: String]) {
        self.name = name
        self.attributes = attributes
    }

    /// The root of a document; nil where it is not well-formed.
    static func root(of text: String) -> XMLTree? {
        let reader = XMLTree("", [:])
        reader.open = [reader]
        let parser = XMLParser(data: Data(text.utf8))
        parser.shouldResolveExternalEntities = false
        parser.delegate = reader
        return parser.parse() && !reader.isBroken ? reader.children.first : nil
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        let element = XMLTree(name, attributes)
        open.last?.children.append(element)
        open.append(element)
    }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) { open.removeLast() }

    func parser(_ parser: XMLParser, parseErrorOccurred error: any Error) { isBroken = true }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        guard let last = open.last, !string.allSatisfy(\.isWhitespace) || !last.text.isEmpty else { return }
        last.text += string
    }

    /// All elements of a name below it, in the order of the document.
    func all(_ name: String) -> [XMLTree] {
        children.flatMap { ($0.name == name ? [$0] : []) + $0.all(name) }
    }

    /// The text of the first element of a name below it.
    func first(_ name: String) -> String? { all(name).first?.text }
}
