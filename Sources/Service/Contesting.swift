import Settlement
import Signing
import Store

/// Disputes that merchants open themselves come in by the same door as batches.
extension Intake {
    /// Checks a contest and opens the dispute; `received` is the instant at which its last byte was here. The same bytes
    /// again give the dispute that they opened.
    ///
    /// Throws `BatchRefusal` for its signature, `ContestRefusal` for the rest, and what the store throws when it cannot do
    /// its work: then nothing is kept, and the same bytes may come again. It blocks.
    func contest(_ bytes: [UInt8], signature: String?, received: Instant) throws -> Store.Contested {
        let contest = try AuthenticContest(
            bytes: bytes, signature: signature, received: received, keys: try keys.lookup())
        return try store.contest(contest, at: received) {
            try SubjectLookup(store: store).find(contest.contest.subject, of: contest.merchant)
        }
    }
}
