/// One period of the alliance: a half-open stretch of time. Rulebook §4.
public struct Period: Hashable, Sendable {
    /// 0 for the alliance's first period.
    public let ordinal: Int
    /// `2026-11`, `2026-W47` or `2026-11-24`.
    public let id: String
    /// The local midnight it begins with.
    public let start: Instant
    /// The local midnight it ends before.
    public let end: Instant

    public init(ordinal: Int, id: String, start: Instant, end: Instant) {
        self.ordinal = ordinal
        self.id = id
        self.start = start
        self.end = end
    }

    /// Whether the instant lies in it.
    @inlinable public func contains(_ instant: Instant) -> Bool { instant >= start && instant < end }

    /// The last millisecond, at which the VAT rate and the period fee are judged (rulebook §2).
    public var lastMillisecond: Instant { end.advanced(byMilliseconds: -1) }
}

/// Cuts time into the alliance's periods by its zone's local calendar. Rulebook §4.
public struct PeriodCalendar: Hashable, Sendable {
    public let length: PeriodLength
    /// The first period's first day.
    public let start: LocalDate
    public let zone: ZoneRules
    /// Months from year 0 to `start`.
    private let startMonth: Int

    /// `start` must be the first day of a period of this length.
    public init(length: PeriodLength, start: LocalDate, zone: ZoneRules) {
        precondition(length.begins(on: start), "the calendar starts on \(start), which begins no \(length)")
        self.length = length
        self.start = start
        self.zone = zone
        startMonth = start.year * 12 + start.month
    }

    /// The period that contains the instant; nil before the first.
    public func ordinal(containing instant: Instant) -> Int? {
        let date = zone.localDate(at: instant)
        var (ordinal, isNearEdge) = locate(date)
        // The wall clock may go back over midnight, and then a date is borne again after the next has begun.
        // Away from the edges of a period that makes no difference.
        if isNearEdge {
            while instant < start(of: ordinal) { ordinal -= 1 }
            while instant >= start(of: ordinal + 1) { ordinal += 1 }
        }
        return ordinal >= 0 ? ordinal : nil
    }

    /// The period of a local date; nil before the first.
    public func ordinal(containing date: LocalDate) -> Int? {
        let ordinal = locate(date).ordinal
        return ordinal >= 0 ? ordinal : nil
    }

    /// Where what is booked on a date belongs (rulebook §6): the date's own period, nil before the first, and the one that
    /// takes it, which is that one or the earliest that still takes anything.
    public func place(of date: LocalDate, earliest: Int) -> (own: Int?, period: Int) {
        let own = ordinal(containing: date)
        return (own, max(earliest, own ?? 0))
    }

    /// The period with this ordinal, 0 or more.
    public func period(_ ordinal: Int) -> Period {
        precondition(ordinal >= 0, "periods are counted from 0, found \(ordinal)")
        return Period(
            ordinal: ordinal, id: length.id(ofPeriodOn: firstDay(of: ordinal)), start: start(of: ordinal),
            end: start(of: ordinal + 1))
    }

    /// The period with this id; nil if it is no id of this alliance's periods, or before the first.
    public func ordinal(id: String) -> Int? {
        length.firstDay(ofPeriod: id).flatMap { ordinal(containing: $0) }
    }

    /// The first local date of a period.
    public func firstDay(of ordinal: Int) -> LocalDate {
        length.firstDay(ofOrdinal: ordinal, since: start)
    }

    private func start(of ordinal: Int) -> Instant { zone.midnight(of: firstDay(of: ordinal)) }

    /// The period of a date, negative before the first, and whether the date is among its first or last two.
    private func locate(_ date: LocalDate) -> (ordinal: Int, isNearEdge: Bool) {
        switch length {
        case .day: return (date.dayNumber - start.dayNumber, true)
        case .week:
            let days = date.dayNumber - start.dayNumber
            let weeks = days.floorDivided(by: 7)
            return (weeks, !(2...4).contains(days - 7 * weeks))
        case .month:
            let (year, month, day) = date.components
            return (year * 12 + month - startMonth, !(3...26).contains(day))
        }
    }
}

extension PeriodLength {
    /// Whether a period of this length may begin on the date: any, a Monday, the first of a month.
    public func begins(on date: LocalDate) -> Bool {
        switch self {
        case .day: true
        case .week: date.weekday == 1
        case .month: date.day == 1
        }
    }

    /// The first day of the period that comes `ordinal` periods after the one that begins on `start`.
    func firstDay(ofOrdinal ordinal: Int, since start: LocalDate) -> LocalDate {
        switch self {
        case .day: start.adding(days: ordinal)
        case .week: start.adding(days: 7 * ordinal)
        case .month: start.adding(months: ordinal)
        }
    }

    /// The id of the period that holds the date.
    public func id(ofPeriodOn date: LocalDate) -> String {
        let text = date.description
        switch self {
        case .day: return text
        case .month: return String(text.dropLast(3))
        case .week:
            let (year, week) = date.isoWeek
            let yearText = String(LocalDate(year, 1, 1).description.dropLast(6))
            return "\(yearText)-W\(week < 10 ? "0" : "")\(week)"
        }
    }

    /// The first day of the period of this id; nil if it is none.
    public func firstDay(ofPeriod id: String) -> LocalDate? {
        switch self {
        case .day: return LocalDate(id)
        case .month: return LocalDate(id + "-01")
        case .week:
            let digits = Array(id.utf8)
            guard digits.count == 8, digits[4...5].elementsEqual("-W".utf8), let year = Int(id.prefix(4)),
                let week = Int(id.suffix(2)), let monday = LocalDate(isoYear: year, week: week),
                self.id(ofPeriodOn: monday) == id
            else { return nil }
            return monday
        }
    }
}
