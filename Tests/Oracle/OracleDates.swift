import Foundation

/// A local date, reckoned by counting.
public struct OracleDate: Hashable, Comparable, Sendable {
    public let year: Int
    public let month: Int
    public let day: Int

    init(year: Int, month: Int, day: Int) {
        (self.year, self.month, self.day) = (year, month, day)
    }

    init(_ text: String) throws {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard text.utf8.count == 10, parts.count == 3 else { throw OracleTrouble("\(text) is no date") }
        self.init(year: parts[0], month: parts[1], day: parts[2])
        guard (1...12).contains(month), (1...Self.days(year, month)).contains(day) else {
            throw OracleTrouble("\(text) is no date")
        }
    }

    /// The date that lies so many days after 1 January 1970, found by walking.
    init(daysSince1970: Int) {
        var (year, month, rest) = (1970, 1, daysSince1970)
        while rest >= Self.days(year) { (rest, year) = (rest - Self.days(year), year + 1) }
        while rest >= Self.days(year, month) { (rest, month) = (rest - Self.days(year, month), month + 1) }
        self.init(year: year, month: month, day: rest + 1)
    }

    static func isLeap(_ year: Int) -> Bool { (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 }

    static func days(_ year: Int) -> Int { isLeap(year) ? 366 : 365 }

    static func days(_ year: Int, _ month: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    var daysSince1970: Int {
        var count = day - 1
        for earlier in 1970..<year { count += Self.days(earlier) }
        for earlier in 1..<month { count += Self.days(year, earlier) }
        return count
    }

    /// 0 is Monday; 1 January 1970 was a Thursday.
    var weekday: Int { (daysSince1970 + 3) % 7 }

    var isLastOfMonth: Bool { day == Self.days(year, month) }

    var endOfMonth: OracleDate { OracleDate(year: year, month: month, day: Self.days(year, month)) }

    func adding(days: Int) -> OracleDate { OracleDate(daysSince1970: daysSince1970 + days) }

    /// §5: "`at` + N months (a day the month lacks becomes its last)".
    func adding(months: Int) -> OracleDate {
        let total = year * 12 + (month - 1) + months
        let (toYear, toMonth) = (total / 12, total % 12 + 1)
        return OracleDate(year: toYear, month: toMonth, day: min(day, Self.days(toYear, toMonth)))
    }

    public var text: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }

    var monthText: String { "\(padded(year, 4))-\(padded(month, 2))" }

    /// The ISO week that starts on this Monday: it belongs to the year of its Thursday.
    var weekText: String {
        let thursday = adding(days: 3)
        let newYear = OracleDate(year: thursday.year, month: 1, day: 1)
        let number = (thursday.daysSince1970 - newYear.daysSince1970) / 7 + 1
        return "\(padded(thursday.year, 4))-W\(padded(number, 2))"
    }

    public static func < (a: OracleDate, b: OracleDate) -> Bool {
        (a.year, a.month, a.day) < (b.year, b.month, b.day)
    }
}

func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

/// The milliseconds since 1970 of an RFC 3339 text. §1: "truncated to the millisecond, then compared as UTC".
func instant(_ text: String) throws -> Int64 {
    let wrong = OracleTrouble("\(text) is no instant with an offset")
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, "Tt".utf8.contains(bytes[10]) else { throw wrong }
    func number(_ from: Int, _ length: Int) throws -> Int64 {
        guard from + length <= bytes.count,
            let value = Int64(String(decoding: bytes[from..<from + length], as: UTF8.self)), value >= 0
        else { throw wrong }
        return value
    }
    let date = try OracleDate(String(decoding: bytes[0..<10], as: UTF8.self))
    let seconds = try number(11, 2) * 3600 + number(14, 2) * 60 + number(17, 2)
    var (position, fraction) = (19, "")
    if bytes[position] == UInt8(ascii: ".") {
        position += 1
        while position < bytes.count, (48...57).contains(bytes[position]) {
            fraction.append(Character(UnicodeScalar(bytes[position])))
            position += 1
        }
    }
    guard position < bytes.count, let milliseconds = Int64((fraction + "000").prefix(3)) else { throw wrong }
    var offset: Int64 = 0
    if !"Zz".utf8.contains(bytes[position]) {
        let sign: Int64 = bytes[position] == UInt8(ascii: "-") ? -1 : 1
        offset = try sign * (number(position + 1, 2) * 3600 + number(position + 4, 2) * 60)
    }
    return (Int64(date.daysSince1970) * 86_400 + seconds - offset) * 1000 + milliseconds
}
