import Settlement
import Testing

@Suite struct ZoneRulesTests {
    private func midnight(_ zone: ZoneRules, _ date: String) -> String {
        let midnight = zone.midnight(of: LocalDate(date)!)
        return midnight.text(offsetSeconds: zone.offsetSeconds(at: midnight), milliseconds: false)
    }

    @Test(
        "Midnight is the first instant of its date, or the first after a date that never was",
        arguments: [
            ("Europe/Berlin", "2026-03-29", "2026-03-29T00:00:00+01:00"),
            ("Europe/Berlin", "2026-03-30", "2026-03-30T00:00:00+02:00"),
            ("Africa/Cairo", "2025-04-25", "2025-04-25T01:00:00+03:00"),
            ("America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00"),
            ("America/Havana", "2026-03-08", "2026-03-08T01:00:00-04:00"),
            ("America/Havana", "2026-11-01", "2026-11-01T00:00:00-04:00"),
            ("Atlantic/Azores", "2025-10-26", "2025-10-26T00:00:00+00:00"),
            ("Pacific/Apia", "2011-12-29", "2011-12-29T00:00:00-10:00"),
            ("Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00"),
            ("Pacific/Apia", "2011-12-31", "2011-12-31T00:00:00+14:00"),
            ("Asia/Kathmandu", "2026-01-01", "2026-01-01T00:00:00+05:45"),
            ("Etc/UTC", "2026-01-01", "2026-01-01T00:00:00+00:00"),
        ])
    func midnights(zone: String, date: String, expected: String) throws {
        #expect(midnight(try MachineZones.rules(zone), date) == expected)
    }

    @Test("The wall clock may go back over midnight: the date is borne twice, its first instant counts")
    func clockBackOverMidnight() throws {
        // St. John's put its clocks back at 00:01, to 23:01 of the day before.
        let zone = try MachineZones.rules("America/St_Johns")
        let midnight = try #require(Instant(rfc3339: "2010-11-07T00:00:00-02:30"))
        #expect(zone.midnight(of: LocalDate("2010-11-07")!) == midnight)
        #expect(zone.localDate(at: midnight).description == "2010-11-07")
        #expect(zone.localDate(at: midnight.advanced(byMilliseconds: 60_000)).description == "2010-11-06")
    }

    @Test("A footer's rule gives the same midnights as the changes that it stands for")
    func footer() throws {
        let listed = try MachineZones.rules("Europe/Berlin")
        let file = TZifBytes(
            offsets: [3600, 7200], changes: [(at: 828_234_000, type: 1), (at: 846_378_000, type: 0)],
            footer: "CET-1CEST,M3.5.0,M10.5.0/3")
        let ruled = try ZoneRules(name: "Test/Berlin", tzif: file.bytes)
        for day in 10_957..<24_000 {
            let date = LocalDate(dayNumber: day)
            #expect(listed.midnight(of: date) == ruled.midnight(of: date), "\(date)")
        }
    }

    @Test("Far dates follow the rule for ever, the calendar repeating itself after 400 years")
    func farDates() throws {
        let zone = try MachineZones.rules("America/New_York")
        #expect(midnight(zone, "2099-07-01") == "2099-07-01T00:00:00-04:00")
        #expect(midnight(zone, "9999-07-01") == "9999-07-01T00:00:00-04:00")
        #expect(midnight(zone, "9999-12-31") == "9999-12-31T00:00:00-05:00")
        let cycle = Int64(146_097) * 86_400_000
        for day in stride(from: 40_000, to: 340_000, by: 1) {
            let midnight = zone.midnight(of: LocalDate(dayNumber: day))
            let later = zone.midnight(of: LocalDate(dayNumber: day + 146_097))
            #expect(later == midnight.advanced(byMilliseconds: cycle))
            #expect(zone.localDate(at: midnight).dayNumber == day)
            #expect(zone.localDate(at: midnight.advanced(byMilliseconds: -1)).dayNumber == day - 1)
        }
    }

    @Test(
        "Every form of a footer's rule is read",
        arguments: [
            ("XXX3", "2026-07-01T00:00:00-03:00"), ("<-03>3", "2026-07-01T00:00:00-03:00"),
            ("XXX-5:30", "2026-07-01T00:00:00+05:30"), ("", "2026-07-01T00:00:00-03:00"),
            ("XXX3YYY,J60/0,J300/0", "2026-07-01T00:00:00-02:00"),
            ("XXX3YYY,0/0,J365/23", "2026-07-01T00:00:00-02:00"),
            ("XXX3YYY1,M3.4.4/50,M10.4.4/-50", "2026-07-01T00:00:00-01:00"),
            ("XXX3YYY,M10.1.0/+1:00:01,M3.3.0/0", "2026-07-01T00:00:00-03:00"),
            ("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-07-01T00:00:00+01:00"),
        ])
    func footers(footer: String, expected: String) throws {
        // A rule that never changes says again what the last listed offset was.
        let standard: Int32 = footer == "XXX-5:30" ? 19_800 : -10_800
        let zone = try ZoneRules(name: "Test", tzif: TZifBytes(offsets: [standard], footer: footer).bytes)
        #expect(midnight(zone, "2026-07-01") == expected)
    }

