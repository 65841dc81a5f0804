public import Settlement
public import Signing
public import Store

/// Closes periods: streams a period's members through the engine and keeps what they come to, while batches go on
/// arriving. Rulebook §4–§7.
public struct PeriodCloser: Sendable {
    let store: Store
    private let signer: DocumentSigner
    let reserve: DiskReserve

    /// Closes leave the `reserve` to batches.
    public init(store: Store, signer: DocumentSigner, reserve: DiskReserve = .none) {
        self.store = store
        self.signer = signer
        self.reserve = reserve
    }

    /// Closes the earliest open period and gives back what was written; a `preview` writes nothing. A close that was
    /// interrupted is gone on with, as of the instant when it began.
    ///
    /// Unless `forced`, `instant` has to be the period's end plus grace or later. `signedDetails` is for a close that is
    /// done again: it gives for the digest of a merchant's DETAILS.csv the one that its statement was signed with. Throws what the store refuses
    /// (another period than the next, too early) and `CloseFailure`; then the period is as open as before.
    @discardableResult
    public func close(
        _ ordinal: Int, at instant: Instant, forced: Bool = false, preview: Bool = false,
        signedDetails: (MerchantID, SHA256Digest) -> SHA256Digest = { $1 }
    ) throws -> ClosedPeriod {
        try store.close(ordinal, at: instant, forced: forced, preview: preview, reserve: reserve) {
            try settled($0, signedDetails)
        }
    }

    private func settled(
        _ run: ClosingRun, _ signedDetails: (MerchantID, SHA256Digest) -> SHA256Digest
    ) throws -> ClosedPeriod {
        let (schedule, period) = (run.schedule, run.period)
        var settlement = PeriodSettlement(
            schedule: schedule, period: period, opening: try run.opening(),
            intake: try run.intake(), bookings: try run.bookings())
        try run.settle(&settlement)
        return try settlement.finish(signer: signer, spread: run, signedDetails: signedDetails)
    }
}
