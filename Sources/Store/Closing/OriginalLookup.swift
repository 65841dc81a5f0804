import GRDB
import Settlement

/// Finds what reversals name when it is not among the member's own events: by its id, one search each, so
/// that a close needs no index over members. Rulebook §5.
struct OriginalLookup {
    private let identities: IdentityLookup
    private let records: RecordChunks
    private let refused: Prepared
    private let spentLot: Prepared
    private let allocations: Prepared
    private let roster: Roster
    private let period: Int

    init(_ database: Database, _ roster: Roster, period: Int) throws {
        identities = try IdentityLookup(database)
        records = try RecordChunks(database)
        refused = try Prepared(database, "SELECT 1 FROM outcomes WHERE record = ? AND state = 'refused'")
        spentLot = try Prepared(
            database, "SELECT \(LotRows.columns) FROM lots WHERE spent = 1 AND member = ? AND record = ?")
        allocations = try Prepared(
            database,
            """
            SELECT redemption, ordinal, lot, points, redeemer, redeem_price, fee_rate, terms, given_back
            FROM allocations WHERE member = ? AND redemption = ? ORDER BY ordinal
            """)
        self.roster = roster
        self.period = period
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
        var lots = Set(input.lots.map(\.number))
        var redemptions: Set<RecordNumber> = []
        for event in input.events {
            guard let type = event.record.type.reverses, let ref = event.record.ref else { continue }
            guard !own.contains(Name(merchant: event.merchant, id: ref)) else { continue }
            guard let number = try identities.find(ref, of: roster[event.merchant]) else {
                input.originals[event.number] = .notStored
                continue
            }
            let original = try original(number, type: type, of: input.member)
            input.originals[event.number] = original
            guard case .settled = original else { continue }
            if type == .earn {
                try addLot(number, to: &input, known: &lots)
            } else if redemptions.insert(number).inserted {
                try addAllocations(number, to: &input, known: &lots)
            }
        }
    }

    /// The checks in the rulebook's order. What is pending or of this period is among the member's events.
    private func original(_ number: RecordNumber, type: RecordType, of member: MemberID) throws -> Original {
        let stored = try records.record(number)
        guard stored.record.type == type, stored.record.member == member else { return .mismatch }
        if stored.period > period { return .later }
        precondition(stored.period < period, "a record of this period is among its member's events")
        refused.bind(1, number.value)
        if try refused.first({ _ in true }) != nil { return .refused }
        return .settled(number)
    }

    /// An earn of 0 points has none.
    private func addLot(
        _ number: RecordNumber, to input: inout MemberInput, known: inout Set<RecordNumber>
    ) throws {
        guard !known.contains(number) else { return }
        spentLot.bind(1, input.member.text)
        spentLot.bind(2, number.value)
        guard let lot = try spentLot.first({ LotRows.lot($0, roster) }) else { return }
        known.insert(number)
        input.lots.append(lot)
    }

    private func addAllocations(
        _ redemption: RecordNumber, to input: inout MemberInput, known: inout Set<RecordNumber>
    ) throws {
        allocations.bind(1, input.member.text)
        allocations.bind(2, redemption.value)
        let found = try allocations.all { allocation($0) }
        precondition(!found.isEmpty, "a settled redemption has allocations")
        input.allocations += found
        for allocation in found { try addLot(allocation.lot, to: &input, known: &known) }
    }

    private func allocation(_ row: Prepared) -> Allocation {
        var allocation = Allocation(
            redemption: RecordNumber(row.integer(0)), ordinal: Int(row.integer(1)),
            lot: RecordNumber(row.integer(2)), points: Points(row.integer(3)),
            redeemer: roster[row.integer(4)],
            redeemPrice: Price(millionths: row.integer(5)), feeRate: Fraction(millionths: row.integer(6)),
            terms: row.text(7))
        allocation.givenBack = Points(row.integer(8))
        return allocation
    }
}
