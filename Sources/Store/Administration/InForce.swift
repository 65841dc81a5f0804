import GRDB
import Settlement
import Synchronization

/// The alliance's version in force, made ready: its schedule, and the numbers of its merchants.
struct InForce: Sendable {
    let version: Int64
    let schedule: Schedule
    let roster: Roster
    /// Whether receipts have exposure limits to warn of.
    let hasExposureLimits: Bool
    /// The merchants to which anything is taken, and where to.
    let destinations: [MerchantID: Destinations]

    init(version: Int64, schedule: Schedule, roster: Roster) {
        self.version = version
        self.schedule = schedule
        self.roster = roster
        hasExposureLimits = schedule.alliance.merchants.contains { $0.exposureLimit != nil }
        destinations = Dictionary(
            uniqueKeysWithValues: schedule.alliance.merchants.compactMap { merchant in
                merchant.delivery.map { (merchant.id, $0) }
            })
    }
}

/// The small numbers by which the database's rows name merchants, 1, 2, 3 …
struct Roster: Sendable {
    private let places: PlaceTable<MerchantID>

    init(_ database: Database) throws {
        let query = try Prepared(database, "SELECT merchant, id FROM merchants ORDER BY merchant")
        var ids: [MerchantID] = []
        try query.forEach { row in
            guard let id = MerchantID(row.text(1)) else {
                throw StoreTrouble.damaged("merchants", "row \(row.integer(0))", "it has no merchant's id")
            }
            ids.append(id)
            guard row.integer(0) == Int64(ids.count) else {
                throw StoreTrouble.damaged("merchants", "row \(row.integer(0))", "there is a gap before it")
            }
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

    /// The merchant of a number that was packed with a sum, or found by this roster.
    subscript(number: Int64) -> MerchantID { places.keys[Int(number) - 1] }

    /// The merchant of the number that a row names. Throws `StoreTrouble` where there is none.
    func merchant(_ number: Int64, of table: String, _ row: Int64) throws -> MerchantID {
        guard let merchant = known(number) else {
            throw StoreTrouble.damaged(table, "row \(row)", "it names merchant \(number), and there is none")
        }
        return merchant
    }

    /// The merchant of a number; nil where there is none.
    func known(_ number: Int64) -> MerchantID? {
        (1...Int64(max(1, all.count))).contains(number) && !all.isEmpty ? self[number] : nil
    }

    var all: [MerchantID] { places.keys }
}

/// What a store remembers between transactions: of its file, and who waits to write to it.
final class Memory: Sendable {
    /// So many batches share a transaction that another's wait for it stays short.
    let arrivals = ArrivalQueue<Arrival, Appended>(most: 32)
    /// What became of attempts to deliver: so many share a transaction.
    let attempts = ArrivalQueue<DeliveryAttempt, Void>(most: 64)
    /// Which ids are borne, as the last transaction that stored batches left it; nil while one is at work.
    let identities = Mutex<IdentityIndex?>(nil)
    /// How many members had been forgotten when who takes batches in asked for them; nil: nobody did.
    let forgotten = Mutex<Int64?>(nil)
    private let last = Mutex<InForce?>(nil)
    /// Whom receipts warn of its exposure limit, as the last close and the alliance in force have it.
    private let warned = Mutex<Warned?>(nil)

    /// Read again only when another version has come into force.
    func inForce(_ database: Database) throws -> InForce {
        let version = try AllianceRows(database).version()
        if let known = last.withLock({ $0 }), known.version == version { return known }
        let (schedule, roster) = (try AllianceRows(database).schedule(of: version), try Roster(database))
        try verify(roster, database)
        let found = InForce(version: version, schedule: schedule, roster: roster)
        last.withLock { $0 = found }
        return found
    }

    /// Throws `StoreTrouble` unless each number is that of the merchant to which the versions of the alliance gave it.
    private func verify(_ roster: Roster, _ database: Database) throws {
        let known = last.withLock { $0 }
        let expected = try AllianceRows(database).merchants(
            known: known?.roster.all ?? [], of: known?.version ?? 0)
        for (place, merchant) in expected.enumerated() where roster.known(Int64(place + 1)) != merchant {
            throw StoreTrouble.damaged("merchants", "row \(place + 1)", "it is not of \(merchant)")
        }
        guard roster.all.count == expected.count else {
            throw StoreTrouble.damaged(
                "merchants", "row \(expected.count + 1)", "no version of the alliance has its merchant")
        }
    }

    private struct Warned {
        let earliestOpen: Int
        let version: Int64
        let merchants: Set<MerchantID>
    }

    /// The merchants that were beyond their exposure limit at the last close; computed anew after a close, and when
    /// another version of the alliance has come into force.
    func beyondExposureLimit(_ inForce: InForce, _ database: Database) throws -> Set<MerchantID> {
        guard inForce.hasExposureLimits else { return [] }
        let open = try PeriodRows(database).earliestOpen()
        let known = warned.withLock { $0 }
        if let known, known.earliestOpen == open, known.version == inForce.version { return known.merchants }
        let merchants = try ExposureRows(database).beyondLimits(of: inForce.schedule.alliance, before: open)
        warned.withLock {
            $0 = Warned(earliestOpen: open, version: inForce.version, merchants: merchants)
        }
        return merchants
    }
}
