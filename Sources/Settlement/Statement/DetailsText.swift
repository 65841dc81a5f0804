/// Writes the rows of DETAILS.csv. No cell needs quoting: identifiers hold no comma, quote or space.
/// Rulebook §7.
///
/// A record's row and those of the movements that it caused begin alike: who, what and when is written once.
/// Of one thread at a time.
struct DetailsText {
    static let header =
        "row,merchant,id,type,member,at,effective,state,code,ref,issuer,redeemer,lot,line,counterparty,price,"
        + "rate,reference,terms,points,exact\n"

    private let causeSpace = RowSpace()
    /// Cells `merchant` to `effective` of the record at hand, with the comma behind them.
    private var cause: RowText
    private var clock: LocalClockText
    /// What slots name by their places.
    private let merchants: [MerchantID]
    private let campaigns: [CampaignID]

    init(_ maker: LineMaker) {
        clock = LocalClockText(zone: maker.schedule.zone)
        merchants = maker.ids
        campaigns = maker.schedule.alliance.campaigns.map(\.id)
        cause = RowText(in: causeSpace)
    }

    /// The record that the rows to come are of. Events are read in place: they are large.
    mutating func begin(_ event: Int, of member: SettledMember) {
        cause = RowText(in: causeSpace)
        cause.cell(member.events[event].merchant)
        cause.cell(member.events[event].record.id)
        cause.text(member.events[event].record.type.text)
        cause.byte(comma)
        cause.cell(member.member)
        let place = cause.count
        let at = member.events[event].record.at
        clock.write(at, to: &cause)
        cause.byte(comma)
        if member.events[event].effective == at { return cause.repeatText(from: place) }
        clock.write(member.events[event].effective, to: &cause)
        cause.byte(comma)
    }

    /// The row of the record at hand.
    func record(
        _ event: Int, of member: SettledMember, issuer: MerchantID?, redeemer: MerchantID?,
        to row: inout RowText
    ) {
        row.text("record,")
        row.text(cause.bytes)
        if member.outcomes[event] == .settled {
            row.text("settled,,")
        } else {
            let (state, code) = member.outcomes[event].stateAndCode
            row.cell(state)
            row.cell(code)
        }
        row.cell(member.events[event].record.ref)
        row.cell(issuer)
        row.cell(redeemer)
        row.text(",,,,,,,")
        row.integer(member.events[event].record.points.count)
        row.text(",\n")
    }

    /// A movement's row, which names the line that it makes, if any; `expiry` where it stands at another time than
    /// its cause, or has none.
    mutating func movement(
        _ movement: Movement, of member: SettledMember, line: LineEntry?, expiry: Instant?,
        to row: inout RowText
    ) {
        row.text("movement,")
        if let expiry { writeExpiry(expiry, movement, of: member, to: &row) } else { row.text(cause.bytes) }
        row.text(movement.kind.participle)
        row.text(",,")
        row.cell(movement.event.flatMap { member.events[$0].record.ref })
        row.cell(member.lots[movement.lot].issuer)
        row.cell(movement.allocation.map { member.allocations[$0].redeemer })
        row.identifier(member.lots[movement.lot].merchant)
        row.byte(UInt8(ascii: "/"))
        row.cell(member.lots[movement.lot].id)
        if let line { write(line, movement, of: member, to: &row) } else { row.text(",,,,,,") }
        row.integer(movement.points.count)
        row.byte(comma)
        if let line { row.exact(line.exact) }
        row.byte(UInt8(ascii: "\n"))
    }

    /// Expiries stand at their `expires_at`; one that an event brought about names that event.
    private mutating func writeExpiry(
        _ expiry: Instant, _ movement: Movement, of member: SettledMember, to row: inout RowText
    ) {
        if let event = movement.event {
            row.cell(member.events[event].merchant)
            row.cell(member.events[event].record.id)
            row.text(member.events[event].record.type.text)
            row.byte(comma)
        } else {
            row.text(",,,")
        }
        row.cell(member.member)
        if let event = movement.event { clock.write(member.events[event].record.at, to: &row) }
        row.byte(comma)
        clock.write(expiry, to: &row)
        row.byte(comma)
    }

