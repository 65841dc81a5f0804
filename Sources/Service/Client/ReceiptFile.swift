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
    public func write() throws(Failure) {
        try WholeFile.write(document.bytes, to: path)
        try WholeFile.write(Array((document.signature + "\n").utf8), to: path + ".jws")
        try WholeFile.write(Array((document.seal + "\n").utf8), to: path + ".seal")
    }

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
        var lines = ["digest matches"]
        var isVerified = false
        for (what, text) in [("signature", document.signature), ("seal", document.seal)] {
            do {
                let signature = try DetachedJWS(parsing: text)
                let by = "\(what) by \(signature.keyID)"
                guard let key = keys.first(where: { $0.id == signature.keyID }) else {
                    lines.append("\(by) not checked, no key of that id is at hand")
                    continue
                }
                try signature.verify(payload: document.bytes, key: key)
                lines.append("\(by) is valid")
                isVerified = true
            } catch {
                throw .refused(place, "the receipt's \(what) is wrong: \(error)")
            }
        }
        return (lines, isVerified)
    }
}
