import Settlement
import Store

/// What came in since the start, counted at the door: over HTTP and from the spool alike, dry runs not.
final class IntakeMeasures: Sendable {
    /// New batches, copies of stored ones, batches that were refused, and those that were neither, for want of room or
    /// in trouble: these come again.
    let stored = Counter()
    let copies = Counter()
    let refused = Counter()
    let failed = Counter()

    /// Of stored batches: their bytes, unpacked, and what became of their records.
    let bytes = Counter()
    let accepted = Counter()
    let duplicates = Counter()
    let refusedRecords = Counter()

    /// From a stored batch's being whole until its receipt is durable.
    let receipts = Latencies()

    private let codes = Dictionary(
        uniqueKeysWithValues: BatchRefusalCode.allCases.map { ($0, Counter()) })

    func count(_ answer: Intake.Answer, bytes: Int, took: Duration) {
        guard case .stored(_, let receipt) = answer else { return copies.add() }
        stored.add()
        receipts.add(took)
        self.bytes.add(bytes)
        accepted.add(Int(receipt.counts.accepted))
        duplicates.add(Int(receipt.counts.duplicates))
        refusedRecords.add(Int(receipt.counts.refused))
    }

    func count(_ refusal: BatchRefusal) {
        refused.add()
        codes[refusal.code]?.add()
    }

    /// Batches refused whole, by code.
    var refusals: [(code: BatchRefusalCode, count: Int)] {
        BatchRefusalCode.allCases.map { ($0, codes[$0]?.count ?? 0) }
    }
}