    @Test("Days of a rule that count 29 February, or do not, fall where they should")
    func ordinalDays() throws {
        // J60 is 1 March in every year; 59 is 29 February in leap years and 1 March in others.
        for (footer, date) in [("XXX0YYY,J60/0,J300/0", "03-01"), ("XXX0YYY,59/0,J300/0", "02-29")] {
            let zone = try ZoneRules(name: "Test", tzif: TZifBytes(footer: footer).bytes)
            let change = try #require(Instant(rfc3339: "2028-\(date)T00:00:00Z"))
            #expect(zone.offsetSeconds(at: change.advanced(byMilliseconds: -1)) == 0)
            #expect(zone.offsetSeconds(at: change) == 3600)
            let march = try #require(Instant(rfc3339: "2026-03-01T00:00:00Z"))
            #expect(zone.offsetSeconds(at: march.advanced(byMilliseconds: -1)) == 0)
            #expect(zone.offsetSeconds(at: march) == 3600)
        }
    }

    @Test("Bytes that are no zone are refused with a code")
    func refusals() throws {
        func code(_ bytes: [UInt8]) -> ZoneRefusal.Code? {
            do throws(ZoneRefusal) {
                _ = try ZoneRules(name: "Test", tzif: bytes)
                return nil
            } catch { return error.code }
        }
        #expect(code(TZifBytes().bytes) == nil)
        #expect(code([]) == .malformed)
        #expect(code(Array("TZif".utf8)) == .malformed)
        #expect(code(TZifBytes(version: 0).bytes) == .versionTooOld)
        #expect(code(TZifBytes(leapSeconds: 1).bytes) == .leapSeconds)
        #expect(code(TZifBytes(offsets: []).bytes) == .malformed)
        #expect(code(TZifBytes(offsets: [93_600]).bytes) == .malformed)
        #expect(code(TZifBytes(changes: [(at: 5, type: 1)]).bytes) == .malformed)
        #expect(code(TZifBytes(changes: [(at: 5, type: 0), (at: 5, type: 0)]).bytes) == .malformed)
        #expect(code(TZifBytes(changes: [(at: .max, type: 0)]).bytes) == .malformed)
        #expect(code(TZifBytes(changes: [(at: .min, type: 0)]).bytes) == nil)
        for footer in [
            "XX3", "XXX", "XXX25", "XXX3YYY", "XXX3YYY,M13.1.0,M1.1.0", "XXX3YYY,M3.6.0,M10.1.0",
            "XXX3YYY,M3.1.0", "XXX3YYY,M3.1.0,M10.1.0x", "<XXX3", "XXX3YYY,366,J1", "XXX3YYY,J0,J1",
            "XXX3YYY,M3.1.0/168,M10.1.0",
        ] {
            #expect(code(TZifBytes(footer: footer).bytes) == .ruleMalformed, "\(footer)")
        }
    }

    @Test("A zone's file cut short or with a byte changed is read or refused, never a trap")
    func damaged() throws {
        let whole = try MachineZones.tzif("Europe/Berlin")
        for length in stride(from: 0, to: whole.count, by: 7) {
            #expect(throws: ZoneRefusal.self) { try ZoneRules(name: "Test", tzif: Array(whole[..<length])) }
        }
        for place in stride(from: 0, to: whole.count, by: 11) {
            var damaged = whole
            damaged[place] ^= 0x80
            if let zone = try? ZoneRules(name: "Test", tzif: damaged) {
                _ = zone.midnight(of: LocalDate("2026-03-29")!)
            }
        }
    }

    @Test("Rules are equal where their names and bytes are")
    func equality() throws {
        let berlin = try MachineZones.rules("Europe/Berlin")
        #expect(try MachineZones.rules("Europe/Berlin") == berlin)
        #expect(try ZoneRules(name: "Europe/Paris", tzif: berlin.tzif) != berlin)
        #expect(try MachineZones.rules("Africa/Cairo") != berlin)
        #expect(Set([berlin, try MachineZones.rules("Europe/Berlin")]).count == 1)
    }
}
