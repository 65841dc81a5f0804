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
}

extension Store {
    /// The receipt of these bytes, if they were stored before and the key may speak for their merchant.
    /// Rulebook §3: a copy is recognised before anything in it is looked at.
    public func copy(of batch: AuthenticBatch) throws -> SealedDocument? {
        try reading("look for a copy") { database in
            guard let found = try BatchRows(database).find(digest: batch.digest) else { return nil }
            let merchant = try inForce(database).roster[found.merchant]
            guard batch.keyMerchant == nil || batch.keyMerchant == merchant else { return nil }
            return found.receipt
        }
    }

    /// Stores a batch, its records, those refused alone and its receipt, which `seal` signs and seals; all of
    /// it is on the disk when this returns.
    ///
    /// Batches that come from several threads at once are stored together, in one transaction and with one
    /// wait for the disk; each is judged by itself, in the order in which they came. `seal` is called from
    /// any of the threads. Throws `BatchRefusal` (`batch_reused`, `sequence_reused`, `records_refused`); then
    /// nothing of this batch is kept. What `StoreTrouble` befalls is all that was to be stored together.
    public func append(
        _ batch: VerifiedBatch, received: Instant, seal: @escaping @Sendable (Receipt) -> SealedDocument
    ) throws -> Appended {
        try memory.arrivals.run(Arrival(batch: batch, received: received, seal: seal)) { store($0) }
    }

    private func store(_ arrivals: [Arrival]) -> [Result<Appended, any Error>] {
        var known = memory.identities.withLock { $0.take() }
        do {
            let (outcomes, identities) = try writing("store batches") { database in
                var identities = try known.take() ?? IdentityIndex(database)
                try identities.catchUp(database)
                let outcomes = try Appending(database, inForce: try inForce(database)).run(
                    arrivals, &identities)
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

/// A batch that is to be stored.
struct Arrival: Sendable {
    let batch: VerifiedBatch
    let received: Instant
    let seal: @Sendable (Receipt) -> SealedDocument
}
