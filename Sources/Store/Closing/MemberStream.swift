import GRDB
import Settlement

/// Merges what there is of each member, in the order of their ids: records to settle, and holdings.
/// Holds one chunk of holdings, and what the sort of the records may, in memory.
struct MemberStream {
    private var events: EventSource
    private var holdings: HoldingsSource
    private let originals: OriginalLookup

    init(_ database: Database, inForce: InForce, period: Period, sort: EventSort, holdingsBytes: Int) throws {
        events = try EventSource(database, inForce: inForce, period: period, sort: sort)
        holdings = try HoldingsSource(database, inForce.roster, chunkBytes: holdingsBytes)
        originals = try OriginalLookup(database, inForce.roster, period: period.ordinal)
    }

    /// What there is of one member.
    struct Member {
        var input: MemberInput
        /// What it holds, as it was read.
        var held = HeldRow()
    }

    /// The next members: so many that their records and lots are about `size`; nil behind the last.
    mutating func nextGroup(size: Int) throws -> [Member]? {
        var members: [Member] = []
        var count = 0
        while count < size, let member = try next() {
            count += 1 + member.input.events.count + member.input.lots.count
            members.append(member)
        }
        return members.isEmpty ? nil : members
    }

    /// The next member; nil behind the last.
    private mutating func next() throws -> Member? {
        guard let id = [events.member, holdings.member].compactMap({ $0 }).min() else { return nil }
        var member = Member(input: MemberInput(member: id))
        if holdings.member == id { member.held = try holdings.take(into: &member.input) }
        if events.member == id { try events.takeAll(into: &member.input.events) }
        try originals.resolve(&member.input)
        return member
    }
}
