import Settlement
import Signing

/// A batch as it travels.
struct SignedBatch: Sendable {
    let bytes: [UInt8]
    let signature: String
    let records: Int
}

/// Cuts a workload into batches of so many records, one merchant's each, signed with Ed25519.
struct SignedBatches {
    private let size: Int
    private var workload: Workload
    private let keys: [SigningKey]
    private var open: [[Record]]
    private var sequences: [Int64]

    /// Each merchant's batches are numbered from `sequence` on.
    init(_ shape: Shape, size: Int, from sequence: Int64 = 1) throws {
        self.size = size
        workload = Workload(shape)
        keys = try Workload.merchants.indices.map { try Self.key(of: $0) }
        open = Array(repeating: [], count: Workload.merchantCount)
        sequences = Array(repeating: sequence - 1, count: Workload.merchantCount)
    }

    /// The key that a merchant signs with.
    static func key(of merchant: Int) throws -> SigningKey {
        try .ed25519(
            id: "bench-\(merchant)", seed: SecretBytes(Array(repeating: UInt8(merchant + 1), count: 32)))
    }

    /// Reads this many further records: the batches that they fill, and behind the last record those that
    /// are not full.
    mutating func next(records: Int) -> [SignedBatch] {
        var batches: [SignedBatch] = []
        for _ in 0..<records {
            guard let reported = workload.next() else { break }
            open[reported.merchant].append(reported.record)
            if open[reported.merchant].count == size { batches.append(close(reported.merchant)) }
        }
        if workload.isDone {
            for merchant in open.indices where !open[merchant].isEmpty { batches.append(close(merchant)) }
        }
        return batches
    }

    private mutating func close(_ merchant: Int) -> SignedBatch {
        let records = open[merchant]
        open[merchant] = []
        sequences[merchant] += 1
        let header = BatchHeader(
            merchant: Workload.merchants[merchant], batch: BatchID(verified: "b\(sequences[merchant])"),
            sequence: sequences[merchant], for: records)
        let bytes = BatchWriter.bytes(header, records, form: .ndjson)
        return SignedBatch(bytes: bytes, signature: keys[merchant].sign(bytes), records: records.count)
    }
}
