/// The rule that a TZif footer gives for the time after the last listed change: a POSIX `TZ` text with the
/// extensions of RFC 9636 (hours -167 … 167).
enum ZoneRule: Equatable {
    /// The last offset stays for ever.
    case unchanging
    /// Two changes a year.
    case yearly(standard: Int32, daylight: Int32, start: YearDay, end: YearDay)

    /// A day of every year, and the wall time on it in seconds, possibly beyond that day.
    struct YearDay: Equatable {
        enum Day: Equatable {
            /// `Jn`: 1 … 365, 29 February never counted.
            case ordinalWithoutLeapDay(Int)
            /// `n`: 0 … 365, 29 February counted.
            case ordinal(Int)
            /// `Mm.w.d`: the w-th weekday d (0 is Sunday) of month m; w 5 is the last.
            case weekday(month: Int, week: Int, weekday: Int)
        }

        let day: Day
        let second: Int

        /// Seconds since 1970 on a wall clock.
        func wallSecond(in year: Int) -> Int64 { Int64(date(in: year).dayNumber * 86_400 + second) }

        private func date(in year: Int) -> LocalDate {
            let newYear = LocalDate(year, 1, 1)
            switch day {
            case .ordinal(let days): return newYear.adding(days: days)
            case .ordinalWithoutLeapDay(let ordinal):
                let isAfterLeapDay = ordinal >= 60 && LocalDate.days(inMonth: 2, of: year) == 29
                return newYear.adding(days: isAfterLeapDay ? ordinal : ordinal - 1)
            case .weekday(let month, let week, let weekday):
                let first = LocalDate(year, month, 1)
                let day = 1 + (weekday - first.weekday % 7 + 7) % 7 + 7 * (week - 1)
                let days = LocalDate.days(inMonth: month, of: year)
                return LocalDate(year, month, day <= days ? day : day - 7)
            }
        }
    }

    /// The changes of these years, ascending.
    func changes(years: ClosedRange<Int>) -> [OffsetChange] {
        guard case .yearly(let standard, let daylight, let start, let end) = self else { return [] }
        var changes: [OffsetChange] = []
        for year in years {
            let starts = OffsetChange(at: start.wallSecond(in: year) - Int64(standard), offset: daylight)
            let ends = OffsetChange(at: end.wallSecond(in: year) - Int64(daylight), offset: standard)
            changes += starts.at < ends.at ? [starts, ends] : [ends, starts]
        }
        // Daylight time all year ends where it starts again: the start counts, so it stands last.
        return changes.enumerated().sorted { left, right in
            (left.element.at, left.element.offset == daylight ? 1 : 0, left.offset)
                < (right.element.at, right.element.offset == daylight ? 1 : 0, right.offset)
        }.map(\.element)
    }
}

extension ZoneRule {
    /// Reads a footer; nil if it is none. An empty one means that nothing changes any more.
    init?(footer: some Collection<UInt8>) {
        guard !footer.isEmpty else {
            self = .unchanging
            return
        }
        var text = RuleText(bytes: Array(footer))
        guard text.takeName(), let standard = text.takeOffset() else { return nil }
        if text.isAtEnd {
            self = .unchanging
            return
        }
        guard text.takeName() else { return nil }
        // An hour ahead of standard time if it does not say.
        var daylight = standard - 3600
        if text.next != UInt8(ascii: ",") {
            guard let given = text.takeOffset() else { return nil }
            daylight = given
        }
        guard let start = text.takeYearDay(), let end = text.takeYearDay(), text.isAtEnd else { return nil }
        // POSIX counts offsets west of Greenwich.
        self = .yearly(standard: -Int32(standard), daylight: -Int32(daylight), start: start, end: end)
    }
}

/// Reads the parts of a POSIX `TZ` text from left to right.
private struct RuleText {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }
    var next: UInt8? { isAtEnd ? nil : bytes[position] }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// Three letters or more, or anything in angle brackets.
    mutating func takeName() -> Bool {
        let start = position
        if take("<") {
            while let byte = next, byte != UInt8(ascii: ">") { position += 1 }
            return take(">")
        }
        while let byte = next, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) { position += 1 }
        return position - start >= 3
    }

    /// A number of at most three digits within bounds.
    mutating func takeNumber(_ bounds: ClosedRange<Int>) -> Int? {
        let start = position
        var value = 0
        while let byte = next, byte &- UInt8(ascii: "0") < 10, position - start < 3 {
            value = value * 10 + Int(byte &- UInt8(ascii: "0"))
            position += 1
        }
        return position > start && bounds.contains(value) ? value : nil
    }

    /// `[+-]h[:m[:s]]`, in seconds, at most this many hours.
    mutating func takeTime(hours bound: Int) -> Int? {
        let isNegative = take("-")
        if !isNegative { _ = take("+") }
        guard var seconds = takeNumber(0...bound).map({ $0 * 3600 }) else { return nil }
        for unit in [60, 1] where take(":") {
            guard let part = takeNumber(0...59) else { return nil }
            seconds += part * unit
        }
        return isNegative ? -seconds : seconds
    }

    mutating func takeOffset() -> Int? { takeTime(hours: 24) }

    /// `,day[/time]`; the time is 02:00 if it does not say.
    mutating func takeYearDay() -> ZoneRule.YearDay? {
        guard take(","), let day = takeDay() else { return nil }
        guard take("/") else { return ZoneRule.YearDay(day: day, second: 2 * 3600) }
        return takeTime(hours: 167).map { ZoneRule.YearDay(day: day, second: $0) }
    }

    private mutating func takeDay() -> ZoneRule.YearDay.Day? {
        if take("J") { return takeNumber(1...365).map { .ordinalWithoutLeapDay($0) } }
        guard take("M") else { return takeNumber(0...365).map { .ordinal($0) } }
        guard let month = takeNumber(1...12), take("."), let week = takeNumber(1...5), take("."),
            let weekday = takeNumber(0...6)
        else { return nil }
        return .weekday(month: month, week: week, weekday: weekday)
    }
}
