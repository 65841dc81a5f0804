extension PeriodSettlement {
    /// Writes a member's rows to the details of every merchant that they concern, in the order of rulebook
    /// §7: by effective time, `at`, rank, merchant, id, order of consumption; expiries before events.
    ///
    /// `entries` are the lines that each movement makes, `classes` those of the lots.
    mutating func writeDetails(of output: MemberOutput, classes: [Int], entries: [LineEntries]) throws {
        let rows = DetailsOrder(output)
        var nextExpiry = 0
        for event in rows.events {
            while nextExpiry < rows.expiries.count,
                rows.expiry(nextExpiry, in: output) <= output.events[event].effective
            {
                try writeMovement(rows.expiries[nextExpiry], of: output, classes, entries)
                nextExpiry += 1
            }
            try writeRecord(event, of: output)
            for movement in rows.movements(of: event) {
                try writeMovement(movement, of: output, classes, entries)
            }
        }
        for expiry in rows.expiries[nextExpiry...] { try writeMovement(expiry, of: output, classes, entries) }
    }

    private mutating func append(_ row: UnsafeBufferPointer<UInt8>, to ledger: Int) throws {
        ledgers[ledger].details.append(row)
        guard ledgers[ledger].details.hasPiece else { return }
        try sink(ledgers[ledger].merchant, ledgers[ledger].details.takePiece())
    }

    private mutating func writeRecord(_ event: Int, of output: MemberOutput) throws {
        detailsText.begin(output.events[event], of: output.member)
        var issuer: MerchantID?
        var redeemer: MerchantID?
        let merchant = output.events[event].merchant
        switch output.events[event].record.type {
        case .earn, .opening:
            issuer =
                output.events[event].record.campaign.flatMap { schedule.campaign($0)?.sponsor } ?? merchant
        case .redeem:
            redeemer = output.events[event].record.item.flatMap { schedule.item($0)?.supplier } ?? merchant
        case .earnReversal, .redeemReversal, .correction: break
        }
        let row = detailsText.record(
            output.events[event], output.outcomes[event], issuer: issuer, redeemer: redeemer)
        try append(row, to: merchants[merchant])
    }

    /// One row for each line that the movement makes; and one without a line on the issuer's details where
    /// it changes the issuer's points but makes no line there.
    private mutating func writeMovement(
        _ position: Int, of output: MemberOutput, _ classes: [Int], _ entries: [LineEntries]
    ) throws {
        let movement = output.movements[position]
        let made = entries[position]
        let expiry = movement.kind == .expiry ? output.lots[movement.lot].expiresAt : nil
        let issuer = lotClasses.classes[classes[movement.lot]].issuer
        if made.issuer == nil, made.redeemer?.ledger != issuer {
            try append(detailsText.movement(movement, of: output, line: nil, expiry: expiry), to: issuer)
        }
        if let entry = made.issuer { try write(entry, movement, of: output, expiry: expiry) }
        if let entry = made.redeemer { try write(entry, movement, of: output, expiry: expiry) }
    }

    private mutating func write(
        _ entry: LineEntry, _ movement: Movement, of output: MemberOutput, expiry: Instant?
    ) throws {
        let slot = entry.slot
        let line = DetailsLine(
            entry: entry,
            counterparty: slot.counterparty < 0 ? nil : ledgers[Int(slot.counterparty)].merchant,
            reference: slot.campaign < 0 ? nil : schedule.alliance.campaigns[Int(slot.campaign)].id)
        try append(
            detailsText.movement(movement, of: output, line: line, expiry: expiry), to: entry.ledger)
    }
}

/// The order of one member's rows.
private struct DetailsOrder {
    /// Positions of the events in the order of their rows.
    let events: [Int]
    /// Positions of the expiries among the movements, in the order of their rows.
    let expiries: [Int]
    /// Positions of the other movements, event after event, each event's in the order of consumption; and
    /// where each event's begin.
    private let moves: [Int]
    private let firstMove: [Int]

    init(_ output: MemberOutput) {
        var expiries: [Int] = []
        var firstMove = Array(repeating: 0, count: output.events.count + 1)
        var moves: [Int] = []
        moves.reserveCapacity(output.movements.count)
        // Movements stand in the order in which their events were settled, so one pass lays them out.
        var event = 0
        for (position, movement) in output.movements.enumerated() {
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
        while event < output.events.count {
            event += 1
            firstMove[event] = moves.count
        }
        for event in output.events.indices where firstMove[event + 1] - firstMove[event] > 1 {
            moves[firstMove[event]..<firstMove[event + 1]].sort {
                Self.isConsumed($0, before: $1, in: output)
            }
        }
        self.moves = moves
        self.firstMove = firstMove
        if expiries.count > 1 { expiries.sort { Self.isConsumed($0, before: $1, in: output) } }
        self.expiries = expiries
        events = Self.ordered(output)
    }

    func movements(of event: Int) -> ArraySlice<Int> { moves[firstMove[event]..<firstMove[event + 1]] }

    func expiry(_ position: Int, in output: MemberOutput) -> Instant {
        guard let instant = output.lots[output.movements[expiries[position]].lot].expiresAt else {
            preconditionFailure("a lot that expires has a time to expire at")
        }
        return instant
    }

    /// Events are settled in the order of their rows, but for reversals that followed their originals.
    private static func ordered(_ output: MemberOutput) -> [Int] {
        let indices = output.events.indices
        let isOrdered = indices.dropFirst().allSatisfy {
            !precedes(output.events[$0], output.events[$0 - 1])
        }
        if isOrdered { return Array(indices) }
        return indices.sorted { precedes(output.events[$0], output.events[$1]) }
    }

    /// By the order of consumption of their lots; movements of one lot in the order in which they happened.
    private static func isConsumed(_ left: Int, before right: Int, in output: MemberOutput) -> Bool {
        let (one, other) = (output.movements[left].lot, output.movements[right].lot)
        return one == other ? left < right : consumedBefore(output.lots[one], output.lots[other])
    }
}
