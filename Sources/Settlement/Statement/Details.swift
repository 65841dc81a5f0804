extension PeriodSettlement {
    /// Writes a member's rows to the details of every merchant that they concern, in the order of rulebook
    /// §7: by effective time, `at`, rank, merchant, id, order of consumption; expiries before events.
    /// `entries` are the lines that each movement makes.
    mutating func writeDetails(of output: MemberOutput, entries: [[LineEntry]]) throws {
        for entry in order(of: output) {
            switch entry {
            case .record(let event):
                try append(recordRow(event, of: output), to: output.events[event].merchant)
            case .movement(let movement):
                try appendMovement(movement, of: output, entries: entries[movement])
            }
        }
    }

    /// A record's row or a movement's, by position in the output.
    private enum Entry {
        case record(Int)
        case movement(Int)
    }

    private func order(of output: MemberOutput) -> [Entry] {
        var byEvent = Array(repeating: [Int](), count: output.events.count)
        var expiries: [Int] = []
        for (position, movement) in output.movements.enumerated() {
            if movement.kind == .expiry {
                expiries.append(position)
            } else if let event = movement.event {
                byEvent[event].append(position)
            }
        }
        let events = output.events.indices.sorted { precedes(output.events[$0], output.events[$1]) }
        expiries.sort { expires($0, before: $1, in: output) }
        var entries: [Entry] = []
        var next = 0
        for event in events {
            while next < expiries.count,
                expiry(of: expiries[next], in: output) <= output.events[event].effective
            {
                entries.append(.movement(expiries[next]))
                next += 1
            }
            entries.append(.record(event))
            entries.append(contentsOf: byEvent[event].map { .movement($0) })
        }
        entries.append(contentsOf: expiries[next...].map { .movement($0) })
        return entries
    }

    private func expiry(of movement: Int, in output: MemberOutput) -> Instant {
        guard let instant = output.lots[output.movements[movement].lot].expiresAt else {
            preconditionFailure("a lot that expires has a time to expire at")
        }
        return instant
    }

    private func expires(_ left: Int, before right: Int, in output: MemberOutput) -> Bool {
        let (one, other) = (output.movements[left].lot, output.movements[right].lot)
        return one == other ? left < right : consumedBefore(output.lots[one], output.lots[other])
    }

    private mutating func append(_ row: DetailsRow, to merchant: MerchantID) throws {
        let position = ledger(of: merchant)
        ledgers[position].details.append(row, zone: schedule.zone)
        if let piece = ledgers[position].details.piece() { try sink(merchant, piece) }
    }

    private func recordRow(_ position: Int, of output: MemberOutput) -> DetailsRow {
        let event = output.events[position]
        var issuer: MerchantID?
        var redeemer: MerchantID?
        switch event.record.type {
        case .earn, .opening:
            issuer = event.record.campaign.flatMap { schedule.campaign($0)?.sponsor } ?? event.merchant
        case .redeem:
            redeemer = event.record.item.flatMap { schedule.item($0)?.supplier } ?? event.merchant
        case .earnReversal, .redeemReversal, .correction: break
        }
        return DetailsRow(
            subject: .record(output.outcomes[position], issuer: issuer, redeemer: redeemer),
            member: output.member, event: event, effective: event.effective, points: event.record.points)
    }

    /// One row for each line that the movement makes; and one without a line on the issuer's details where
    /// it changes the issuer's points but makes no line there.
    private mutating func appendMovement(
        _ position: Int, of output: MemberOutput, entries: [LineEntry]
    ) throws {
        let movement = output.movements[position]
        let lot = output.lots[movement.lot]
        let redeemer = movement.allocation.map { output.allocations[$0].redeemer }
        let effective =
            movement.kind == .expiry
            ? expiry(of: position, in: output) : movement.event.map { output.events[$0].effective }
        guard let effective else { preconditionFailure("a movement has a cause or an expiry") }
        func row(_ line: LineEntry?) -> DetailsRow {
            DetailsRow(
                subject: .movement(movement.kind, lot, redeemer: redeemer, line: line), member: output.member,
                event: movement.event.map { output.events[$0] }, effective: effective, points: movement.points)
        }
        if !entries.contains(where: { $0.merchant == lot.issuer }) { try append(row(nil), to: lot.issuer) }
        for entry in entries { try append(row(entry), to: entry.merchant) }
    }
}
