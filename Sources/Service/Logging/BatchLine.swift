import Logging
import Settlement

/// What the log says of one batch, wherever it came from: whose it was, what became of it, and how long that took. No
/// member's id, and of what it bore nothing but counts.
struct BatchLine: Sendable {
    private let message: Logger.Message
    /// Nil: of a batch that was refused.
    private let receipt: (merchant: MerchantID, batch: BatchID, counts: Receipt.Counts)?
    private let code: String?
    private let bytes: Int
    private let took: Duration

    private init(_ message: Logger.Message, _ receipt: Receipt?, code: String?, bytes: Int, took: Duration) {
        self.message = message
        self.receipt = receipt.map { ($0.merchant, $0.batch, $0.counts) }
        self.code = code
        self.bytes = bytes
        self.took = took
    }

    static func stored(_ receipt: Receipt, bytes: Int, took: Duration) -> BatchLine {
        BatchLine("batch stored", receipt, code: nil, bytes: bytes, took: took)
    }

    /// Of a copy, whose first `receipt` this is; nil where that is none.
    static func again(_ receipt: Receipt?, bytes: Int, took: Duration) -> BatchLine? {
        receipt.map { BatchLine("batch came again", $0, code: nil, bytes: bytes, took: took) }
    }

    static func refused(_ code: String, bytes: Int, took: Duration) -> BatchLine {
        BatchLine("batch refused", nil, code: code, bytes: bytes, took: took)
    }

    /// `more` is said beside it.
    fileprivate func write(to logger: Logger, _ more: Logger.Metadata) {
        logger.info(message, metadata: metadata.merging(more) { $1 })
    }

    /// Made where a line is written only.
    private var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = ["bytes": "\(bytes)", "ms": "\(took.milliseconds)"]
        if let code { metadata["code"] = "\(code)" }
        guard let (merchant, batch, counts) = receipt else { return metadata }
        metadata["merchant"] = "\(merchant)"
        metadata["batch"] = "\(batch)"
        metadata["records"] = "\(counts.records)"
        metadata["accepted"] = "\(counts.accepted)"
        metadata["duplicates"] = "\(counts.duplicates)"
        metadata["refused"] = "\(counts.refused)"
        return metadata
    }
}

extension Logger {
    /// Says it at level info, with `more` beside it.
    func say(_ line: BatchLine, _ more: Logger.Metadata = [:]) { line.write(to: self, more) }
}

extension Duration {
    /// Whole ones: the last begun one does not count.
    var milliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }

    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
