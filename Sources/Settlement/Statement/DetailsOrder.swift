/// The order of one member's rows. Made once and filled with member after member.
struct DetailsOrder {
    /// Positions of the events in the order of their rows.
    private(set) var events: [Int] = []
    /// Positions of the expiries among the movements, in the order of their rows.
    private(set) var expiries: [Int] = []
    /// Positions of the other movements, event after event, each event's in the order of consumption; and
    /// where each event's begin.
    private(set) var moves: [Int] = []
    private var firstMove: [Int] = []

    /// Places in `moves` of what an event caused.
    func moves(of event: Int) -> Range<Int> { firstMove[event]..<firstMove[event + 1] }

    /// Puts a member in the place of the one before.
    mutating func arrange(_ member: SettledMember) {
        layOutMoves(of: member)
        for event in member.events.indices where !isArranged(moves[moves(of: event)], member) {
            sortMoves(of: event, member)
        }
        if !isArranged(expiries[...], member) { sortExpiries(member) }
        events.removeAll(keepingCapacity: true)
        // Events are settled in the order of their rows, but for reversals that followed their originals.
        if isOrdered(member.events) {
            events.append(contentsOf: member.events.indices)
        } else {
            events = order(of: member.events)
        }
    }

    func expiry(_ position: Int, in member: SettledMember) -> Instant {
        guard let instant = member.lots[member.movements[expiries[position]].lot].expiresAt else {
            preconditionFailure("a lot that expires has a time to expire at")
        }
        return instant
    }

    /// Movements stand in the order in which their events were settled, so one pass lays them out.
    private mutating func layOutMoves(of member: SettledMember) {
        expiries.removeAll(keepingCapacity: true)
        moves.removeAll(keepingCapacity: true)
        firstMove.removeAll(keepingCapacity: true)
        for position in member.movements.indices {
            if member.movements[position].kind == .expiry {
                expiries.append(position)
            } else if let cause = member.movements[position].event {
                while firstMove.count <= cause { firstMove.append(moves.count) }
                moves.append(position)
            }
        }
        while firstMove.count <= member.events.count { firstMove.append(moves.count) }
    }

    /// Whether movements stand in the order of consumption, as they mostly happen in it.
    private func isArranged(_ movements: ArraySlice<Int>, _ member: SettledMember) -> Bool {
        for place in movements.indices.dropFirst()
        where !Self.isConsumed(movements[place - 1], before: movements[place], in: member) { return false }
        return true
    }

    private mutating func sortMoves(of event: Int, _ member: SettledMember) {
        moves[moves(of: event)].sort { Self.isConsumed($0, before: $1, in: member) }
    }

    private mutating func sortExpiries(_ member: SettledMember) {
        expiries.sort { Self.isConsumed($0, before: $1, in: member) }
    }

    /// By the order of consumption of their lots; movements of one lot in the order in which they happened.
    private static func isConsumed(_ left: Int, before right: Int, in member: SettledMember) -> Bool {
        let (one, other) = (member.movements[left].lot, member.movements[right].lot)
        return one == other ? left < right : consumedBefore(one, other, in: member.lots)
    }
}
