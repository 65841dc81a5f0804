import GRDB
import Settlement
import Synchronization

/// The alliance's version in force, made ready: its schedule, and the numbers of its merchants.
struct InForce: Sendable {
    let version: Int64
    let schedule: Schedule
    let roster: Roster
}

/// The small numbers by which the database's rows name merchants, 1, 2, 3 …
struct Roster: Sendable {
    private let places: PlaceTable<MerchantID>

    init(_ database: Database) throws {
        let query = try Prepared(database, "SELECT merchant, id FROM merchants ORDER BY merchant")
        var ids: [MerchantID] = []
        try query.forEach { row in
            ids.append(MerchantID(verified: row.text(1)))
            precondition(row.integer(0) == Int64(ids.count), "merchants are numbered without a gap")
        }
        places = PlaceTable(ids)
    }

    func number(of merchant: MerchantID) -> Int64? { places.place(of: merchant).map { Int64($0 + 1) } }

    /// The number of a merchant that is known to be one of the alliance's.
    subscript(merchant: MerchantID) -> Int64 {
        guard let number = number(of: merchant) else {
            preconditionFailure("\(merchant) is a merchant of the alliance")
        }
        return number
    }

    subscript(number: Int64) -> MerchantID { places.keys[Int(number) - 1] }

    var all: [MerchantID] { places.keys }
}

/// What a store remembers between transactions: of its file, and who waits to write to it.
final class Memory: Sendable {
    /// So many batches share a transaction that another's wait for it stays short.
    let arrivals = ArrivalQueue<Arrival, Appended>(most: 32)
    /// Which ids are borne, as the last transaction that stored batches left it; nil while one is at work.
    let identities = Mutex<IdentityIndex?>(nil)
    private let last = Mutex<InForce?>(nil)

    /// Read again only when another version has come into force.
    func inForce(_ database: Database) throws -> InForce {
        let version = try AllianceRows(database).version()
        if let known = last.withLock({ $0 }), known.version == version { return known }
        let rows = AllianceRows(database)
        let found = InForce(
            version: version, schedule: try rows.schedule(of: version), roster: try Roster(database))
        last.withLock { $0 = found }
        return found
    }
}
