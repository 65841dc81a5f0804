import GRDB
public import Settlement
public import Signing

/// What happened before, done again in another file, with the code that did it then.
extension Store {
    /// How long at most a command waits for another's transaction before it gives up: what it noted of an
    /// instant was in force so much later.
    public static let longestWaitMilliseconds = Int64(Connection.busySeconds * 1_000)

    /// Stores a batch as `append` does, but judges it by the version of the alliance that was in force when
    /// it came; with no `seal`, says what would become of it and keeps nothing.
    ///
    /// For one caller at a time. `sealNotice` gives the notice of a batch whose bytes are redacted. Throws as `append`.
    public func replay(
        _ batch: VerifiedBatch, received: Instant, under version: Int64,
        sealNotice: (@Sendable (RedactionNotice) -> SealedDocument)? = nil,
        seal: (@Sendable (Receipt) -> SealedDocument)?
    ) throws -> Appended {
        let purpose = seal.map { Arrival.Purpose.keep(sealNotice: sealNotice, seal: $0) } ?? .rehearse
        let arrival = Arrival(batch: batch, received: received, purpose: purpose)
        return try store([arrival], under: version)[0].get()
    }

    /// Notes which files DETAILS.csv of a closed period stand in the place of those that its statements were signed with, so
    /// that `details` holds them against that.
    public func noteRedactions(_ redactions: [MerchantID: Redaction], ofPeriod period: Int) throws {
        try writing("note redactions") { database in
            let roster = try inForce(database).roster
            for (merchant, redaction) in redactions.sorted(by: { $0.key < $1.key }) {
                try RedactionRows(database).set(
                    redaction.redacted, ofDetails: roster[merchant], period: period, redaction.notice)
            }
        }
    }

    /// Whether a version of the alliance that was in force has a merchant.
    public func hasHad(_ merchant: MerchantID) throws -> Bool {
        try reading("read the alliance") { try inForce($0).roster.number(of: merchant) != nil }
    }

    /// The alliance and its calendar as they were in a version; throws `StoreTrouble` for what is none.
    public func schedule(ofVersion version: Int64) throws -> Schedule {
        try reading("read the alliance") { try AllianceRows($0).schedule(of: version) }
    }

    /// The version in force if it is that one, else that one.
    func inForce(_ database: Database, version: Int64) throws -> InForce {
        let present = try inForce(database)
        guard present.version != version else { return present }
        return InForce(
            version: version, schedule: try AllianceRows(database).schedule(of: version),
            roster: present.roster)
    }
}
