/// The one place that knows a time zone: the offsets of one IANA zone, taken from its TZif file (RFC 9636),
/// so that the same bytes give the same midnights whatever the machine knows of zones later.
///
/// Local midnight is the first instant that bears that local date; of a date that no instant bears, the first
/// instant after it (rulebook §1).
public struct ZoneRules: Sendable {
    /// The IANA name, as `Europe/Berlin`.
    public let name: String
    /// The file's exact bytes.
    public let tzif: [UInt8]

    /// Since when each offset holds, in seconds since 1970 UTC; the first since ever.
    private let begins: [Int64]
    /// Seconds east of UTC, in parallel with `begins`.
    private let offsets: [Int32]
    /// From here on everything repeats what was 400 years before.
    private let repeatsFrom: Int64

    /// Reads the zone's TZif bytes, version 2 or later; throws what is wrong with them.
    public init(name: String, tzif: [UInt8]) throws(ZoneRefusal) {
        let file = try ZoneFile(zone: name, bytes: tzif)
        self.name = name
        self.tzif = tzif
        var begins = [Int64.min]
        var offsets = [file.firstOffset]
        for change in file.changes {
            begins.append(change.at)
            offsets.append(change.offset)
        }
        // Every Gregorian date comes back on the same weekday after 400 years, and so does the footer's rule:
        // written out for that long after the last listed change, it is known for ever.
        let lastListed = max(0, begins[begins.count - 1])
        let firstYear = LocalDate(dayNumber: Int(lastListed / 86_400)).year
        for change in file.rule.changes(years: firstYear...(firstYear + 402))
        where begins.count == 1 || change.at > lastListed {
            begins.append(change.at)
            offsets.append(change.offset)
        }
        self.begins = begins
        self.offsets = offsets
        repeatsFrom = Int64(LocalDate(firstYear + 402, 1, 1).dayNumber) * 86_400
    }

    /// Seconds east of UTC in force at the instant.
    public func offsetSeconds(at instant: Instant) -> Int {
        let second = Int(instant.milliseconds).floorDivided(by: 1000)
        return Int(offsets[index(at: intoTable(Int64(second)).second)])
    }

    /// The same, if the clock does not change between two instants; they are less than a year apart.
    func offsetSeconds(from first: Instant, through last: Instant) -> Int? {
        let seconds = [first, last].map { Int64(Int($0.milliseconds).floorDivided(by: 1000)) }
        let (begin, end) = (index(at: intoTable(seconds[0]).second), index(at: intoTable(seconds[1]).second))
        return begin == end ? Int(offsets[begin]) : nil
    }

    /// The date on the wall at the instant.
    public func localDate(at instant: Instant) -> LocalDate {
        let local = Int(instant.milliseconds) + offsetSeconds(at: instant) * 1000
        return LocalDate(dayNumber: local.floorDivided(by: 86_400_000))
    }

    /// The first instant that bears the date, or the first after it if none does.
    public func midnight(of date: LocalDate) -> Instant {
        let (wall, cycles) = intoTable(Int64(date.dayNumber) * 86_400)
        // No offset is as much as 26 hours, so no earlier stretch can bear the date.
        var stretch = index(at: wall - 26 * 3600)
        while true {
            let reached = max(begins[stretch], wall - Int64(offsets[stretch]))
            if stretch + 1 == begins.count || reached < begins[stretch + 1] {
                return Instant(milliseconds: (reached + cycles * Self.cycleSeconds) * 1000)
            }
            stretch += 1
        }
    }

    private static let cycleSeconds = Int64(LocalDate.daysIn400Years) * 86_400

    /// The same second some whole cycles of 400 years earlier, where the table has it.
    private func intoTable(_ second: Int64) -> (second: Int64, cycles: Int64) {
        // Two days before the end, so that a midnight and its neighbours are in the table together.
        let limit = repeatsFrom - 2 * 86_400
        guard second >= limit else { return (second, 0) }
        let cycles = (second - limit) / Self.cycleSeconds + 1
        return (second - cycles * Self.cycleSeconds, cycles)
    }

    /// The last stretch that begins at or before this second.
    private func index(at second: Int64) -> Int {
        begins.withUnsafeBufferPointer { begins in
            var low = 0
            var high = begins.count
            while high - low > 1 {
                let middle = (low + high) >> 1
                if begins[middle] <= second { low = middle } else { high = middle }
            }
            return low
        }
    }
}

extension ZoneRules: Hashable {
    public static func == (left: ZoneRules, right: ZoneRules) -> Bool {
        left.name == right.name && left.tzif == right.tzif
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(tzif.count)
    }
}

/// Why a zone's bytes cannot be used.
public struct ZoneRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// Codes are never reused.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// Not a TZif file, cut short, or with counts that do not fit.
        case malformed = "zone_malformed"
        /// Version 1, which knows no time after 2037.
        case versionTooOld = "zone_version_too_old"
        /// It counts leap seconds (a `right/` file); an instant here does not.
        case leapSeconds = "zone_leap_seconds"
        /// Its footer is no POSIX rule that can be followed.
        case ruleMalformed = "zone_rule_malformed"
    }

    public let code: Code
    public let zone: String
    public let reason: String

    public var description: String { "zone \(zone): \(reason)" }
}
