/// A bank by its business identifier code (ISO 9362): 8 characters, or 11 with its branch.
public struct BIC: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    /// Throws `BankingFault`. The form is the one that all versions of the bank files take: four letters, a country, a
    /// place of two that begins with neither `0` nor `1` and does not end with `O`.
    public init(_ text: String) throws(BankingFault) {
        let found = try BankingText(text, name: "a BIC", length: 8...11)
        guard [8, 11].contains(found.bytes.count), found.text == text else {
            throw BankingFault(
                .lengthWrong, "expected a BIC of 8 or 11 characters without spaces, found \(text.utf8.count)")
        }
        let place = found.bytes[6..<8]
        guard found.bytes.prefix(6).allSatisfy(BankingText.isLetter), place.first != UInt8(ascii: "0"),
            place.first != UInt8(ascii: "1"), place.last != UInt8(ascii: "O")
        else {
            throw BankingFault(
                .structureWrong, "expected a BIC, as MARKDEFF: four letters, a country's two, then its place")
        }
        self.text = text
    }

    public var country: String { String(text.dropFirst(4).prefix(2)) }
    public var description: String { text }
}
