import GRDB
import Settlement

/// Merges what there is of each member, in the order of their ids: records to settle, open lots and debts.
/// Holds one member, one chunk of lots and debts, and what the sort of the records may, in memory.
struct MemberStream {
    private var events: EventSource
    private var lots: LotSource
    private var debts: DebtSource
    private let originals: OriginalLookup

    init(_ database: Database, inForce: InForce, period: Period, sort: EventSort) throws {
        events = try EventSource(database, inForce: inForce, period: period, sort: sort)
        lots = try LotSource(database, inForce.roster)
        debts = try DebtSource(database, inForce.roster)
        originals = try OriginalLookup(database, inForce.roster, period: period.ordinal)
    }

    /// The next member; nil behind the last.
    mutating func next() throws -> MemberInput? {
        var first = events.member
        for other in [lots.member, debts.member] {
            guard let other else { continue }
            if let least = first, least <= other { continue }
            first = other
        }
        guard let member = first else { return nil }
        var input = MemberInput(member: member)
        if events.member == member { try events.takeAll(into: &input.events) }
        while lots.member == member { input.lots.append(try lots.take()) }
        while debts.member == member { input.debts.append(try debts.take()) }
        try originals.resolve(&input)
        return input
    }
}
