import Settlement

/// What the rows of a DETAILS.csv sum to, by the line that they name. Rulebook §7.
struct DetailsSums {
    /// What tells a line from others, as DETAILS.csv writes it: an absent part is empty.
    struct Key: Hashable {
        let kind, counterparty, price, rate, reference: String
    }

    struct Sum: Equatable {
        var points: Int128 = 0
        var exact = ExactAmount.zero
    }

    private(set) var sums: [Key: Sum] = [:]
    /// Rows of records, by the state that they name.
    private(set) var records: [String: Int64] = [:]
    /// All rows but the header.
    private(set) var rows: Int64 = 0

    /// Why a file is none of these.
    struct Unreadable: Error { let reason: String }

    private static let header =
        "row,merchant,id,type,member,at,effective,state,code,ref,issuer,redeemer,lot,line,counterparty,price,rate,"
        + "reference,terms,points,exact"

    init(_ bytes: [UInt8]) throws(Unreadable) {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.popLast()?.isEmpty == true, let first = lines.first,
            String(decoding: first, as: UTF8.self) == Self.header
        else {
            throw Unreadable(reason: "it does not begin with the names of the columns, or its end is cut off")
        }
        for line in lines.dropFirst() {
            rows += 1
            guard add(line) else { throw Unreadable(reason: "row \(rows) is none that a close writes") }
        }
    }

    /// False for a row of another form, or where a sum passes 128 bits.
    private mutating func add(_ line: ArraySlice<UInt8>) -> Bool {
        let cells = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard cells.count == 21 else { return false }
        func text(_ place: Int) -> String { String(decoding: cells[place], as: UTF8.self) }
        switch text(0) {
        case "record":
            records[text(7), default: 0] += 1
            return true
        case "movement":
            // One that makes no line, as of an opening.
            guard !cells[13].isEmpty else { return true }
            guard let points = Int128(text(19)), let exact = ExactAmount(text(20)) else { return false }
            let key = Key(
                kind: text(13), counterparty: text(14), price: text(15), rate: text(16), reference: text(17))
            guard let sum = sums[key, default: Sum()].exact.adding(exact) else { return false }
            sums[key, default: Sum()].points += points
            sums[key, default: Sum()].exact = sum
            return true
        default: return false
        }
    }
}

extension ExactAmount {
    /// Reads minor units as a decimal of at most twelve fractional digits; nil for any other text.
    fileprivate init?(_ text: String) {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let pieces = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = pieces.count == 2 ? pieces[1] : ""
        guard let whole = pieces.first, (1...22).contains(whole.utf8.count), fraction.utf8.count <= 12,
            pieces.count == 1 || !fraction.isEmpty,
            (whole + fraction).utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let parts = Int128(whole + fraction + String(repeating: "0", count: 12 - fraction.utf8.count))
        else { return nil }
        self.init(parts: text.hasPrefix("-") ? -parts : parts)
    }
}
