/// What statements and closings of a period begin with.
struct PeriodHeading: Sendable {
    let schedule: Schedule
    let period: Period

    /// The members `period` and `currency`.
    func write(to json: inout CanonicalJSON) {
        json.member("period") { json in
            json.member("id", period.id)
            json.member("start", localText(period.start))
            json.member("end", localText(period.end))
            json.member("timezone", schedule.alliance.timezone)
        }
        json.member("currency") { json in
            json.member("code", schedule.alliance.currency.code)
            json.member("exponent", Int64(schedule.alliance.currency.exponent))
        }
    }

    /// RFC 3339 in local offset, seconds.
    private func localText(_ instant: Instant) -> String {
        instant.text(offsetSeconds: schedule.zone.offsetSeconds(at: instant), milliseconds: false)
    }
}
