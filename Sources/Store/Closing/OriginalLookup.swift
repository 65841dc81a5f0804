import GRDB
import Settlement

/// Finds what reversals name when it is not among the member's own events: by its id, one search each, so
/// that a close needs no index over members. Rulebook §5.
struct OriginalLookup {
    private let identities: Identities
    private let records: RecordChunks
    private let outcomes: OutcomeRows
    private let settlements: SettlementLookup
    private let roster: Roster
    private let period: Int
    /// What came later is not stored yet.
    private let lastRecord: RecordNumber

    init(_ database: Database, _ roster: Roster, period: Int, lastRecord: RecordNumber) throws {
        identities = Identities(database)
        records = try RecordChunks(database)
        outcomes = try OutcomeRows(database)
        settlements = try SettlementLookup(database, roster)
        self.roster = roster
        self.period = period
        self.lastRecord = lastRecord
    }

    /// Made when it is first asked for: it reads all records that came since the last run of ids was written, and
    /// most reversals name a record of their own period.
    private final class Identities {
        private let database: Database
        private var made: IdentityLookup?

        init(_ database: Database) { self.database = database }

        func lookup() throws -> IdentityLookup {
            if let made { return made }
            let lookup = try IdentityLookup(database)
            made = lookup
            return lookup
        }
    }

    /// An id is one merchant's.
    private struct Name: Hashable {
        let merchant: MerchantID
        let id: RecordID
    }

    /// Adds the originals of the member's reversals, their allocations, and the spent lots that come with
    /// them.
    func resolve(_ input: inout MemberInput) throws {
        guard input.events.contains(where: { $0.record.type.reverses != nil }) else { return }
        let own = Set(input.events.map { Name(merchant: $0.merchant, id: $0.record.id) })
        var wanted = Wanted()
        for event in input.events {
            guard let type = event.record.type.reverses, let ref = event.record.ref else { continue }
            guard !own.contains(Name(merchant: event.merchant, id: ref)) else { continue }
            guard let number = try identities.lookup().find(ref, of: roster[event.merchant]),
                number <= lastRecord
            else {
                input.originals[event.number] = .notStored
                continue
            }
            let stored = try records.record(number)
            let original = try original(stored, type: type, of: input.member)
            input.originals[event.number] = original
            guard case .settled = original else { continue }
            if type == .redeem {
                wanted.redemptions.insert(number)
            } else if !stored.record.points.isZero {
                // An earn of 0 points has no lot.
                wanted.lots.insert(number)
            }
        }
        try add(&wanted, to: &input)
    }

    /// The checks in the rulebook's order. What is pending or of this period is among the member's events.
    private func original(
        _ stored: StoredRecord, type: RecordType, of member: MemberID
    ) throws -> Original {
        guard stored.record.type == type, stored.record.member == member else { return .mismatch }
        if stored.period > period { return .later }
        guard stored.period < period else {
            throw StoreTrouble.damaged(
                "batch_periods", "record \(stored.number.value)", "no row of its period has its batch")
        }
        if case .refused = try outcomes.state(of: stored.number, in: stored.period, before: period) {
            return .refused
        }
        return .settled(stored.number)
    }

    /// What has to come with a member's input beside what the member holds.
    private struct Wanted {
        var lots: Set<RecordNumber> = []
        var redemptions: Set<RecordNumber> = []

        var isEmpty: Bool { lots.isEmpty && redemptions.isEmpty }
    }

    /// Goes back from close to close until all is found. The last that touched a lot or a redemption knows
    /// how it stands; lots that hold points are among the input's already.
    private func add(_ wanted: inout Wanted, to input: inout MemberInput) throws {
        guard !wanted.isEmpty else { return }
        var known = Set(input.lots.map(\.number))
        wanted.lots.subtract(known)
        var spent: [RecordNumber: Lot] = [:]
        for earlier in (0..<period).reversed() where !wanted.isEmpty {
            guard let settled = try settlements.settled(input.member, in: earlier) else { continue }
            for lot in settled.lots where lot.open.isZero && spent[lot.number] == nil {
                spent[lot.number] = lot
            }
            let allocations = settled.allocations.filter { wanted.redemptions.contains($0.redemption) }
            input.allocations += allocations
            wanted.redemptions.subtract(allocations.map(\.redemption))
            wanted.lots.formUnion(allocations.map(\.lot).filter { !known.contains($0) })
            for number in wanted.lots.sorted() {
                guard let lot = spent[number] else { continue }
                input.lots.append(lot)
                known.insert(number)
                wanted.lots.remove(number)
            }
        }
        guard let missing = wanted.lots.union(wanted.redemptions).min() else { return }
        throw StoreTrouble.damaged(
            "settlements", "record \(missing.value)", "no row says what became of it, and it has settled")
    }
}
