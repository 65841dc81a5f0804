public import Settlement
import Signing
import Store

/// What a close now would give, statement by statement, and what the operator should look at before. It is made by the
/// close itself, which is then forgotten.
public struct ClosePreview: Sendable {
    /// One statement; amounts in minor units.
    struct Row: Sendable {
        let merchant: String
        let balance: StatementDocument.Balance
        /// The activity less that of the period before; nil where that had no statement.
        let change: Int64?
    }

    let period: Period
    /// Now, and from when on the period may close.
    let at: Instant
    let closesFrom: Instant
    let rows: [Row]
    /// By kind, then merchant.
    let warnings: [CloseWarning]
    /// CLOSING.json as it would be.
    let closingBytes: [UInt8]
    let closing: ClosingDocument
    let alliance: Alliance
    /// In which the alliance's days are.
    let zone: ZoneRules

    /// Previews the close of the earliest open period, whether its time has come or not. Nothing is written.
    ///
    /// Throws `CloseFailure` where a check forbids the close, `CloseRefusal` where another than `asked` is the
    /// earliest open period or becomes it meanwhile, and what the store throws.
    public init(
        _ closer: PeriodCloser, of asked: Int? = nil, at instant: Instant, factor: UnusualFactor = .standard
    ) throws {
        let store = closer.store
        let schedule = try store.schedule()
        let ordinal = try asked ?? store.earliestOpen()
        let closed = try closer.close(ordinal, at: instant, forced: true, preview: true)
        closingBytes = closed.closing.bytes
        closing = try ClosingDocument(bytes: closingBytes, place: "CLOSING.json")
        alliance = schedule.alliance
        zone = schedule.zone
        period = schedule.calendar.period(ordinal)
        at = instant
        closesFrom = period.end.advanced(byHours: alliance.graceHours)
        let statements = try closed.statements.map {
            try StatementDocument(bytes: $0.document.bytes, place: "the statement of \($0.merchant)")
        }
        let course = try Self.course(before: ordinal, in: store)
        rows = statements.map { statement in
            let before = course.last?[statement.merchant]
            return Row(
                merchant: statement.merchant, balance: statement.balance,
                change: before.map { Int64(clamping: Int128(statement.balance.activity) - Int128($0)) })
        }
        let silent = Self.silent(
            in: period, schedule, reporting: try store.merchantsReporting(in: ordinal))
        warnings =
            silent.map { CloseWarning(merchant: $0.text, finding: .notReported) }
            + statements.flatMap(CloseWarning.missing)
            + statements.compactMap { CloseWarning.unusual($0, course: course, factor: factor) }
            + statements.compactMap(CloseWarning.pending)
            + CloseWarning.exposed(closingBytes, alliance)
    }

    /// Each merchant's activity in the periods before one, the latest last.
    private static func course(before period: Int, in store: Store) throws -> [[String: Int64]] {
        let first = max(0, period - UnusualFactor.periods.upperBound)
        return try (first..<period).map { ordinal in
            let stored = try store.closing(ofClosed: ordinal)
            let closing = try ClosingDocument(bytes: stored.document.bytes, place: "closing \(stored.number)")
            return Dictionary(closing.positions.map { ($0.merchant, $0.activity) }) { first, _ in first }
        }
    }

    /// Active merchants that have not reported, by id.
    private static func silent(
        in period: Period, _ schedule: Schedule, reporting: Set<MerchantID>
    ) -> [MerchantID] {
        let last = period.lastMillisecond
        return schedule.alliance.merchants.map(\.id).filter { merchant in
            !reporting.contains(merchant) && schedule.status(of: merchant, at: last) == .active
                && schedule.terms(of: merchant, at: last) != nil
        }
    }
}
