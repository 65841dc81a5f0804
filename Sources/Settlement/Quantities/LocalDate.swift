/// A calendar date of no particular zone, proleptic Gregorian, years 0000 … 9999 in text.
@frozen
public struct LocalDate: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01.
    public let dayNumber: Int

    @inlinable public init(dayNumber: Int) { self.dayNumber = dayNumber }

    @inlinable public static func < (left: LocalDate, right: LocalDate) -> Bool {
        left.dayNumber < right.dayNumber
    }

    /// The date of these numbers; nil if there is no such day, or the year is not 0 … 9999.
    public init?(year: Int, month: Int, day: Int) {
        guard (0...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.days(inMonth: month, of: year)
        else { return nil }
        self.init(year, month, day)
    }

    /// Takes numbers that are known to be a date; years from -400 on.
    init(_ year: Int, _ month: Int, _ day: Int) {
        // Years begin in March here, so that the leap day is a year's last, and 400 years later, so that
        // nothing is negative and division rounds down.
        let marchYear = (month <= 2 ? year - 1 : year) + 400
        let marchMonth = (month + 9) % 12
        let leapDays = marchYear / 4 - marchYear / 100 + marchYear / 400
        let dayOfYear = (153 * marchMonth + 2) / 5 + day - 1
        dayNumber = 365 * marchYear + leapDays + dayOfYear - Self.daysIn400Years - Self.marchOfYear0
    }

    /// Every 400 years are the same number of days, and of weeks.
    static let daysIn400Years = 146_097
    /// Days from 0000-03-01 to 1970-01-01.
    private static let marchOfYear0 = 719_468

    /// 28 … 31.
    static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Year, month 1 … 12 and day 1 … 31.
    public var components: (year: Int, month: Int, day: Int) {
        let sinceMarch = dayNumber + Self.marchOfYear0
        let cycle = sinceMarch.floorDivided(by: Self.daysIn400Years)
        let dayOfCycle = sinceMarch - cycle * Self.daysIn400Years
        // Take out the leap days that went before; each divisor is a whole 4, 100 and 400 years, less a day.
        let leapDays = dayOfCycle / 1_460 - dayOfCycle / 36_524 + dayOfCycle / 146_096
        let yearOfCycle = (dayOfCycle - leapDays) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (cycle * 400 + yearOfCycle + (month <= 2 ? 1 : 0), month, day)
    }

    public var year: Int { components.year }
    public var month: Int { components.month }
    public var day: Int { components.day }
}

extension LocalDate {
    /// The date this many days later.
    @inlinable public func adding(days: Int) -> LocalDate { LocalDate(dayNumber: dayNumber + days) }

    /// The same day this many months later; a day that month lacks becomes its last (rulebook §5).
    public func adding(months: Int) -> LocalDate {
        let (year, month, day) = components
        let counted = year * 12 + (month - 1) + months
        let newYear = counted.floorDivided(by: 12)
        let newMonth = counted - newYear * 12 + 1
        return LocalDate(newYear, newMonth, min(day, Self.days(inMonth: newMonth, of: newYear)))
    }

    /// The last day of its month.
    public var endOfMonth: LocalDate {
        let (year, month, _) = components
        return LocalDate(year, month, Self.days(inMonth: month, of: year))
    }

    /// 1 for Monday … 7 for Sunday, as ISO 8601 counts.
    public var weekday: Int {
        // 1970-01-01 was a Thursday.
        let sinceMonday = dayNumber + 3
        return sinceMonday - sinceMonday.floorDivided(by: 7) * 7 + 1
    }

    /// The ISO 8601 week that holds it: the week's year (that of its Thursday) and its number, 1 … 53.
    public var isoWeek: (year: Int, week: Int) {
        let thursday = adding(days: 4 - weekday)
        let year = thursday.year
        return (year, (thursday.dayNumber - LocalDate(year, 1, 1).dayNumber) / 7 + 1)
    }

    /// The Monday of an ISO week; nil if that year has no such week.
    public init?(isoYear: Int, week: Int) {
        guard (0...9999).contains(isoYear), (1...53).contains(week) else { return nil }
        // 4 January is always in the first week.
        let fourth = LocalDate(isoYear, 1, 4)
        let monday = fourth.adding(days: 1 - fourth.weekday + 7 * (week - 1))
        guard monday.isoWeek == (isoYear, week) else { return nil }
        self = monday
    }
}

extension Int {
    /// The quotient rounded down, also of a negative number.
    func floorDivided(by divisor: Int) -> Int {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
