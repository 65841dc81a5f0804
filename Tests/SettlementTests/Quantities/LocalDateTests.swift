import Foundation
import Settlement
import Testing

@Suite struct LocalDateTests {
    private func date(_ text: String) -> LocalDate { LocalDate(text)! }

    @Test("Every day from 1970 to 2200 follows the one before, and reads back from its text")
    func everyDay() {
        var year = 1970
        var month = 1
        var day = 1
        for number in 0...84_370 {
            let date = LocalDate(dayNumber: number)
            #expect(date.components == (year, month, day))
            #expect(LocalDate(year: year, month: month, day: day) == date)
            #expect(LocalDate(date.description) == date)
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            #expect(date.endOfMonth.day == lengths[month - 1])
            day += 1
            if day > lengths[month - 1] { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
        #expect(year == 2201)
    }

    @Test("Days before 1970 and far away are dates as well")
    func farAway() {
        #expect(date("0000-03-01").dayNumber == -719_468)
        #expect(date("0000-01-01").description == "0000-01-01")
        #expect(date("1969-12-31").dayNumber == -1)
        #expect(date("9999-12-31").dayNumber == 2_932_896)
        #expect(date("9999-12-31").adding(days: 1).description == "10000-01-01")
        #expect(LocalDate(year: 2026, month: 2, day: 29) == nil)
        #expect(LocalDate(year: 2026, month: 13, day: 1) == nil)
        #expect(LocalDate(year: 2026, month: 0, day: 1) == nil)
        #expect(LocalDate(year: 2026, month: 1, day: 0) == nil)
        #expect(LocalDate(year: 10_000, month: 1, day: 1) == nil)
    }

    @Test("Weeks and weekdays are those of Foundation's ISO 8601 calendar, 2000 to 2100")
    func isoWeeks() throws {
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        var longYears = Set<Int>()
        for number in 10_957..<47_482 {
            let date = LocalDate(dayNumber: number)
            let instant = Date(timeIntervalSince1970: Double(number) * 86_400)
            let expected = calendar.dateComponents(
                [.yearForWeekOfYear, .weekOfYear, .weekday], from: instant)
            let (year, week) = date.isoWeek
            guard year == expected.yearForWeekOfYear, week == expected.weekOfYear,
                date.weekday % 7 + 1 == expected.weekday
            else {
                Issue.record("\(date) is in \(year)-W\(week), weekday \(date.weekday)")
                continue
            }
            if week == 53 { longYears.insert(year) }
            if date.weekday == 1 { #expect(LocalDate(isoYear: year, week: week) == date) }
        }
        #expect(longYears.count == 18)
        #expect(longYears.isSuperset(of: [2004, 2009, 2015, 2020, 2026, 2032]))
        #expect(LocalDate(isoYear: 2025, week: 53) == nil)
        #expect(LocalDate(isoYear: 2026, week: 0) == nil)
        #expect(LocalDate(isoYear: 2026, week: 54) == nil)
    }

    @Test(
        "Months are added to the same day, and a day that the month lacks becomes its last",
        arguments: [
            ("2026-01-31", 1, "2026-02-28"), ("2028-01-31", 1, "2028-02-29"), ("2026-01-28", 1, "2026-02-28"),
            ("2026-03-31", 1, "2026-04-30"), ("2026-12-31", 2, "2027-02-28"), ("2026-12-15", 1, "2027-01-15"),
            ("2028-02-29", 12, "2029-02-28"), ("2028-02-29", 48, "2032-02-29"),
            ("2026-05-31", 0, "2026-05-31"),
            ("2026-01-31", -2, "2025-11-30"), ("2026-03-30", -13, "2025-02-28"),
            ("2026-10-31", 1200, "2126-10-31"),
        ])
    func addingMonths(from: String, months: Int, to: String) {
        #expect(date(from).adding(months: months) == date(to))
    }
}

@Suite struct CurrencyTests {
    @Test("A currency has the exponent of ISO 4217")
    func exponents() {
        #expect(Currency(iso4217: "EUR") == Currency(code: "EUR", exponent: 2))
        #expect(Currency(iso4217: "JPY") == Currency(code: "JPY", exponent: 0))
        #expect(Currency(iso4217: "KWD") == Currency(code: "KWD", exponent: 3))
        #expect(Currency(iso4217: "RUB")?.exponent == 2)
        #expect(Currency(iso4217: "EGP")?.exponent == 2)
    }

    @Test(
        "What is no currency, or has no minor unit of 0 to 3 digits, is refused",
        arguments: ["", "eur", "EURO", "XXX", "XAU", "CLF", "UYW", "EU", "EUR ", "ZZZ"])
    func refused(code: String) {
        #expect(Currency(iso4217: code) == nil)
    }
}
