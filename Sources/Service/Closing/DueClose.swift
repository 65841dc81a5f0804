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
        let ordinal = try store.earliestOpen()
        let period = schedule.calendar.period(ordinal)
        if try store.unfinishedClose() != nil { return .closed(period, try close(ordinal, at: instant)) }
        let from = period.end.advanced(byHours: schedule.alliance.graceHours)
        guard instant >= from else { return .notBefore(from) }
        return .closed(period, try close(ordinal, at: instant))
    }

    /// Closes as `close` does; what keeps it from ending until somebody does something is written down as the daemon does.
    @discardableResult
    public func closeNoting(
        _ ordinal: Int, at instant: Instant, forced: Bool = false
    ) throws -> ClosedPeriod {
        do { return try close(ordinal, at: instant, forced: forced) } catch {
            // What made the close fail is told, also where it cannot be noted.
            if let hindrance = hindrance(error) { try? note(hindrance, at: instant) }
            throw error
        }
    }
}
