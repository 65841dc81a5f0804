public import Settlement
public import Signing
public import Store

/// Closes periods: streams a period's members through the engine and keeps what they come to, in one
/// transaction. Rulebook §4–§7.
public struct PeriodCloser: Sendable {
    let store: Store
    private let signer: DocumentSigner

    public init(store: Store, signer: DocumentSigner) {
        self.store = store
        self.signer = signer
    }

    /// Closes the earliest open period and gives back what was written; a `preview` writes nothing.
    ///
    /// Unless `forced`, `instant` has to be the period's end plus grace or later. Throws what the store refuses
    /// (another period than the next, too early) and `CloseFailure`; then nothing is written.
    @discardableResult
    public func close(
        _ ordinal: Int, at instant: Instant, forced: Bool = false, preview: Bool = false
    ) throws -> ClosedPeriod {
        try store.close(ordinal, at: instant, forced: forced, preview: preview) { try settled($0) }
    }

    private func settled(_ transaction: ClosingTransaction) throws -> ClosedPeriod {
        let (schedule, period) = (transaction.schedule, transaction.period)
        var settlement = PeriodSettlement(
            schedule: schedule, period: period, opening: try transaction.opening(),
            intake: try transaction.intake(), bookings: try transaction.bookings())
        try transaction.settle(&settlement)
        return try settlement.finish(signer: signer, spread: transaction.onEachCore)
    }
}
