/// What a bank's file that was given out has ordered as groups: by the names of its parts (`PmtInfId`) and its own (`MsgId`)
/// the orders' names end to end.
public struct OrderedGroups {
    private var references: [String: [String]] = [:]

    /// Of a file as we wrote it. Throws `BankRefusal` where it is no XML.
    public init(of file: [UInt8]) throws(BankRefusal) {
        let document = try MarkupReader.root(of: file)
        for message in document.children {
            let name = message.text("GrpHdr", "MsgId") ?? ""
            for group in message.all("PmtInf") {
                let orders = (group.all("CdtTrfTxInf") + group.all("DrctDbtTxInf")).compactMap {
                    $0.text("PmtId", "EndToEndId")
                }
                references[group.text("PmtInfId") ?? "", default: []] += orders
                references[name, default: []] += orders
            }
        }
    }

    public subscript(name: String) -> [String]? { references[name] }
}
