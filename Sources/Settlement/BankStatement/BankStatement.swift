public import Signing

/// What was booked on an account, as its bank tells it.
public struct BankStatement: Hashable, Sendable {
    public enum Form: String, Hashable, Sendable, CaseIterable {
        case camt02 = "camt.053.001.02"
        case camt08 = "camt.053.001.08"
        case csv
    }

    public let form: Form
    /// Whose movements these are, without spaces; empty: the file does not say.
    public let accounts: Set<String>
    /// In the order of the file, those of an entry one after the other.
    public let lines: [BankLine]
    /// Entries that are announced, and not booked yet: they are passed over.
    public let pending: Int
    /// What it says that its accounts held, a part of the file after the other; of CSV none.
    public let balances: [StatementBalances]

    public init(
        form: Form, accounts: Set<String>, lines: [BankLine], pending: Int,
        balances: [StatementBalances] = []
    ) {
        self.form = form
        self.accounts = accounts
        self.lines = lines
        self.pending = pending
        self.balances = balances
    }
}

/// What an account held before the entries of a statement, and after them. Where both are said, they and what was booked
/// agree.
public struct StatementBalances: Hashable, Sendable {
    public let account: String
    /// Nil: the statement does not say it, or several that differ.
    public let opening: Money?
    public let closing: Money?

    public init(account: String, opening: Money?, closing: Money?) {
        self.account = account
        self.opening = opening
        self.closing = closing
    }
}

/// One movement: an entry of a statement, or one of the transactions that an entry's details list.
public struct BankLine: Hashable, Sendable {
    /// What tells the entry from all others of its account: its reference, its day, its amount and, of entries that have
    /// all these in common, which of them it is.
    public let entry: SHA256Digest
    /// Among the entry's transactions, from 0.
    public let place: Int
    /// The bank's own name for it.
    public let reference: String
    /// Received is positive: from a merchant's side, as bookings have it.
    public let amount: Money
    /// The booking day, where the bank is.
    public let date: LocalDate
    /// End to end, as who ordered it named it.
    public let endToEnd: String?
    /// The group of orders that were booked as one (`PmtInfId`), or their file (`MsgId`).
    public let group: String?
    /// Of the other side: an IBAN without spaces, or what stands for one.
    public let account: String?
    /// A creditor reference of ISO 11649 that was quoted.
    public let creditorReference: String?
    /// Why a payment came back, as `AC04`; `reversal` where no reason is said. Nil: it did not.
    public let returned: String?
    /// The other side's name.
    public let name: String?
    /// What it is said to be for.
    public let text: String
    /// Why it cannot be matched, whatever it says.
    public let fault: String?
    /// What the bank says that it kept of what was sent, or took beside it: more than 0. Nil: it says nothing of it.
    public let charges: Money?

    public init(
        entry: SHA256Digest, place: Int = 0, reference: String, amount: Money, date: LocalDate,
        endToEnd: String? = nil, group: String? = nil, account: String? = nil,
        creditorReference: String? = nil, returned: String? = nil, name: String? = nil, text: String = "",
        fault: String? = nil, charges: Money? = nil
    ) {
        self.entry = entry
        self.place = place
        self.reference = reference
        self.amount = amount
        self.date = date
        self.endToEnd = endToEnd
        self.group = group
        self.account = account
        self.creditorReference = creditorReference
        self.returned = returned
        self.name = name
        self.text = text
        self.fault = fault
        self.charges = charges
    }

    /// The same with what was charged, as a person said.
    public func charged(_ charges: Money) -> BankLine {
        BankLine(
            entry: entry, place: place, reference: reference, amount: amount, date: date, endToEnd: endToEnd,
            group: group, account: account, creditorReference: creditorReference, returned: returned,
            name: name, text: text, fault: fault, charges: charges)
    }

    /// The same under another entry's name, and why it cannot be matched so.
    public func renamed(_ entry: SHA256Digest, fault: String) -> BankLine {
        BankLine(
            entry: entry, place: place, reference: reference, amount: amount, date: date, endToEnd: endToEnd,
            group: group, account: account, creditorReference: creditorReference, returned: returned,
            name: name, text: text, fault: fault, charges: charges)
    }
}

/// Names entries: the same entry in another file has the same name, two that look alike in one file have two.
struct EntryNames {
    private var seen: [String: Int] = [:]

    mutating func name(account: String, reference: String, date: LocalDate, amount: Money) -> SHA256Digest {
        let text = "\(account)\n\(reference)\n\(date)\n\(amount.minorUnits)"
        let number = seen[text, default: 0] + 1
        seen[text] = number
        return SHA256Digest(of: Array("\(text)\n\(number)".utf8))
    }
}

extension BankStatement {
    /// The most bytes that a file has.
    public static let mostBytes = MarkupReader.mostBytes

    /// Reads a file by what it begins with: XML is camt.053, anything else our CSV.
    ///
    /// Throws `BankRefusal` with the line for what is neither, for another currency than `currency`, and for an entry that
    /// does not say what was booked.
    public static func read(_ bytes: [UInt8], currency: Currency) throws(BankRefusal) -> BankStatement {
        let first = bytes.first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
        guard first == UInt8(ascii: "<") else { return try BankTable(currency: currency).statement(bytes) }
        return try CAMTReader(currency: currency).statement(try MarkupReader.root(of: bytes))
    }

    /// A text as it is kept: on one line, and no longer than this many bytes.
    static func kept(_ text: String, bytes: Int = 300) -> String {
        var kept = PlainText.of(text).split(separator: " ").joined(separator: " ")
        while kept.utf8.count > bytes { kept.removeLast() }
        return kept
    }

    /// The same; nil of nothing, and of the words by which banks say that there is none.
    static func kept(_ text: String?) -> String? {
        guard let text else { return nil }
        let kept = kept(text)
        return kept.isEmpty || ["NOTPROVIDED", "NONREF", "NOREF"].contains(kept.uppercased()) ? nil : kept
    }
}

extension Currency {
    /// An amount as banks write it, `19.1` and `19.100` too: without a sign, and of no smaller part than there is.
    func bankMoney(_ text: String) -> Money? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty, whole.utf8.allSatisfy(BankingText.isDigit) else {
            return nil
        }
        let fraction = parts.count == 2 ? parts[1] : ""
        guard fraction.dropFirst(exponent).allSatisfy({ $0 == "0" }) else { return nil }
        let digits =
            fraction.prefix(exponent) + String(repeating: "0", count: max(0, exponent - fraction.count))
        let major = whole.drop { $0 == "0" }
        return money((major.isEmpty ? "0" : String(major)) + (exponent == 0 ? "" : ".\(digits)"))
    }

    /// An amount in major units with its digits, as `money` reads it.
    public func text(_ money: Money) -> String {
        let digits = String(money.minorUnits.magnitude)
        let padded = String(repeating: "0", count: max(0, exponent + 1 - digits.count)) + digits
        let sign = money < .zero ? "-" : ""
        return sign + padded.dropLast(exponent) + (exponent == 0 ? "" : ".\(padded.suffix(exponent))")
    }
}
