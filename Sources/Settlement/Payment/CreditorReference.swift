/// What who pays quotes, so that the payment finds its place: `RF`, check digits, 1 … 21 characters (ISO 11649).
public struct CreditorReference: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    /// Reads it as written in groups or without spaces. Throws `BankingFault`.
    public init(_ text: String) throws(BankingFault) {
        let name = "a creditor reference"
        let found = try BankingText(text, name: name, length: 5...25)
        try found.requireCountryAndCheckDigits(of: name)
        guard found.text.hasPrefix("RF") else {
            throw BankingFault(.structureWrong, "expected \(name), which begins with RF")
        }
        try CheckDigits.verify(found.bytes, behind: found.bytes.dropFirst(4), of: name)
        self.text = found.text
    }

    /// Makes one of 1 … 21 capital letters and digits. Throws `BankingFault` for anything else.
    public init(of body: String) throws(BankingFault) {
        let found = try BankingText(body, name: "the body of a creditor reference", length: 1...21)
        text = "RF" + CheckDigits.of("RF", found.bytes) + found.text
    }

    public var description: String { text }
}
