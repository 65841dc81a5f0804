/// Why a text is no number or code of banking.
public struct BankingFault: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable, CaseIterable {
        case lengthWrong = "length_wrong"
        case characterWrong = "character_wrong"
        /// The registry of ISO 13616 has no such country.
        case countryUnknown = "country_unknown"
        /// Letters where digits stand, or the other way round.
        case structureWrong = "structure_wrong"
        case checkDigitsWrong = "check_digits_wrong"
    }

    public let code: Code
    /// What was expected, what was found.
    public let reason: String

    init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    public var description: String { reason }
}

/// A text of capital letters and digits, as banks write it: in groups with single spaces between them, or without.
struct BankingText {
    let text: String
    let bytes: [UInt8]

    /// `name` says what it should be, as `an IBAN`.
    init(_ text: String, name: String, length: ClosedRange<Int>) throws(BankingFault) {
        let groups = text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard groups.allSatisfy({ !$0.isEmpty }) else {
            throw BankingFault(.characterWrong, "expected \(name), found nothing, or a space too many")
        }
        bytes = Array(groups.joined())
        guard bytes.allSatisfy({ Self.isDigit($0) || Self.isLetter($0) }) else {
            throw BankingFault(
                .characterWrong, "expected \(name) of capital letters and digits, found another character")
        }
        guard length.contains(bytes.count) else {
            let expected =
                length.count == 1 ? "\(length.lowerBound)" : "\(length.lowerBound) … \(length.upperBound)"
            throw BankingFault(
                .lengthWrong, "expected \(name) of \(expected) characters, found \(bytes.count)")
        }
        self.text = String(decoding: bytes, as: UTF8.self)
    }

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }

    /// Two letters first, and two digits behind them.
    func requireCountryAndCheckDigits(of name: String) throws(BankingFault) {
        guard bytes.prefix(2).allSatisfy(Self.isLetter), bytes[2..<4].allSatisfy(Self.isDigit) else {
            throw BankingFault(
                .structureWrong, "expected \(name) that begins with two letters and two check digits")
        }
    }
}

/// The check digits of ISO/IEC 7064, MOD 97-10: of IBANs, creditor references and creditor identifiers.
enum CheckDigits {
    /// What stands behind the first four characters, then those, as one number by 97: letters count as 10 … 35.
    static func remainder(_ head: some Sequence<UInt8>, behind body: some Sequence<UInt8>) -> Int {
        var remainder = 0
        for byte in Array(body) + Array(head) {
            if BankingText.isDigit(byte) {
                remainder = (remainder * 10 + Int(byte - UInt8(ascii: "0"))) % 97
            } else {
                remainder = (remainder * 100 + Int(byte - UInt8(ascii: "A")) + 10) % 97
            }
        }
        return remainder
    }

    /// `02` … `98`, so that the remainder is 1.
    static func of(_ country: String, _ body: some Sequence<UInt8>) -> String {
        let digits = 98 - remainder((country + "00").utf8, behind: body)
        return digits < 10 ? "0\(digits)" : "\(digits)"
    }

    /// Throws unless they are those that `of` gives: 00, 01 and 99 would leave the same remainder, and are none.
    static func verify(_ bytes: [UInt8], behind body: some Sequence<UInt8>, of name: String)
        throws(BankingFault)
    {
        let found = String(decoding: bytes[2..<4], as: UTF8.self)
        guard of(String(decoding: bytes[..<2], as: UTF8.self), body) == found else {
            throw BankingFault(
                .checkDigitsWrong, "expected \(name), found one whose check digits \(found) do not fit it")
        }
    }
}
