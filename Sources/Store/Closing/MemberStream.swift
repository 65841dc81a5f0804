import GRDB
import Settlement

/// Merges what there is of each member, in the order of their ids: records to settle, and holdings.
/// Holds one chunk of holdings, and what the sort of the records may, in memory.
struct MemberStream {
    private var events: EventSource
    private var holdings: HoldingsSource
    private let originals: OriginalLookup
    private let form: MemberForm

    /// Records behind `lastRecord` have not come yet.
    init(
        _ database: Database, inForce: InForce, period: Period, lastRecord: RecordNumber,
        events: EventReading,
        holdingsBytes: Int
    ) throws {
        self.events = try EventSource(database, period: period, events)
        holdings = try HoldingsSource(database, before: period.ordinal, chunkBytes: holdingsBytes)
        originals = try OriginalLookup(
            database, inForce.roster, period: period.ordinal, lastRecord: lastRecord)
        form = MemberForm(roster: inForce.roster, periodStart: period.start)
    }

    /// The next members: so many that they have about `byteCount` bytes; nil behind the last.
    mutating func nextGroup(byteCount: Int) throws -> MemberGroup? {
        var group = MemberGroup(form: form, capacity: byteCount + byteCount / 4)
        while group.byteCount < byteCount, try addNext(to: &group) {}
        return group.members.isEmpty ? nil : group
    }

    private mutating func addNext(to group: inout MemberGroup) throws -> Bool {
        guard let id = nextMember else { return false }
        let held = holdings.member == id ? try holdings.take() : HeldRow()
        let hasReversals = try group.add(id, held: held) { bytes in
            try events.member == id && events.takeAll(into: &bytes)
        }
        // Only reversals ask for more than what members hold; the store is read on this thread only.
        if hasReversals { try group.resolveLast(by: originals) }
        return true
    }

    /// The one that comes next among those with records and those with holdings; nil behind the last.
    private var nextMember: MemberID? {
        guard let event = events.member else { return holdings.member }
        guard let held = holdings.member else { return event }
        return min(event, held)
    }
}
