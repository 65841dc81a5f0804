/// The order of one member's rows.
struct DetailsOrder {
    /// Positions of the events in the order of their rows.
    let events: [Int]
    /// Positions of the expiries among the movements, in the order of their rows.
    let expiries: [Int]
    /// Positions of the other movements, event after event, each event's in the order of consumption; and
    /// where each event's begin.
    private let moves: [Int]
    private let firstMove: [Int]

    init(_ member: SettledMember) {
        var expiries: [Int] = []
        var firstMove = Array(repeating: 0, count: member.events.count + 1)
        var moves: [Int] = []
        moves.reserveCapacity(member.movements.count)
        // Movements stand in the order in which their events were settled, so one pass lays them out.
        var event = 0
        for (position, movement) in member.movements.enumerated() {
            if movement.kind == .expiry {
                expiries.append(position)
            } else if let cause = movement.event {
                while event < cause {
                    event += 1
                    firstMove[event] = moves.count
                }
                moves.append(position)
            }
        }
        while event < member.events.count {
            event += 1
            firstMove[event] = moves.count
        }
        for event in member.events.indices where firstMove[event + 1] - firstMove[event] > 1 {
            moves[firstMove[event]..<firstMove[event + 1]].sort {
                Self.isConsumed($0, before: $1, in: member)
            }
        }
        self.moves = moves
        self.firstMove = firstMove
        if expiries.count > 1 { expiries.sort { Self.isConsumed($0, before: $1, in: member) } }
        self.expiries = expiries
        events = Self.ordered(member)
    }

    func movements(of event: Int) -> ArraySlice<Int> { moves[firstMove[event]..<firstMove[event + 1]] }

    func expiry(_ position: Int, in member: SettledMember) -> Instant {
        guard let instant = member.lots[member.movements[expiries[position]].lot].expiresAt else {
            preconditionFailure("a lot that expires has a time to expire at")
        }
        return instant
    }

    /// Events are settled in the order of their rows, but for reversals that followed their originals.
    private static func ordered(_ member: SettledMember) -> [Int] {
        isOrdered(member.events) ? Array(member.events.indices) : order(of: member.events)
    }

    /// By the order of consumption of their lots; movements of one lot in the order in which they happened.
    private static func isConsumed(_ left: Int, before right: Int, in member: SettledMember) -> Bool {
        let (one, other) = (member.movements[left].lot, member.movements[right].lot)
        return one == other ? left < right : consumedBefore(one, other, in: member.lots)
    }
}