    private func write(
        _ line: LineEntry, _ movement: Movement, of member: SettledMember, to row: inout RowText
    ) {
        let slot = line.slot
        row.text(slot.kind.text)
        row.byte(comma)
        if slot.counterparty >= 0 { row.identifier(merchants[Int(slot.counterparty)]) }
        row.byte(comma)
        row.decimal(UInt64(slot.price.millionths), scale: 1_000_000, places: 6)
        row.byte(comma)
        if slot.rate >= 0 { row.decimal(UInt64(slot.rate), scale: 1_000_000, places: 6) }
        row.byte(comma)
        if slot.campaign >= 0 { row.identifier(campaigns[Int(slot.campaign)]) }
        row.byte(comma)
        let paid = slot.kind == .redemptionPayout || slot.kind == .redemptionPayoutReversal
        if paid, let allocation = movement.allocation {
            row.cell(member.allocations[allocation].terms)
        } else {
            row.cell(member.lots[movement.lot].terms)
        }
    }
}

private let comma = UInt8(ascii: ",")

extension RowText {
    /// A cell and the comma behind it; an absent one is empty.
    @inline(__always)
    fileprivate mutating func cell(_ text: String?) {
        if let text { self.text(text) }
        byte(comma)
    }

    @inline(__always)
    fileprivate mutating func cell<Kind>(_ id: Identifier<Kind>?) {
        if let id { identifier(id) }
        byte(comma)
    }

    /// Minor units as a decimal in shortest form.
    fileprivate mutating func exact(_ exact: ExactAmount) {
        guard let parts = UInt64(exactly: exact.parts.magnitude) else { return text(exact.description) }
        if exact.parts < 0 { byte(UInt8(ascii: "-")) }
        decimal(parts, scale: UInt64(ExactAmount.scale), places: 12)
    }
}

extension RowText {
    /// Points and minor units of a movement's row that is whole, read back from its last two cells; nil where they are
    /// no such figures.
    func lastFigures() -> LineSums.Sum? {
        // Behind them stands the end of the line.
        var place = count - 1
        guard place > 0, bytes[place] == UInt8(ascii: "\n") else { return nil }
        var whole = digits(before: &place)
        var fraction: UInt64 = 0
        if holds(UInt8(ascii: "."), before: &place) {
            guard (1...12).contains(whole.count) else { return nil }
            fraction = whole.value &* (UInt64(ExactAmount.scale) / whole.bound)
            whole = digits(before: &place)
        }
        let isNegative = holds(UInt8(ascii: "-"), before: &place)
        guard (1...19).contains(whole.count), holds(comma, before: &place) else { return nil }
        let points = digits(before: &place)
        guard (1...18).contains(points.count), holds(comma, before: &place) else { return nil }
        let parts = Int128(whole.value) * ExactAmount.scale + Int128(fraction)
        return LineSums.Sum(
            points: Int128(points.value), exact: ExactAmount(parts: isNegative ? -parts : parts))
    }

    /// The number whose digits end before a place, ten to the power of how many they are, and how many; the place moves
    /// to where they begin.
    @inline(__always)
    private func digits(before place: inout Int) -> (value: UInt64, bound: UInt64, count: Int) {
        var value: UInt64 = 0
        var bound: UInt64 = 1
        let end = place
        while place > 0 {
            let digit = UInt64(bytes[place &- 1] &- UInt8(ascii: "0"))
            guard digit <= 9 else { break }
            value &+= digit &* bound
            bound &*= 10
            place &-= 1
        }
        return (value, bound, end &- place)
    }

    /// Whether this byte stands before a place, which moves to it then.
    @inline(__always)
    private func holds(_ byte: UInt8, before place: inout Int) -> Bool {
        guard place > 0, bytes[place &- 1] == byte else { return false }
        place &-= 1
        return true
    }
}

extension Movement.Kind {
    /// What a movement row says in `state`.
    var participle: StaticString {
        switch self {
        case .issue: "issued"
        case .allocation: "allocated"
        case .restoration: "restored"
        case .recovery: "recovered"
        case .debtRecovery: "debt_recovered"
        case .expiry: "expired"
        }
    }
}
