import GRDB
public import Settlement
public import Signing

/// A version of the master secret that was taken into use, as the data knows it: no secret.
public struct SecretMark: Hashable, Sendable {
    /// From 1.
    public let version: Int
    /// From when on it signs; of the first version the beginning of time. Never before anything that the version before
    /// it signed, however the clock stood.
    public let since: Instant
    /// The highest version of a webhook's secret that older versions make.
    public let webhooks: Int
    /// The public key of its seal. Nil: data that was founded before this was kept.
    let seal: [UInt8]?
}

extension Store {
    /// Writes down by which secret this data is signed. What is kept is the public key of its seal's first
    /// version, which is published anyway; what is kept once stays.
    public func know(_ master: MasterSecret) throws {
        try writing("write down what the master secret is known by") { database in
            try SecretMarkRows(database).add(1, of: master, since: Instant(milliseconds: 0), webhooks: 0)
        }
    }

    /// The versions that were taken into use, the first one first; the last one is in use.
    public func secretMarks() throws -> [SecretMark] {
        try reading("read what the master secret is known by") { try SecretMarkRows($0).all() }
    }

    /// Whether this is the secret that the data is signed by, as far as it has versions. Of one that has fewer than
    /// were taken into use, `secretMarks` tells.
    ///
    /// Of data that does not say, the first receipt tells; as long as there is none, any secret will do.
    public func isSigned(by master: MasterSecret) throws -> Bool {
        try reading("read what the master secret is known by") { database in
            for mark in try SecretMarkRows(database).all() where mark.version <= master.latest {
                let key = master.sealKey(version: mark.version).verification
                guard let seal = mark.seal else {
                    guard try Self.hasSealed(key, database) else { return false }
                    continue
                }
                guard seal == key.publicKey?.bytes else { return false }
            }
            return true
        }
    }

    /// Takes every later version of the secret into use: from this transaction on, who opens the data signs by the
    /// last. Gives its number; nil where the last one is in use already.
    ///
    /// The caller sees to it that nobody is at work who signs by the one before.
    public func takeUp(_ master: MasterSecret, at instant: Instant) throws -> Int? {
        try writing("take the new version of the master secret into use") { database in
            let rows = SecretMarkRows(database)
            let known = try rows.all()
            let present = known.count
            guard master.latest > present else { return nil }
            if known[0].seal == nil { try rows.add(1, of: master, since: known[0].since, webhooks: 0) }
            let webhooks = max(known[present - 1].webhooks, try highestWebhook(database))
            let since = max(instant, known[present - 1].since, try lastSigned(database))
            for version in present + 1...master.latest {
                try rows.add(version, of: master, since: since, webhooks: webhooks)
                try AuditRows(database).add(
                    AuditEntry(
                        at: instant, act: .secretRotated, keyID: "seal/\(version)",
                        reason: "version \(version)"))
            }
            return master.latest
        }
    }

    /// When the latest of the receipts and closings was made, by the clock as it was then.
    private func lastSigned(_ database: Database) throws -> Instant {
        let query = try Prepared(
            database,
            """
            SELECT max((SELECT coalesce(max(received), 0) FROM batches), (SELECT coalesce(max(closed), 0) FROM periods))
            """)
        return try query.first { $0.instant(0) } ?? Instant(milliseconds: 0)
    }

    private func highestWebhook(_ database: Database) throws -> Int {
        let alliance = try inForce(database).schedule.alliance
        let destinations = [alliance.delivery] + alliance.merchants.map(\.delivery)
        return destinations.compactMap { $0?.webhook?.secret }.max() ?? 0
    }

    private static func hasSealed(_ key: VerificationKey, _ database: Database) throws -> Bool {
        let receipt = try Prepared(
            database, "SELECT receipt, receipt_seal FROM batches ORDER BY batch LIMIT 1"
        ).first { (bytes: $0.bytes(0), seal: $0.text(1)) }
        guard let receipt else { return true }
        do {
            try DetachedJWS(parsing: receipt.seal).verify(payload: receipt.bytes, key: key)
            return true
        } catch {
            return false
        }
    }
}

/// The table of them.
struct SecretMarkRows {
    private let database: Database

    init(_ database: Database) { self.database = database }

    /// Never empty: data that does not say is of version 1.
    func all() throws -> [SecretMark] {
        let marks = try Prepared(
            database, "SELECT version, seal, since, webhooks FROM secret_marks ORDER BY version"
        ).all { row in
            SecretMark(
                version: Int(clamping: row.integer(0)), since: row.instant(2),
                webhooks: Int(clamping: row.integer(3)), seal: row.bytes(1))
        }
        guard !marks.isEmpty else {
            return [SecretMark(version: 1, since: Instant(milliseconds: 0), webhooks: 0, seal: nil)]
        }
        for (number, mark) in zip(1..., marks) {
            guard mark.version == number, number == 1 || mark.webhooks >= marks[number - 2].webhooks else {
                throw StoreTrouble.damaged(
                    "secret_marks", "version \(mark.version)", "versions count on, and what they hold rises")
            }
        }
        return marks
    }

    /// The version in use.
    func present() throws -> Int { try all().count }

    func add(_ version: Int, of master: MasterSecret, since: Instant, webhooks: Int) throws {
        guard let seal = master.sealKey(version: version).verification.publicKey else {
            preconditionFailure("a seal is an Ed25519 key")
        }
        let insert = try Prepared(
            database,
            """
            INSERT INTO secret_marks (version, seal, since, webhooks) VALUES (?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """)
        insert.bind(1, Int64(version))
        insert.bind(2, seal.bytes)
        insert.bind(3, since.milliseconds)
        insert.bind(4, Int64(webhooks))
        try insert.run()
    }
}
