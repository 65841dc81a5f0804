import Foundation

/// A time zone as Foundation knows it; what a local midnight is, is decided here.
final class OracleZone {
    private let zone: TimeZone
    private var known: [OracleDate: Int64] = [:]

    init(_ name: String) throws {
        guard let zone = TimeZone(identifier: name) else { throw OracleTrouble("\(name) is no time zone") }
        self.zone = zone
    }

    func offsetSeconds(at instant: Int64) -> Int {
        // Offsets change at whole seconds, which a Double holds exactly.
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant / 1000)))
    }

    func localDate(at instant: Int64) -> OracleDate { OracleDate(daysSince1970: localDay(at: instant)) }

    private func localDay(at instant: Int64) -> Int {
        (Int(instant / 1000) + offsetSeconds(at: instant)) / 86_400
    }

    /// §1: "Local midnight is the first instant that bears that local date; of a date that no instant bears,
    /// the first instant after it."
    func midnight(of date: OracleDate) -> Int64 {
        if let instant = known[date] { return instant }
        let instant = search(date)
        known[date] = instant
        return instant
    }

    private func search(_ date: OracleDate) -> Int64 {
        // No zone is further than 15 hours from UTC: the date begins within these two days.
        let utc = Int64(date.daysSince1970) * 86_400_000
        let (from, to) = (utc - 20 * 3_600_000, utc + 20 * 3_600_000)
        let offsets = Set(stride(from: from, through: to, by: 1_800_000).map { offsetSeconds(at: $0) })
        if offsets.count == 1, let offset = offsets.first { return utc - Int64(offset) * 1000 }
        // The clock changes hereabouts: look at every minute, first for the date, then for any later one.
        let (minutes, day) = (stride(from: from, through: to, by: 60_000), date.daysSince1970)
        if let bearing = minutes.first(where: { localDay(at: $0) == day }) { return bearing }
        guard let after = minutes.first(where: { localDay(at: $0) > day }) else {
            preconditionFailure("\(date.text) begins nowhere near itself")
        }
        return after
    }

    /// RFC 3339 in local offset, seconds.
    func text(of instant: Int64) -> String {
        let offset = offsetSeconds(at: instant)
        let local = Int(instant / 1000) + offset
        let (date, second) = (OracleDate(daysSince1970: local / 86_400), local % 86_400)
        let time = [second / 3600, second / 60 % 60, second % 60].map { padded($0, 2) }.joined(separator: ":")
        let (sign, distance) = (offset < 0 ? "-" : "+", abs(offset))
        return "\(date.text)T\(time)\(sign)\(padded(distance / 3600, 2)):\(padded(distance / 60 % 60, 2))"
    }
}

/// One settlement period: §4 "Periods follow the local calendar of the alliance's time zone".
struct OracleSpan {
    let ordinal: Int
    let id: String
    let start: Int64
    let end: Int64
}

extension OracleAlliance {
    /// Every period from the first through the one named, in order.
    func periods(through last: String, in zone: OracleZone) throws -> [OracleSpan] {
        let spans = periods(in: zone) { $0.last?.id == last || $0.count == 5000 }
        guard spans.last?.id == last else { throw OracleTrouble("no period \(last) after \(start.text)") }
        return spans
    }

    /// The periods from the first on, until they are enough.
    func periods(in zone: OracleZone, until areEnough: ([OracleSpan]) -> Bool) -> [OracleSpan] {
        var spans: [OracleSpan] = []
        var first = start
        while !areEnough(spans) {
            let (id, next) = named(first)
            let (begin, end) = (zone.midnight(of: first), zone.midnight(of: next))
            spans.append(OracleSpan(ordinal: spans.count, id: id, start: begin, end: end))
            first = next
        }
        return spans
    }

    /// §4: "ids look like `2026-11`, `2026-W47`, `2026-11-24`".
    private func named(_ first: OracleDate) -> (id: String, next: OracleDate) {
        switch period {
        case "day": (first.text, first.adding(days: 1))
        case "week": (first.weekText, first.adding(days: 7))
        case "month": (first.monthText, first.adding(months: 1))
        default: preconditionFailure("there is no period \(period)")
        }
    }
}
