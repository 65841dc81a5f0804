import GRDB
import Settlement
import Signing

/// The versions of the alliance, and the merchants that any of them names.
struct AllianceRows {
    private let database: Database

    init(_ database: Database) { self.database = database }

    /// The version in force.
    func version() throws -> Int64 {
        guard
            let version = try Prepared(database, "SELECT max(version) FROM alliances").first({ $0.integer(0) }
            ),
            version > 0
        else { throw StoreTrouble.damaged("alliances", "all rows", "there is no version") }
        return version
    }

    /// The merchants in the order of their numbers, as the versions give it, each behind those of the ones before:
    /// `known` are those of the versions up to `last`. Throws `StoreTrouble` where a version is missing or damaged.
    func merchants(known: [MerchantID] = [], of last: Int64 = 0) throws -> [MerchantID] {
        var (merchants, seen, expected) = (known, Set(known), last + 1)
        let query = try Prepared(
            database, "SELECT version, document, digest FROM alliances WHERE version > ? ORDER BY version")
        query.bind(1, last)
        try query.forEach { row in
            guard row.integer(0) == expected else {
                throw StoreTrouble.damaged(
                    "alliances", "version \(expected)", "there is no row, and later ones are")
            }
            let document = row.bytes(1)
            guard SHA256Digest(of: document).bytes == row.bytes(2) else {
                throw StoreTrouble.damaged("alliances", "version \(expected)")
            }
            for merchant in try Self.alliance(from: document).merchants
            where seen.insert(merchant.id).inserted { merchants.append(merchant.id) }
            expected += 1
        }
        return merchants
    }

    private static func alliance(from document: [UInt8]) throws -> Alliance {
        do { return try AllianceDocument.alliance(from: document) } catch { throw unreadable(error) }
    }

    private static func unreadable(_ error: any Error) -> StoreTrouble {
        StoreTrouble(
            "read the alliance", because: "\(error)", hint: "restore the last backup of the data folder",
            kind: .damage)
    }

    func schedule(of version: Int64) throws -> Schedule {
        let query = try Prepared(
            database,
            """
            SELECT a.document, z.name, z.tzif, a.digest, z.digest
            FROM alliances a JOIN zones z ON z.name = a.zone WHERE a.version = ?
            """)
        query.bind(1, version)
        let found = try query.first { row in
            let found = (row.bytes(0), row.text(1), row.bytes(2))
            guard SHA256Digest(of: found.0).bytes == row.bytes(3) else {
                throw StoreTrouble.damaged("alliances", "version \(version)")
            }
            guard SHA256Digest(of: found.2).bytes == row.bytes(4) else {
                throw StoreTrouble.damaged("zones", found.1)
            }
            return found
        }
        guard let found else {
            throw StoreTrouble.damaged("alliances", "version \(version)", "it has no document, or no zone")
        }
        let alliance = try Self.alliance(from: found.0)
        do { return Schedule(alliance: alliance, zone: try ZoneRules(name: found.1, tzif: found.2)) } catch {
            throw Self.unreadable(error)
        }
    }

    /// Puts a version in force. The rules of a zone that is known stay as they are known.
    func add(_ alliance: Alliance, zone: ZoneRules, at instant: Instant) throws {
        precondition(zone.name == alliance.timezone, "an alliance comes with the rules of its own zone")
        let zones = try Prepared(
            database, "INSERT INTO zones (name, tzif, digest) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
        zones.bind(1, zone.name)
        zones.bind(2, zone.tzif)
        zones.bind(3, SHA256Digest(of: zone.tzif).bytes)
        try zones.run()
        let insert = try Prepared(
            database, "INSERT INTO alliances (at, zone, document, digest) VALUES (?, ?, ?, ?)")
        let document = AllianceDocument.bytes(of: alliance)
        insert.bind(1, instant.milliseconds)
        insert.bind(2, zone.name)
        insert.bind(3, document)
        insert.bind(4, SHA256Digest(of: document).bytes)
        try insert.run()
        try addMerchants(alliance.merchants)
    }

    private func addMerchants(_ merchants: [Merchant]) throws {
        let insert = try Prepared(
            database,
            """
            INSERT INTO merchants (merchant, id)
            SELECT (SELECT coalesce(max(merchant), 0) + 1 FROM merchants), ?1
            WHERE NOT EXISTS (SELECT 1 FROM merchants WHERE id = ?1)
            """)
        for merchant in merchants {
            insert.bind(1, merchant.id.text)
            try insert.run()
        }
    }

    /// Whether records, bookings or drafts that wait are stored, which stand on the calendar, on terms and on the
    /// currency that they were written in.
    func isStoodOn() throws -> Bool {
        let query = try Prepared(
            database,
            """
            SELECT EXISTS (SELECT 1 FROM record_chunks) OR EXISTS (SELECT 1 FROM bookings)
                OR EXISTS (SELECT 1 FROM drafts WHERE booking IS NULL AND withdrawn IS NULL)
            """)
        return try query.first { $0.integer(0) != 0 } ?? false
    }

    func history() throws -> [AllianceVersion] {
        let query = try Prepared(database, "SELECT version, at, document FROM alliances ORDER BY version")
        return try query.all { row in
            AllianceVersion(
                version: row.integer(0), at: row.instant(1), document: row.bytes(2))
        }
    }
}
