import Testing

@testable import Settlement

@Suite("Local times of DETAILS.csv")
struct LocalClockTextTests {
    private let space = RowSpace()

    private func text(_ instant: Instant, _ clock: inout LocalClockText) -> String {
        var row = RowText(in: space)
        clock.write(instant, to: &row)
        return String(decoding: row.bytes, as: UTF8.self)
    }

    /// The first and last days that a record may name, days on which clocks change, days from before there were
    /// zones, and one that stands for most.
    private static let days = [
        "0000-01-01", "0000-01-02", "0000-01-03", "1880-05-05", "1883-11-18", "2011-12-30", "2026-03-29",
        "2026-10-25", "2026-11-28", "9999-12-29", "9999-12-30",
    ]

    @Test(
        "They are those of the zone, to the millisecond, on every day",
        arguments: ["Europe/Berlin", "Asia/Singapore", "America/New_York", "Pacific/Apia", "Etc/UTC"])
    func texts(name: String) throws {
        let zone = try MachineZones.rules(name)
        var clock = LocalClockText(zone: zone)
        for day in Self.days {
            let midnight = zone.midnight(of: try #require(LocalDate(day)))
            // Twice over, as what a day has in common is kept.
            for hour in Array(0..<24) + [0, 12] {
                let instant = midnight.advanced(byMilliseconds: Int64(hour) * 3_600_000 + 61_007)
                let offset = zone.offsetSeconds(at: instant)
                #expect(
                    text(instant, &clock) == instant.text(offsetSeconds: offset, milliseconds: true),
                    "\(day) \(hour)")
            }
        }
    }
}
