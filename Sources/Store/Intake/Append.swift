import GRDB
public import Settlement
public import Signing
import Synchronization

/// What became of a batch that was not refused.
public enum Appended: Sendable {
    /// New, and on the disk with this receipt.
    case stored(SealedDocument, Receipt)
    /// The same bytes as before: nothing is changed, and this is the first receipt.
    case copy(SealedDocument)
    /// Would be new, with this receipt; nothing is kept.
    case rehearsed(Receipt)
}

extension Store {
    /// The receipt of these bytes, if they were stored before and the key may speak for their merchant.
    /// Rulebook §3: a copy is recognised before anything in it is looked at.
    public func copy(of batch: AuthenticBatch) throws -> SealedDocument? {
        try reading("look for a copy") { database in
            guard let found = try BatchRows(database).find(digest: batch.digest) else { return nil }
            let merchant = try inForce(database).roster.merchant(
                found.merchant, of: "batches", found.number)
            guard batch.keyMerchant == nil || batch.keyMerchant == merchant else { return nil }
            return found.receipt
        }
    }

    /// Stores a batch, its records, those refused alone and its receipt, which `seal` signs and seals; all of
    /// it is on the disk when this returns.
    ///
    /// Batches that come from several threads at once are stored together, in one transaction and with one
    /// wait for the disk; each is judged by itself, in the order in which they came. `admit` is asked once a batch is
    /// judged as new, before anything of it is written; both are called from any of the threads. Throws `BatchRefusal`
    /// (`batch_reused`, `sequence_reused`, `records_refused`) and what `admit` throws; then nothing of this batch is
    /// kept. What `StoreTrouble` befalls is all that was to be stored together.
    ///
    /// Of a batch whose bytes are redacted a notice is stored with it, which `sealNotice` signs and seals.
    public func append(
        _ batch: VerifiedBatch, received: Instant,
        admit: @escaping @Sendable (Receipt) throws -> Void = { _ in },
        sealNotice: (@Sendable (RedactionNotice) -> SealedDocument)? = nil,
        seal: @escaping @Sendable (Receipt) -> SealedDocument
    ) throws -> Appended {
        try memory.arrivals.run(
            Arrival(
                batch: batch, received: received,
                purpose: .keep(admit: admit, sealNotice: sealNotice, seal: seal))
        ) { store($0) }
    }

    /// What `append` would make of a batch now; nothing of it is kept. It is judged together with those that are
    /// stored at the same time, in the order in which they came, and throws as `append` does.
    public func rehearse(_ batch: VerifiedBatch, received: Instant) throws -> Appended {
        try memory.arrivals.run(Arrival(batch: batch, received: received, purpose: .rehearse)) { store($0) }
    }

    /// Judges and stores batches together: by the alliance in force, or by an earlier version of it.
    func store(_ arrivals: [Arrival], under version: Int64? = nil) -> [Result<Appended, any Error>] {
        var known = memory.identities.withLock { $0.take() }
        do {
            let (outcomes, identities) = try writing("store batches") { database in
                try ForgottenRows(database).requireKnown(memory.forgotten.withLock { $0 })
                var identities = try known.take() ?? IdentityIndex(database)
                try identities.catchUp(database)
                let inForce =
                    try version.map { try self.inForce(database, version: $0) }
                    ?? self.inForce(database)
                let warned = try memory.beyondExposureLimit(inForce, database)
                let outcomes = try Appending(database, inForce: inForce, warned: warned)
                    .run(arrivals, &identities)
                return (outcomes, identities)
            }
            memory.identities.withLock { $0 = identities }
            return outcomes
        } catch {
            // What was claimed is not on the disk: who bears which id is read anew.
            return arrivals.map { _ in .failure(error) }
        }
    }
}

/// A batch that is to be judged.
struct Arrival: Sendable {
    enum Purpose: Sendable {
        /// To be stored unless `admit` throws, its receipt sealed by `seal`, the notice of a redacted one by `sealNotice`.
        case keep(
            admit: @Sendable (Receipt) throws -> Void = { _ in },
            sealNotice: (@Sendable (RedactionNotice) -> SealedDocument)? = nil,
            seal: @Sendable (Receipt) -> SealedDocument)
        /// To be told what would become of it.
        case rehearse
    }

    let batch: VerifiedBatch
    let received: Instant
    let purpose: Purpose
}
