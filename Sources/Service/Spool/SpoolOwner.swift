public import Settlement

/// Whose batches a folder of the spool takes: a merchant's, signed by its keys, or the operator's.
///
/// No merchant can be called `operator` (rulebook §1), so that folder is nobody else's.
public enum SpoolOwner: Hashable, Sendable {
    case merchant(MerchantID)
    case `operator`

    /// The name of its folder.
    var folderName: String {
        switch self {
        case .merchant(let id): id.text
        case .operator: "operator"
        }
    }

    var claimant: Claimant {
        switch self {
        case .merchant(let id): .merchant(id)
        case .operator: .operator
        }
    }

    /// Whose keys sign here; nil: the operator's.
    var merchant: MerchantID? {
        switch self {
        case .merchant(let id): id
        case .operator: nil
        }
    }

    /// Throws `merchant_mismatch` for a batch that another's key signed: who may write to a folder gets no
    /// receipt of anybody else, not even one that exists already.
    func check(_ batch: AuthenticBatch) throws(BatchRefusal) {
        guard batch.keyMerchant == merchant else {
            throw BatchRefusal(
                .merchantMismatch,
                reason:
                    "the folder takes batches signed by \(folderName), the key \(batch.keyID) is another's",
                expected: "a key of \(folderName)", found: batch.keyID)
        }
    }
}
