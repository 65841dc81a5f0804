import Settlement

/// The events of a settlement, with what became of them; their form is said at `SettlementPacking`.
enum SettledEventPacking {
    private static let mostBytes = 9 * 10 + 5 * 65

    /// What stands in an event's flags; the type is in the three lowest bits.
    private static let type: UInt64 = 0x07
    private static let ref: UInt64 = 0x08
    private static let effective: UInt64 = 0x10
    private static let outcome: UInt64 = 0x20
    private static let campaign: UInt64 = 0x40
    private static let late: UInt64 = 0x80
    private static let item: UInt64 = 0x100
    private static let expires: UInt64 = 0x200
    private static let attempts: UInt64 = 0x400

    static func pack(_ settled: SettledMember, _ roster: Roster, to bytes: inout [UInt8]) {
        precondition(
            settled.events.count == settled.outcomes.count, "a settlement has an outcome of every event")
        bytes.appendPacked(atMost: 10) { $0.write(UInt64(settled.events.count)) }
        var number: Int64 = 0
        var at: Int64 = 0
        let events = settled.events.span
        for position in events.indices {
            bytes.appendPacked(atMost: mostBytes) { packed in
                pack(events[position], settled.outcomes[position], after: number, at, roster, into: &packed)
            }
            number = events[position].number.value
            at = events[position].record.at.milliseconds
        }
    }

    private static func pack(
        _ event: Event, _ outcome: Outcome, after number: Int64, _ at: Int64, _ roster: Roster,
        into packed: inout PackedBytes
    ) {
        packed.write(flags(of: event, outcome))
        packed.write(event.record.id)
        packed.write(signed: event.number.value - number)
        packed.write(signed: event.record.at.milliseconds - at)
        packed.write(UInt64(roster[event.merchant]))
        packed.write(UInt64(event.record.points.count))
        if event.effective != event.record.at {
            packed.write(signed: event.effective.milliseconds - event.record.at.milliseconds)
        }
        if outcome != .settled { pack(outcome, into: &packed) }
        if let ref = event.record.ref { packed.write(ref) }
        if let date = event.record.expires { packed.write(signed: Int64(date.dayNumber)) }
        if let campaign = event.record.campaign { packed.write(campaign) }
        if let item = event.record.item { packed.write(item) }
        if event.attempts > 0 { packed.write(UInt64(event.attempts)) }
    }

    private static func flags(of event: Event, _ outcome: Outcome) -> UInt64 {
        var flags = UInt64(event.record.type.rawValue)
        if event.record.ref != nil { flags |= ref }
        if event.effective != event.record.at { flags |= effective }
        if outcome != .settled { flags |= Self.outcome }
        if event.record.campaign != nil { flags |= campaign }
        if event.late { flags |= late }
        if event.record.item != nil { flags |= item }
        if event.record.expires != nil { flags |= expires }
        if event.attempts > 0 { flags |= attempts }
        return flags
    }

    /// The state, 1 a shortfall, 2 pending, 3 refused; then the missing points, or the code.
    private static func pack(_ outcome: Outcome, into packed: inout PackedBytes) {
        switch outcome {
        case .settled: packed.write(byte: 0)
        case .shortfall(let missing):
            packed.write(byte: 1)
            packed.write(UInt64(missing.count))
        case .pending(let code):
            packed.write(byte: 2)
            packed.write(code.rawValue)
        case .refused(let code):
            packed.write(byte: 3)
            packed.write(code.rawValue)
        }
    }

    // MARK: Reading

    static func unpack(_ packed: inout PackedReader, into settled: inout SettledMember, _ roster: Roster) {
        let count = Int(packed.unsigned())
        settled.events.reserveCapacity(count)
        settled.outcomes.reserveCapacity(count)
        var number: Int64 = 0
        var at: Int64 = 0
        for _ in 0..<count {
            let (event, outcome) = event(&packed, of: settled.member, after: number, at, roster)
            number = event.number.value
            at = event.record.at.milliseconds
            settled.events.append(event)
            settled.outcomes.append(outcome)
        }
    }

    private static func event(
        _ packed: inout PackedReader, of member: MemberID, after number: Int64, _ before: Int64,
        _ roster: Roster
    ) -> (Event, Outcome) {
        let flags = packed.unsigned()
        guard let type = RecordType(rawValue: UInt8(flags & Self.type)) else {
            preconditionFailure("a record is stored with its type")
        }
        let id: RecordID = packed.identifier()
        let number = RecordNumber(number + packed.signed())
        let at = Instant(milliseconds: before + packed.signed())
        let merchant = roster[Int64(packed.unsigned())]
        let points = Points(Int64(packed.unsigned()))
        let effective = flags & effective == 0 ? at : at.advanced(byMilliseconds: packed.signed())
        let outcome = flags & outcome == 0 ? .settled : outcome(&packed)
        let record = Settlement.Record(
            id: id, type: type, member: member, points: points, at: at,
            ref: flags & ref == 0 ? nil : packed.identifier(),
            expires: flags & expires == 0 ? nil : LocalDate(dayNumber: Int(packed.signed())),
            campaign: flags & campaign == 0 ? nil : packed.identifier(),
            item: flags & item == 0 ? nil : packed.identifier())
        let event = Event(
            number: number, merchant: merchant, record: record, effective: effective, late: flags & late != 0,
            attempts: flags & attempts == 0 ? 0 : Int(packed.unsigned()))
        return (event, outcome)
    }

    private static func outcome(_ packed: inout PackedReader) -> Outcome {
        let state = packed.byte()
        if state == 1 { return .shortfall(missing: Points(Int64(packed.unsigned()))) }
        guard let code = SettlementRefusalCode(rawValue: packed.string()), state == 2 || state == 3 else {
            preconditionFailure("an outcome is stored with its state and its code")
        }
        return state == 2 ? .pending(code) : .refused(code)
    }
}
