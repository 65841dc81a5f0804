/// Judges the records of one batch as `Admission` does. What nearly all of them have in common, the same
/// merchant under the same terms, is looked up once for all.
public struct BatchAdmission {
    private let merchant: MerchantID
    private let schedule: Schedule
    private let received: Instant
    /// The stretch of time looked at last.
    private var plain: Plain?

    /// A stretch of time in which a record of the merchant that bears neither campaign nor item can be refused
    /// for its rate only.
    private struct Plain {
        let instants: ClosedRange<Int64>
        let mostPointsPerUnit: PointsPerUnit?
    }

    public init(of merchant: MerchantID, schedule: Schedule, received: Instant) {
        self.merchant = merchant
        self.schedule = schedule
        self.received = received
    }

    /// Why the record is refused alone; nil if it is not. The codes are those of `Admission.judge`.
    @inline(__always)
    public mutating func judge(_ view: RecordView) -> RecordRefusalCode? {
        if view.campaign.isEmpty, view.item.isEmpty {
            if let plain, plain.instants.contains(view.at.milliseconds) { return rateRefusal(view, plain) }
            plain = stretch(around: view.at)
            if let plain, plain.instants.contains(view.at.milliseconds) { return rateRefusal(view, plain) }
        }
        return Admission.judge(view.record, of: merchant, schedule: schedule, received: received)
    }

    private func rateRefusal(_ view: RecordView, _ plain: Plain) -> RecordRefusalCode? {
        guard let most = plain.mostPointsPerUnit, view.type == .earn, let amount = view.amount else {
            return nil
        }
        return Admission.exceeds(
            most, points: view.points, amount: amount, currency: schedule.alliance.currency)
            ? .pointsExceedTerms : nil
    }

    private func stretch(around instant: Instant) -> Plain? {
        guard let standing = schedule.standing(of: merchant, at: instant), standing.status != .left else {
            return nil
        }
        let days = schedule.alliance.maxAgeDays
        let oldest = days > 0 ? received.advanced(byHours: -24 * days) : .earliest
        let lower = max(schedule.calendar.period(0).start, standing.from, oldest)
        var upper = received.advanced(byMilliseconds: Admission.toleranceMilliseconds)
        if let until = standing.until { upper = min(upper, until.advanced(byMilliseconds: -1)) }
        guard lower <= upper else { return nil }
        return Plain(
            instants: lower.milliseconds...upper.milliseconds,
            mostPointsPerUnit: standing.terms.maxPointsPerUnit)
    }
}
