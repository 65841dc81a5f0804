public import Settlement
public import Signing
import Store

/// A dry run: what would become of a batch that was handed in now.
extension Intake {
    public enum Rehearsal: Sendable {
        /// It would be stored, with this receipt.
        case new(Receipt)
        /// It is stored already: the first receipt.
        case copy(SealedDocument)
    }

    /// Checks a batch as `take` does, by every rule and in the same order, and keeps nothing of it: no record, no
    /// sequence number, no audit entry. Throws as `take` does.
    public func rehearse(
        _ bytes: [UInt8], form: BatchForm, signature: String?, received: Instant
    ) throws -> Rehearsal {
        let authentic = try AuthenticBatch(
            bytes: bytes, form: form, signature: signature, limit: limitBytes, mostRecords: limitRecords,
            received: received, keys: try keys.lookup())
        if let receipt = try store.copy(of: authentic) { return .copy(receipt) }
        switch try store.rehearse(verified(authentic, received: received), received: received) {
        case .rehearsed(let receipt): return .new(receipt)
        case .copy(let document): return .copy(document)
        case .stored: preconditionFailure("what is rehearsed is not stored")
        }
    }
}
