/// Writes instants in local time, RFC 3339 with milliseconds. Of one thread at a time.
///
/// Days come again and again while a period is settled, so what a day's text begins and ends with is at hand.
struct LocalClockText {
    private let zone: ZoneRules
    /// Days of UTC by the low bits of their number.
    private var days = [Day](repeating: Day(), count: Self.dayCount)
    private static let dayCount = 1_024

    /// A day of UTC in the zone.
    private struct Day {
        var number = Int64.min
        /// What all its instants have in common; nil where the clock changes on that day.
        var clock: DayOffset?
    }

    /// A clock that is as far from UTC all day.
    private struct DayOffset {
        let offset: Int64
        /// The date before the one that UTC has, that one and the one after, each with `T` behind it.
        let dates: InlineArray<3, ShortText>
        /// As `+01:00` or `Z`.
        let suffix: ShortText
    }

    init(zone: ZoneRules) { self.zone = zone }

    mutating func write(_ instant: Instant, to row: inout RowText) {
        let number = Self.day(of: instant.milliseconds)
        let place = Int(truncatingIfNeeded: number) & (Self.dayCount - 1)
        if days[place].number != number { days[place] = Day(number: number, clock: dayOffset(on: number)) }
        guard let clock = days[place].clock else {
            let offset = zone.offsetSeconds(at: instant)
            return row.text(instant.text(offsetSeconds: offset, milliseconds: true))
        }
        let local = instant.milliseconds + clock.offset
        let day = Self.day(of: local)
        row.short(clock.dates[Int(day - number + 1)])
        let time = UInt64(local - day * Self.dayLength)
        let (seconds, milliseconds) = time.quotientAndRemainder(dividingBy: 1_000)
        let (minutes, second) = seconds.quotientAndRemainder(dividingBy: 60)
        let (hour, minute) = minutes.quotientAndRemainder(dividingBy: 60)
        row.twoDigits(hour)
        row.byte(UInt8(ascii: ":"))
        row.twoDigits(minute)
        row.byte(UInt8(ascii: ":"))
        row.twoDigits(second)
        row.byte(UInt8(ascii: "."))
        row.digits(milliseconds, width: 3)
        row.short(clock.suffix)
    }

    private static let dayLength: Int64 = 86_400_000

    private static func day(of milliseconds: Int64) -> Int64 {
        let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: dayLength)
        return remainder < 0 ? quotient - 1 : quotient
    }

    private func dayOffset(on day: Int64) -> DayOffset? {
        let first = Instant(milliseconds: day * Self.dayLength)
        let last = first.advanced(byMilliseconds: Self.dayLength - 1)
        guard let offset = zone.offsetSeconds(from: first, through: last) else { return nil }
        let dates = InlineArray<3, ShortText> { ShortText("\(LocalDate(dayNumber: Int(day) + $0 - 1))T") }
        let text = first.text(offsetSeconds: offset, milliseconds: true)
        return DayOffset(
            offset: Int64(offset) * 1_000, dates: dates, suffix: ShortText(String(text.dropFirst(23))))
    }
}
