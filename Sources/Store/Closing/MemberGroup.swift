import Settlement

/// How what is packed of members is read.
struct MemberForm: Sendable {
    let roster: Roster
    let periodStart: Instant
}

/// Members that follow one another, as they were read: packed, as they go from thread to thread.
struct MemberGroup: Sendable {
    private(set) var members: [Member] = []
    /// The members' records as `RecordStretch` says.
    private var events: [UInt8] = []
    private var heldBytes = 0
    private let form: MemberForm

    struct Member: Sendable {
        let id: MemberID
        /// Its records' bytes in the group.
        fileprivate let events: Range<Int>
        /// What it held before.
        fileprivate let held: HeldRow
    }

    /// By position, the members with reversals, with what those name.
    private var resolved: [Int: MemberInput] = [:]

    init(form: MemberForm, capacity: Int) {
        self.form = form
        events.reserveCapacity(capacity)
    }

    var byteCount: Int { events.count + heldBytes }

    /// Adds a member, whose records `append` appends; gives back what that does.
    mutating func add(
        _ id: MemberID, held: HeldRow, _ append: (inout [UInt8]) throws -> Bool
    ) rethrows -> Bool {
        let start = events.count
        let result = try append(&events)
        heldBytes +=
            held.bytes.count + (held.period == nil && !held.hasUnfinished ? 0 : HoldingsSource.rowBytes)
        members.append(Member(id: id, events: start..<events.count, held: held))
        return result
    }

    mutating func resolveLast(by originals: OriginalLookup) throws {
        var (input, _) = unpack(members.count - 1)
        try originals.resolve(&input)
        resolved[members.count - 1] = input
    }

    /// What the settlement of the member at a position needs, and what it held with the places of its lots.
    func unpack(_ position: Int) -> (input: MemberInput, held: HeldRow) {
        let member = members[position]
        var input = MemberInput(member: member.id)
        var held = member.held
        if !held.bytes.isEmpty {
            held.places = held.bytes.withUnsafeBytes {
                HoldingsPacking.unpack($0, into: &input, form.roster)
            }
        }
        if let resolved = resolved[position] { return (resolved, held) }
        input.events.reserveCapacity(member.events.count / EventPacking.usualBytes)
        events.withUnsafeBytes { bytes in
            var rest = member.events
            while !rest.isEmpty {
                let record = RecordStretch.first(of: bytes, at: rest.lowerBound)
                let packed = record.dropFirst(RecordStretch.lengthBytes)
                input.events.append(
                    EventPacking.event(
                        UnsafeRawBufferPointer(rebasing: bytes[packed]), of: member.id, roster: form.roster,
                        periodStart: form.periodStart))
                rest = record.upperBound..<rest.upperBound
            }
        }
        return (input, held)
    }
}
