import Settlement
import Store

/// A calendar of bank days: a line for each day on which banks are closed, Saturdays and Sundays apart, what it is called
/// behind it if wanted; `cut_off 15:00` once, where it matters; empty lines and such that begin with `#` say nothing.
struct BankCalendarFile {
    let days: BankDays
    /// Years of which it names a day.
    let years: Set<Int>

    /// Throws `refused` with the line that cannot be read.
    init(path: String) throws {
        guard let text = String(validating: try WholeFile.read(path), as: UTF8.self) else {
            throw Self.refused(path, 1, "expected UTF-8, found other bytes")
        }
        var (closed, cutOff): (Set<LocalDate>, Int?) = ([], nil)
        for (number, line) in zip(
            1..., text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline))
        {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            if first == "cut_off" {
                guard words.count == 2, let minutes = Self.minutes(words[1]), cutOff == nil else {
                    throw Self.refused(path, number, "expected `cut_off HH:MM`, once")
                }
                cutOff = minutes
                continue
            }
            guard let date = LocalDate(String(first)), AllianceBounds.start.contains(date) else {
                throw Self.refused(path, number, "expected a date as 2026-12-25, found \(first)")
            }
            guard closed.insert(date).inserted else {
                throw Self.refused(path, number, "expected each day once, found \(date) again")
            }
        }
        days = BankDays(closedDays: closed, cutOff: cutOff ?? 1_440)
        years = Set(closed.map(\.year))
    }

    private static func minutes(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard text.utf8.count == 5, parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }),
            parts.joined().utf8.allSatisfy({ (0x30...0x39).contains($0) }), let hours = Int(parts[0]),
            let minutes = Int(parts[1]), hours < 24, minutes < 60
        else { return nil }
        return hours * 60 + minutes
    }

    private static func refused(_ path: String, _ line: Int, _ reason: String) -> Failure {
        .refused("\(path):\(line)", "\(PaymentRefusal.Code.calendarMalformed.rawValue): \(reason)")
    }
}
