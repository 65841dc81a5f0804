import Settlement
import Signing

/// A batch as it travels.
struct SignedBatch: Sendable {
    let bytes: [UInt8]
    let signature: String
    let records: Int
}

/// Cuts a workload into batches of 500 records, one merchant's each, signed with Ed25519.
struct SignedBatches {
    static let size = 500

    private var workload: Workload
    private let keys: [SigningKey]
    private var open: [[Record]]
    private var sequences: [Int64]
    private var isDrained = false

    init(_ workload: Workload) throws {
        self.workload = workload
        keys = try Workload.merchants.indices.map { try Self.key(of: $0) }
        open = Array(repeating: [], count: Workload.merchantCount)
        sequences = Array(repeating: 0, count: Workload.merchantCount)
    }

    /// The key that a merchant signs with.
    static func key(of merchant: Int) throws -> SigningKey {
        try .ed25519(
            id: "bench-\(merchant)", seed: SecretBytes(Array(repeating: UInt8(merchant + 1), count: 32)))
    }

    /// The next batches, at least this many records in all while there are as many.
    mutating func next(records: Int) -> [SignedBatch] {
        var batches: [SignedBatch] = []
        var count = 0
        while count < records, let reported = workload.next() {
            open[reported.merchant].append(reported.record)
            guard open[reported.merchant].count == Self.size else { continue }
            batches.append(close(reported.merchant))
            count += Self.size
        }
        if count < records, !isDrained {
            isDrained = true
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
