import Settlement
import Testing

@Suite struct PeriodCalendarTests {
    private func calendar(_ length: PeriodLength, _ start: String, _ zone: String) throws -> PeriodCalendar {
        PeriodCalendar(length: length, start: LocalDate(start)!, zone: try MachineZones.rules(zone))
    }

    private func instant(_ text: String) -> Instant { Instant(rfc3339: text)! }

    @Test("Months follow the local calendar and its daylight-saving changes")
    func months() throws {
        let calendar = try calendar(.month, "2026-01-01", "Europe/Berlin")
        #expect(
            calendar.period(2)
                == Period(
                    ordinal: 2, id: "2026-03", start: instant("2026-03-01T00:00:00+01:00"),
                    end: instant("2026-04-01T00:00:00+02:00")))
        #expect(calendar.period(12).id == "2027-01")
        #expect(calendar.ordinal(containing: instant("2026-01-01T00:00:00+01:00")) == 0)
        #expect(calendar.ordinal(containing: instant("2025-12-31T23:59:59.999+01:00")) == nil)
        #expect(calendar.ordinal(containing: instant("2026-03-31T23:59:59.999+02:00")) == 2)
        #expect(calendar.ordinal(containing: instant("2026-04-01T00:00:00+02:00")) == 3)
        #expect(calendar.ordinal(containing: LocalDate("2026-03-31")!) == 2)
        #expect(calendar.ordinal(containing: LocalDate("2025-12-31")!) == nil)
    }

    @Test("Weeks are ISO weeks: 2026 has a week 53, then comes the first of 2027")
    func weeks() throws {
        let calendar = try calendar(.week, "2026-12-21", "Europe/Berlin")
        #expect((0...3).map { calendar.period($0).id } == ["2026-W52", "2026-W53", "2027-W01", "2027-W02"])
        #expect(calendar.period(1).start == instant("2026-12-28T00:00:00+01:00"))
        #expect(calendar.period(1).end == instant("2027-01-04T00:00:00+01:00"))
        #expect(calendar.ordinal(containing: instant("2027-01-03T23:59:59.999+01:00")) == 1)
        #expect(calendar.ordinal(containing: instant("2027-01-04T00:00:00+01:00")) == 2)
        #expect(calendar.ordinal(containing: instant("2026-12-20T23:59:59.999+01:00")) == nil)
    }

    @Test("A day of 23 hours and one of 25 are one period each")
    func daysOfOtherLength() throws {
        let calendar = try calendar(.day, "2026-03-28", "Europe/Berlin")
        let short = calendar.period(1)
        #expect(short.id == "2026-03-29")
        #expect(short.end.milliseconds - short.start.milliseconds == 23 * 3_600_000)
        #expect(calendar.ordinal(containing: instant("2026-03-29T23:30:00+02:00")) == 1)
        #expect(calendar.ordinal(containing: instant("2026-03-30T00:30:00+02:00")) == 2)
        let long = calendar.period(try #require(calendar.ordinal(id: "2026-10-25")))
        #expect(long.end.milliseconds - long.start.milliseconds == 25 * 3_600_000)
    }

    @Test("A day without midnight begins with its first instant, and one that never was is empty")
    func daysWithoutMidnight() throws {
        let cairo = try calendar(.day, "2025-04-24", "Africa/Cairo")
        #expect(cairo.period(1).start == instant("2025-04-25T01:00:00+03:00"))
        #expect(cairo.ordinal(containing: instant("2025-04-24T23:59:59+02:00")) == 0)
        #expect(cairo.ordinal(containing: instant("2025-04-25T01:00:00+03:00")) == 1)
        let apia = try calendar(.day, "2011-12-29", "Pacific/Apia")
        #expect(apia.period(1).id == "2011-12-30")
        #expect(apia.period(1).start == apia.period(1).end)
        #expect(apia.period(2).start == apia.period(1).end)
        #expect(apia.ordinal(containing: apia.period(2).start) == 2)
        #expect(apia.ordinal(containing: apia.period(2).start.advanced(byMilliseconds: -1)) == 0)
    }

    @Test("When the clock goes back over midnight, the minutes borne twice are of the later day's period")
    func clockBackOverMidnight() throws {
        let calendar = try calendar(.month, "2010-01-01", "America/St_Johns")
        let days = try self.calendar(.day, "2010-11-06", "America/St_Johns")
        let midnight = instant("2010-11-07T00:00:00-02:30")
        #expect(days.period(1).start == midnight)
        // A minute later the wall shows 23:01 of the 6th again.
        #expect(days.ordinal(containing: midnight.advanced(byMilliseconds: 60_000)) == 1)
        #expect(days.ordinal(containing: midnight.advanced(byMilliseconds: -1)) == 0)
        #expect(calendar.ordinal(containing: midnight) == 10)
    }

    @Test(
        "Periods lie side by side, contain what lies in them, and are found by id",
        arguments: [
            ("Europe/Berlin", "2000-01-01"), ("America/Havana", "2001-01-01"), ("Pacific/Apia", "2011-01-01"),
            ("Asia/Gaza", "2007-01-01"), ("America/St_Johns", "2000-01-01"),
            ("Antarctica/Troll", "2018-01-01"),
        ])
    func sideBySide(zone: String, start: String) throws {
        for (length, count) in [(PeriodLength.day, 8000), (.week, 1500), (.month, 400)] {
            var first = LocalDate(start)!
            while !length.begins(on: first) { first = first.adding(days: 1) }
            let calendar = try calendar(length, first.description, zone)
            var end = calendar.period(0).start
            for ordinal in 0..<count {
                let period = calendar.period(ordinal)
                #expect(period.start == end)
                #expect(calendar.ordinal(id: period.id) == ordinal)
                end = period.end
                guard period.start < end else { continue }
                let inside = period.start.advanced(
                    byMilliseconds: (end.milliseconds - period.start.milliseconds) / 2)
                for instant in [period.start, inside, period.lastMillisecond] {
                    #expect(calendar.ordinal(containing: instant) == ordinal, "\(zone) \(instant)")
                    #expect(period.contains(instant))
                }
                #expect(!period.contains(end))
            }
        }
    }

    @Test("An id of another kind, of no period or from before the start is none")
    func foreignIDs() throws {
        let months = try calendar(.month, "2026-01-01", "Europe/Berlin")
        for id in ["2025-12", "2026-13", "2026-1", "2026-W01", "2026-01-01", "", "2026-00", "26-01"] {
            #expect(months.ordinal(id: id) == nil, "\(id)")
        }
        let weeks = try calendar(.week, "2026-01-05", "Europe/Berlin")
        #expect(weeks.ordinal(id: "2026-W53") == 51)
        for id in [
            "2027-W53", "2026-W1", "2026-w02", "2026W02", "2026-W00", "2026-01", "+026-W02", "2026-W+2",
        ] {
            #expect(weeks.ordinal(id: id) == nil, "\(id)")
        }
    }
}
