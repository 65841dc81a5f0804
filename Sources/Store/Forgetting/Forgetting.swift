public import Settlement
public import Signing

/// A member that is to be forgotten: its id gives way to its pseudonym everywhere.
public struct Forgetting: Sendable {
    public let member: MemberID
    /// What the member is called from now on.
    public let pseudonym: MemberID
    /// The version of the master secret that the pseudonym is made by.
    public let secret: Int
    public let at: Instant
    /// Who has it done, and why.
    public let person: String
    public let reason: String
    /// The archives that have batches which name the member, as they were written anew.
    public let archives: [RewrittenArchive]

    public init(
        member: MemberID, pseudonym: MemberID, secret: Int, at: Instant, person: String, reason: String,
        archives: [RewrittenArchive]
    ) {
        self.member = member
        self.pseudonym = pseudonym
        self.secret = secret
        self.at = at
        self.person = person
        self.reason = reason
        self.archives = archives
    }
}

/// An archive in whose place another file stands, as some of its batches name a member no more.
public struct RewrittenArchive: Sendable {
    /// The archive's own, which stays.
    public let number: Int64
    /// Of the whole new file.
    public let digest: SHA256Digest
    /// What the new file is called, without its folder.
    public let name: String
    /// The batches whose bytes changed, by number, each with the digest and the count of the bytes that stand now.
    public let batches: [Int64: (digest: SHA256Digest, length: Int64)]

    public init(
        number: Int64, digest: SHA256Digest, name: String,
        batches: [Int64: (digest: SHA256Digest, length: Int64)]
    ) {
        self.number = number
        self.digest = digest
        self.name = name
        self.batches = batches
    }
}

/// What forgetting a member changed, or would change.
public struct ForgottenCounts: Sendable {
    /// Stored records of the member.
    public let records: Int64
    /// Batches whose bytes name it: those in the database, and those in archives.
    public let batches: Int64
    public let archivedBatches: Int64
    /// Closed periods that made something of it.
    public let periods: Int64
    /// The files DETAILS.csv that name it, in the order of periods, by the period's ordinal.
    public let details: [(period: Int, merchant: MerchantID)]
}
