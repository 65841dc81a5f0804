public import Settlement
import Store

extension PeriodCloser {
    /// What there was to close.
    public enum DueClose: Sendable {
        /// Nothing yet: the earliest open period closes from this instant on.
        case notBefore(Instant)
        case closed(Period, ClosedPeriod)
    }

    /// Closes the earliest open period if `instant` is its end plus the grace or later, or if its close was begun and
    /// interrupted. Throws as `close` does.
    public func closeIfDue(at instant: Instant) throws -> DueClose {
        let schedule = try store.schedule()
        if let begun = try store.unfinishedClose() {
            let period = schedule.calendar.period(begun.period)
            return .closed(period, try close(begun.period, at: instant))
        }
        let ordinal = try store.earliestOpen()
        let period = schedule.calendar.period(ordinal)
        let from = period.end.advanced(byHours: schedule.alliance.graceHours)
        guard instant >= from else { return .notBefore(from) }
        return .closed(period, try close(ordinal, at: instant))
    }

    /// Closes as `close` does; where a check or damage forbids it, that is written down as the daemon does.
    @discardableResult
    public func closeNoting(
        _ ordinal: Int, at instant: Instant, forced: Bool = false
    ) throws -> ClosedPeriod {
        do { return try close(ordinal, at: instant, forced: forced) } catch {
            // What made the close fail is told, also where it cannot be noted.
            if Self.isForbidden(by: error) { try? noteFailure("\(error)", at: instant) }
            throw error
        }
    }

    /// Whether a close that ended so fails until a person solves its cause.
    private static func isForbidden(by error: any Error) -> Bool {
        switch error {
        case is CloseFailure: true
        case let trouble as StoreTrouble: trouble.isDamage
        default: false
        }
    }

    /// Writes down that the earliest open period could not be closed, and why; once for each cause, as long as that
    /// stays the same.
    func noteFailure(_ reason: String, at instant: Instant) throws {
        let ordinal = try store.earliestOpen()
        if let noted = try store.failedClose(), noted.period == ordinal, noted.reason == reason { return }
        try store.noteFailedClose(of: ordinal, because: reason, at: instant)
    }
}
