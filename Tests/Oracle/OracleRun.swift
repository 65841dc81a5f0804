/// The slow, obvious second implementation of the settlement rulebook, against which the real one is held.
///
/// It is written from the rulebook alone and shares nothing with the program. It starts where records have
/// been read: it knows no bytes, signatures, batches, sequences, receipts or DETAILS. Amounts that do not fit
/// 64 bits stop it.
public enum Oracle {
    /// Settles every period from the first through `through`.
    ///
    /// Throws when a time zone or period is unknown or a text is not in the acceptance formats.
    public static func run(
        alliance: OracleAlliance, records: [OracleArrival], bookings: [OracleBooking], through: String
    ) throws -> [OraclePeriod] {
        let zone = try OracleZone(alliance.timezone)
        let periods = try alliance.periods(through: through, in: zone)
        let intake = OracleIntake(alliance, zone, periods)
        var ledger = OracleLedger(alliance, zone)
        var waiting = inOrderOfArrival(records)
        var settled: [OraclePeriod] = []
        for span in periods {
            // §4: a period closes at its end plus grace; "What is received exactly at `end + grace` is in
            // time."
            let closes = span.end + alliance.graceHours * 3_600_000
            while let next = waiting.first, next.received ?? .min <= closes {
                waiting.removeFirst()
                // "the end of the last period of the run is its instant of receipt"
                let received = next.received ?? periods[periods.count - 1].end
                intake.take(next.record, received: received, earliestOpen: span.ordinal)
            }
            let booked = bookings.filter { period(of: $0, periods, zone) == span.ordinal }
            settled.append(ledger.close(span, intake, booked))
        }
        return settled
    }

    /// The same from the texts of the acceptance formats.
    public static func run(
        alliance: String, records: String, bookings: String?, through: String
    ) throws -> [OraclePeriod] {
        try run(
            alliance: OracleAlliance(yaml: alliance), records: OracleArrival.read(csv: records),
            bookings: bookings.map { try OracleBooking.read(csv: $0) } ?? [], through: through)
    }

    /// "Without `received` a record arrives before the first close, ahead of those that have one […]. Rows of
    /// one instant arrive in the order of the file."
    private static func inOrderOfArrival(_ records: [OracleArrival]) -> ArraySlice<OracleArrival> {
        let numbered = Array(records.enumerated()).sorted { a, b in
            firstDifference(
                before(a.element.received ?? .min, b.element.received ?? .min), before(a.offset, b.offset))
        }
        return numbered.map(\.element)[...]
    }

    /// §6: bookings "belong to the open period that contains their booking date, else to the earliest open";
    /// all of them are booked before the first close. Nil is beyond the run.
    private static func period(
        of booking: OracleBooking, _ periods: [OracleSpan], _ zone: OracleZone
    ) -> Int? {
        let day = zone.midnight(of: booking.date)
        if day < periods[0].start { return 0 }
        return periods.first { $0.start <= day && day < $0.end }?.ordinal
    }
}
