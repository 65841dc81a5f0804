import Settlement
import Store

/// One side of a payment as a bank's file has it.
struct BankParty {
    /// As a refusal says it: `payment`, or `merchants[M001].payment`.
    let path: String
    let name: String
    let address: StructuredAddress?
    let account: BankAccount?

    init(alliance: Alliance) {
        path = "payment"
        name = alliance.payment?.name ?? alliance.name
        address = alliance.payment?.address
        account = alliance.payment?.account
    }

    init(_ merchant: Merchant) {
        path = "merchants[\(merchant.id)].payment"
        name = merchant.payment?.name ?? merchant.name
        address = merchant.payment?.address
        account = merchant.payment?.account
    }

    /// Name and address, each in the characters that banks take. Throws `PaymentRefusal`.
    func write(to xml: inout XMLText) throws {
        xml.element("Nm", try writtenName())
        guard let address else { return }
        try xml.element("PstlAdr") { xml in
            try write("StrtNm", address.street, "street", atMost: 70, to: &xml)
            try write("BldgNb", address.building, "building", atMost: 16, to: &xml)
            try write("PstCd", address.postalCode, "postal_code", atMost: 16, to: &xml)
            try write("TwnNm", address.town, "town", atMost: 35, to: &xml)
            xml.element("Ctry", address.country)
        }
    }

    func writtenName() throws -> String { try written(name, "name", atMost: 70) }

    func writeAccount(_ element: String, to xml: inout XMLText) {
        guard let iban = account?.iban else { return }
        xml.element(element) { xml in xml.element("Id") { $0.element("IBAN", iban.text) } }
    }

    /// The bank, by its BIC, or as one that is found by the IBAN.
    func writeAgent(_ element: String, isOlder: Bool, to xml: inout XMLText) {
        xml.element(element) { xml in
            xml.element("FinInstnId") { xml in
                if let bic = account?.bic {
                    xml.element(isOlder ? "BIC" : "BICFI", bic.text)
                } else {
                    xml.element("Othr") { $0.element("Id", "NOTPROVIDED") }
                }
            }
        }
    }

    private func write(
        _ element: String, _ text: String?, _ member: String, atMost count: Int, to xml: inout XMLText
    ) throws {
        guard let text else { return }
        xml.element(element, try written(text, "address.\(member)", atMost: count))
    }

    private func written(_ text: String, _ member: String, atMost count: Int) throws -> String {
        guard let written = SEPAText.of(text) else {
            throw PaymentRefusal(
                .textUnsupported,
                "\(path).\(member): banks take Latin letters, digits and / - ? : ( ) . , ' +, found \(text)")
        }
        guard (1...count).contains(written.count) else {
            throw PaymentRefusal(
                .textUnsupported,
                "\(path).\(member): banks take 1 … \(count) characters, found \(written.count): \(text)")
        }
        return written
    }
}
