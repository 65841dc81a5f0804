import Settlement
import Signing
import Store

/// What a contest that is taken is answered with.
struct ContestAnswer: Sendable {
    let contested: Store.Contested
    /// The same for ever, whatever becomes of the dispute.
    let document: SealedDocument
}

/// Disputes that merchants open themselves come in by the same door as batches.
extension Intake {
    /// Checks a contest and opens the dispute; `received` is the instant at which its last byte was here. The same
    /// again is answered as it was first.
    ///
    /// Throws `BatchRefusal` for its signature, `ContestRefusal` for the rest, and what the store throws when it cannot do
    /// its work: then nothing is kept, and the same bytes may come again. It blocks.
    func contest(_ bytes: [UInt8], signature: String?, received: Instant) throws -> ContestAnswer {
        let contest = try AuthenticContest(
            bytes: bytes, signature: signature, received: received, keys: try keys.lookup())
        let contested = try store.contest(contest, at: received) {
            try SubjectLookup(store: store).find(contest.contest.subject, of: contest.merchant)
        }
        let acknowledgement = try OwnDispute.acknowledgement(of: contested.dispute)
        return ContestAnswer(
            contested: contested, document: signer.seal(acknowledgement, for: contest.merchant.text))
    }
}
