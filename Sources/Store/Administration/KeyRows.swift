import GRDB
import Settlement
import Signing

/// The registry of keys. Every change raises its revision, so that what was made of it can be told from what
/// is in force.
struct KeyRows {
    private let database: Database
    private let roster: Roster

    init(_ database: Database, _ roster: Roster) {
        self.database = database
        self.roster = roster
    }

    /// More versions and changes than there can be.
    private static let bound: Int64 = 1 << 40

    /// 0 before the first key.
    static func revision(_ database: Database) throws -> Int64 {
        let last = try Prepared(database, "SELECT coalesce(max(revision), 0) FROM keys").first {
            $0.integer(0)
        }
        guard let last, (0..<bound).contains(last) else {
            throw StoreTrouble.damaged("keys", "all rows", "there were never so many changes of it")
        }
        return last
    }

    func highestVersion(of merchant: MerchantID?) throws -> Int {
        let query = try Prepared(
            database, "SELECT coalesce(max(version), 0) FROM keys WHERE merchant IS ? AND algorithm = 'HS256'"
        )
        query.bind(1, try merchant.map { try number(of: $0) })
        let highest = try query.first { $0.integer(0) } ?? 0
        guard (0..<Self.bound).contains(highest) else {
            throw StoreTrouble.damaged("keys", "all rows", "one is of version \(highest)")
        }
        return Int(highest)
    }

    func add(_ key: RegisteredKey) throws {
        let merchant = try key.merchant.map { try number(of: $0) }
        guard try self.key(key.id) == nil else { throw KeyRegistryRefusal.idTaken(key.id) }
        if let publicKey = key.publicKey,
            let other = try active(publicKey, of: merchant, at: key.added)
        {
            throw KeyRegistryRefusal.keyTaken(other)
        }
        let insert = try Prepared(
            database,
            """
            INSERT INTO keys (id, algorithm, merchant, version, secret, public_key, added, revoked, revision)
            VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?)
            """)
        insert.bind(1, key.id)
        insert.bind(2, key.algorithm.rawValue)
        insert.bind(3, merchant)
        insert.bind(4, key.version.map { Int64($0) })
        insert.bind(5, key.secret.map { Int64($0) })
        insert.bind(6, key.publicKey)
        insert.bind(7, key.added.milliseconds)
        insert.bind(8, try Self.revision(database) + 1)
        try insert.run()
        try AuditRows(database).add(
            AuditEntry(at: key.added, act: .keyAdded, merchant: key.merchant, keyID: key.id))
    }

    /// The id under which an owner has a public key that is not revoked: one key under two ids would be two persons.
    private func active(_ publicKey: [UInt8], of merchant: Int64?, at instant: Instant) throws -> String? {
        let query = try Prepared(
            database,
            """
            SELECT id FROM keys WHERE public_key = ? AND merchant IS ? AND (revoked IS NULL OR revoked > ?)
            """)
        query.bind(1, publicKey)
        query.bind(2, merchant)
        query.bind(3, instant.milliseconds)
        return try query.first { $0.text(0) }
    }

    /// A revocation can be brought forward, as for a key that leaks before its planned end, and never put off.
    func revoke(_ id: String, from instant: Instant, at now: Instant) throws -> RegisteredKey {
        guard let key = try key(id) else { throw KeyRegistryRefusal.keyUnknown(id) }
        if let standing = key.revokedFrom, standing <= instant {
            throw KeyRegistryRefusal.alreadyRevoked(id, from: standing)
        }
        let update = try Prepared(database, "UPDATE keys SET revoked = ?, revision = ? WHERE id = ?")
        update.bind(1, instant.milliseconds)
        update.bind(2, try Self.revision(database) + 1)
        update.bind(3, id)
        try update.run()
        try AuditRows(database).add(
            AuditEntry(
                at: now, act: .keyRevoked, merchant: key.merchant, keyID: id,
                reason: "from \(instant.text(offsetSeconds: 0, milliseconds: true))"))
        return key.revoked(from: instant)
    }

    func all() throws -> [RegisteredKey] {
        try Prepared(database, Self.select + " ORDER BY id").all { try key(from: $0) }
    }

    private func key(_ id: String) throws -> RegisteredKey? {
        let query = try Prepared(database, Self.select + " WHERE id = ?")
        query.bind(1, id)
        return try query.first { try key(from: $0) }
    }

    private static let select =
        "SELECT id, algorithm, merchant, version, public_key, added, revoked, rowid, secret FROM keys"

    private func key(from row: Prepared) throws -> RegisteredKey {
        guard let algorithm = SignatureAlgorithm(rawValue: row.text(1)),
            row.isNull(3) == (algorithm != .hs256),
            row.isNull(3) || (1..<Self.bound).contains(row.integer(3)),
            row.isNull(8) == row.isNull(3), row.isNull(8) || (1..<Self.bound).contains(row.integer(8))
        else {
            throw StoreTrouble.damaged(
                "keys", "row \(row.integer(7))",
                "its algorithm or its version is none that is known, or not that of its key"
            )
        }
        return RegisteredKey(
            id: row.text(0), algorithm: algorithm,
            merchant: try row.integerOrNil(2).map { try roster.merchant($0, of: "keys", row.integer(7)) },
            version: row.integerOrNil(3).map { Int($0) }, secret: row.integerOrNil(8).map { Int($0) },
            publicKey: row.isNull(4) ? nil : row.bytes(4),
            added: row.instant(5),
            revokedFrom: row.instantOrNil(6))
    }

    private func number(of merchant: MerchantID) throws(KeyRegistryRefusal) -> Int64 {
        guard let number = roster.number(of: merchant) else { throw .merchantUnknown(merchant) }
        return number
    }
}
