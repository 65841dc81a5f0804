/// On which days banks move money: no Saturday, no Sunday, none of the days that a calendar names.
public struct BankDays: Hashable, Sendable {
    public let closedDays: Set<LocalDate>
    /// Minutes after local midnight, 0 … 1440: what is made on a bank day from then on counts for the next one.
    public let cutOff: Int

    public init(closedDays: Set<LocalDate> = [], cutOff: Int = 1_440) {
        self.closedDays = closedDays
        self.cutOff = cutOff
    }

    public func contains(_ day: LocalDate) -> Bool { day.weekday < 6 && !closedDays.contains(day) }

    /// The day itself, or the next bank day.
    public func next(onOrAfter day: LocalDate) -> LocalDate {
        var day = day
        // A calendar names days of at most a file; behind the last of them a week has bank days.
        while !contains(day) { day = day.adding(days: 1) }
        return day
    }

    /// The first bank day for which a file that is made now is in time, `minutes` after the day's midnight.
    public func first(from today: LocalDate, minutes: Int) -> LocalDate {
        next(onOrAfter: minutes >= cutOff && contains(today) ? today.adding(days: 1) : today)
    }
}
