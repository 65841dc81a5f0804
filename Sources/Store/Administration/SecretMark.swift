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
    /// The highest version of each receiver's webhook secret that older versions make, by a merchant's id or
    /// `operator`: the one that was in force when this was taken into use.
    public let webhooks: [String: Int]
    /// The public key of its seal. Nil: data that was founded before this was kept.
    let seal: [UInt8]?
}

extension Store {
    /// Writes down by which secret this data is signed. What is kept is the public key of its seal's first
    /// version, which is published anyway; what is kept once stays.
    public func know(_ master: MasterSecret) throws {
        try writing("write down what the master secret is known by") { database in
            try SecretMarkRows(database).add(1, of: master, since: Instant(milliseconds: 0), webhooks: [:])
        }
    }

    /// The versions that were taken into use, the first one first; the last one is in use.
    public func secretMarks() throws -> [SecretMark] {
        try reading("read what the master secret is known by") { try SecretMarkRows($0).all() }
    }

    /// The public keys of the seals that documents of this data bear, in the order of their versions; nil: data that
    /// does not say.
    public func sealKeys() throws -> [VerificationKey]? {
        let marks = try secretMarks()
        guard marks.allSatisfy({ $0.seal != nil }) else { return nil }
        return try marks.map { mark in
            guard
                let key = try? VerificationKey.ed25519(id: "seal/\(mark.version)", publicKey: mark.seal ?? [])
            else { throw StoreTrouble.damaged("secret_marks", "version \(mark.version)") }
            return key
        }
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
            if known[0].seal == nil { try rows.add(1, of: master, since: known[0].since, webhooks: [:]) }
            let webhooks = known[present - 1].webhooks.merging(try webhooksInForce(database)) { max($0, $1) }
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

    private func webhooksInForce(_ database: Database) throws -> [String: Int] {
        let alliance = try inForce(database).schedule.alliance
        var webhooks: [String: Int] = [:]
        for merchant in alliance.merchants { webhooks[merchant.id.text] = merchant.delivery?.webhook?.secret }
        webhooks["operator"] = alliance.delivery?.webhook?.secret
        return webhooks
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
            database, "SELECT version, seal, since, webhooks, sum FROM secret_marks ORDER BY version"
        ).all { row in
            let version = row.integer(0)
            let sum = Self.sum(
                version: version, seal: row.bytes(1), since: row.integer(2), webhooks: row.text(3))
            guard sum == row.integer(4) else {
                throw StoreTrouble.damaged("secret_marks", "version \(version)")
            }
            return SecretMark(
                version: Int(clamping: version), since: row.instant(2), webhooks: try Self.webhooks(row),
                seal: row.bytes(1))
        }
        guard !marks.isEmpty else {
            return [SecretMark(version: 1, since: Instant(milliseconds: 0), webhooks: [:], seal: nil)]
        }
        for (number, mark) in zip(1..., marks) {
            let before = number == 1 ? [:] : marks[number - 2].webhooks
            guard mark.version == number, before.allSatisfy({ $0.value <= mark.webhooks[$0.key] ?? 0 }) else {
                throw StoreTrouble.damaged(
                    "secret_marks", "version \(mark.version)", "versions count on, and what they hold rises")
            }
        }
        return marks
    }

    private static func sum(version: Int64, seal: [UInt8], since: Int64, webhooks: String) -> Int64 {
        RowSum.of([version, since], [webhooks], bytes: seal)
    }

    private static func webhooks(_ row: Prepared) throws -> [String: Int] {
        guard let json = try? JSONValue(parsing: row.bytes(3)), case .object(let members) = json else {
            throw StoreTrouble.damaged("secret_marks", "version \(row.integer(0))")
        }
        return try members.reduce(into: [:]) { webhooks, member in
            guard let version = member.value.integer, version >= 1 else {
                throw StoreTrouble.damaged("secret_marks", "version \(row.integer(0))")
            }
            webhooks[member.name] = Int(version)
        }
    }

    /// The version in use.
    func present() throws -> Int { try all().count }

    func add(_ version: Int, of master: MasterSecret, since: Instant, webhooks: [String: Int]) throws {
        guard let seal = master.sealKey(version: version).verification.publicKey else {
            preconditionFailure("a seal is an Ed25519 key")
        }
        let insert = try Prepared(
            database,
            """
            INSERT INTO secret_marks (version, seal, since, webhooks, sum) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """)
        var json = CanonicalJSON()
        json.object { json in
            for (owner, version) in webhooks.sorted(by: { $0.key < $1.key }) {
                json.member(owner, Int64(version))
            }
        }
        let text = String(decoding: json.bytes, as: UTF8.self)
        insert.bind(1, Int64(version))
        insert.bind(2, seal.bytes)
        insert.bind(3, since.milliseconds)
        insert.bind(4, text)
        insert.bind(
            5,
            Self.sum(version: Int64(version), seal: seal.bytes, since: since.milliseconds, webhooks: text))
        try insert.run()
    }
}
