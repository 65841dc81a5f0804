import GRDB
public import Settlement
public import Signing

/// A signed document, or a signed batch, of which other bytes stand now than were signed: ids of forgotten members gave
/// way to pseudonyms.
public struct Redaction: Hashable, Sendable {
    /// Of the bytes that were signed, which are no more.
    public let signed: SHA256Digest
    /// Of those that stand now.
    public let redacted: SHA256Digest
    /// A `RedactionNotice`, sealed: who says so.
    public let notice: SealedDocument

    public init(signed: SHA256Digest, redacted: SHA256Digest, notice: SealedDocument) {
        self.signed = signed
        self.redacted = redacted
        self.notice = notice
    }
}

extension Store {
    /// Of the bytes of redacted batches as they were signed: those name members who were forgotten.
    public func signedDigestsOfRedactedBatches() throws -> Set<SHA256Digest> {
        try reading("list the redacted batches") { Set(try RedactionRows($0).batches().map(\.signed)) }
    }

    /// The redactions of a closed period's files DETAILS.csv, by merchant.
    public func redactions(ofPeriod period: Int) throws -> [MerchantID: Redaction] {
        try reading("read the redactions of a period") {
            try RedactionRows($0).details(of: period, try inForce($0).roster)
        }
    }
}
