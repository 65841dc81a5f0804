public import Settlement
import Signing
import Store

/// What `settled operator submit` does: a batch of the operator, on behalf of the merchant that its header names,
/// signed with the operator's key and handed to the same door as all others, beside the running daemon.
///
/// Only who can read the master secret can do this: no merchant's key leads here.
public struct OperatorSubmission: Sendable {
    public let receipt: Receipt
    public let file: ReceiptFile
    /// Whether the batch was there already.
    public let isCopy: Bool
    public let keyID: String

    /// Signs and stores the file, and keeps the receipt beside it. Throws `BatchRefusal`, and `refused` when no
    /// key of the operator is active.
    public init(
        file path: String, in open: OpenFolder, limitBytes: Int = Intake.standardBytes,
        limitRecords: Int = Intake.standardRecords, now: Instant
    ) throws {
        let bytes = try WholeFile.read(path)
        let key = try Self.key(in: open, now: now)
        let answer = try open.intake(limitBytes: limitBytes, limitRecords: limitRecords).take(
            bytes, form: Submission.form(of: path, bytes), signature: key.sign(bytes), received: now)
        switch answer {
        case .stored: isCopy = false
        case .copy: isCopy = true
        }
        keyID = key.id
        file = ReceiptFile(beside: path, document: answer.document)
        receipt = try file.receipt(from: path)
        try file.write()
    }

    /// The operator's latest derived key that is active.
    private static func key(in open: OpenFolder, now: Instant) throws -> SigningKey {
        let active = try open.store.keys().filter { key in
            key.merchant == nil && key.version != nil && (key.revokedFrom.map { now < $0 } ?? true)
        }
        let latest = active.max { ($0.version ?? 0) < ($1.version ?? 0) }
        guard let key = latest.flatMap({ open.master.batchKey($0) }) else {
            throw Failure.refused(
                "operator", "no key of the operator is active",
                hint: "add one with `settled key add --operator`")
        }
        return key
    }

    /// What became of it, a line each.
    public var lines: [String] {
        Submission.Outcome(
            receipt: receipt, file: file, isCopy: isCopy, checks: ["signed by \(keyID)"], isVerified: true
        )
        .lines
    }
}
