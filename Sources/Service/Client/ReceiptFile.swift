import Settlement
public import Signing

/// A receipt as it is kept beside its batch: `NAME.receipt.json`, and `.jws` and `.seal` after that.
public struct ReceiptFile: Sendable {
    public let path: String
    public let document: SealedDocument

    /// `NAME` is the batch file's without `.ndjson`, `.jsonl` or `.csv`.
    public init(beside batch: String, document: SealedDocument) {
        let suffix = [".ndjson", ".jsonl", ".csv"].first { batch.lowercased().hasSuffix($0) }
        path = String(batch.dropLast(suffix?.count ?? 0)) + ".receipt.json"
        self.document = document
    }

    /// Writes the three files; one that is there is replaced, since a copy's receipt is the first one.
    public func write() throws(Failure) { try document.write(to: path) }

    /// What the receipt says; throws `trouble` when the answer is none.
    func receipt(from place: String) throws(Failure) -> Receipt {
        do { return try Receipt(parsing: document.bytes) } catch {
            throw .trouble(
                place, "the answer is not a receipt: \(error.field.map { "\($0): " } ?? "")\(error.reason)",
                hint: "is this the URL of a settled daemon?")
        }
    }

    /// Checks that the receipt is of these bytes, and its signatures for which a key is at hand.
    ///
    /// Gives one line a check, and whether a signature was among them. Throws `refused`: a receipt of other bytes, or with a wrong signature.
    func check(
        _ receipt: Receipt, of batch: [UInt8], keys: [VerificationKey], place: String
    ) throws(Failure) -> (lines: [String], isVerified: Bool) {
        let digest = SHA256Digest(of: batch)
        guard receipt.digest == digest else {
            throw .refused(
                place, "the receipt is of other bytes, expected \(digest.text), found \(receipt.digest.text)")
        }
        let checks = try document.check(keys: keys, "the receipt", from: place)
        return (["digest matches"] + checks.lines, checks.isVerified)
    }
}
