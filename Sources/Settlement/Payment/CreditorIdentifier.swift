/// Who collects direct debits in the SEPA (EPC rulebook, AT-C002): country, check digits, three characters that the
/// collector chooses freely, and the identifier that the country gave it.
public struct CreditorIdentifier: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    /// Throws `BankingFault`. The check digits leave out the three free characters.
    public init(_ text: String) throws(BankingFault) {
        let name = "a creditor identifier"
        let found = try BankingText(text, name: name, length: 8...35)
        try found.requireCountryAndCheckDigits(of: name)
        try CheckDigits.verify(found.bytes, behind: found.bytes.dropFirst(7), of: name)
        self.text = found.text
    }

    public var description: String { text }
}
