/// Writes the rows of DETAILS.csv. No cell needs quoting: identifiers hold no comma, quote or space.
/// Rulebook §7.
///
/// A record's row and those of the movements that it caused begin alike: who, what and when is written once.
final class DetailsText {
    static let header =
        "row,merchant,id,type,member,at,effective,state,code,ref,issuer,redeemer,lot,line,counterparty,price,"
        + "rate,reference,terms,points,exact\n"

    private let row = RowText()
    /// Cells `merchant` to `effective` of the record at hand, with the comma behind them.
    private let cause = RowText()
    private var clock: LocalClockText

    init(zone: ZoneRules) { clock = LocalClockText(zone: zone) }

    /// The record that the rows to come are of.
    func begin(_ event: Event, of member: MemberID) {
        cause.clear()
        cell(event.merchant.text, to: cause)
        cell(event.record.id.text, to: cause)
        cell(event.record.type.name, to: cause)
        cell(member.text, to: cause)
        clock.write(event.record.at, to: cause)
        cause.byte(comma)
        clock.write(event.effective, to: cause)
        cause.byte(comma)
    }

    /// The row of the record at hand.
    func record(_ event: Event, _ outcome: Outcome, issuer: MerchantID?, redeemer: MerchantID?)
        -> UnsafeBufferPointer<UInt8>
    {
        let (state, code) = outcome.stateAndCode
        row.clear()
        row.text("record,")
        row.text(cause)
        cell(state, to: row)
        cell(code, to: row)
        cell(event.record.ref?.text, to: row)
        cell(issuer?.text, to: row)
        cell(redeemer?.text, to: row)
        row.text(",,,,,,,")
        row.integer(event.record.points.count)
        row.text(",\n")
        return row.bytes
    }

    /// A movement's row; `expiry` where it stands at another time than its cause, or has none.
    func movement(
        _ movement: Movement, of output: MemberOutput, line: DetailsLine?, expiry: Instant?
    ) -> UnsafeBufferPointer<UInt8> {
        row.clear()
        row.text("movement,")
        if let expiry { writeExpiry(expiry, movement, of: output) } else { row.text(cause) }
        row.text(movement.kind.participle)
        row.text(",,")
        if let event = movement.event { cell(output.events[event].record.ref?.text, to: row) } else { skip() }
        cell(output.lots[movement.lot].issuer.text, to: row)
        if let allocation = movement.allocation {
            cell(output.allocations[allocation].redeemer.text, to: row)
        } else {
            skip()
        }
        row.text(output.lots[movement.lot].merchant.text)
        row.byte(UInt8(ascii: "/"))
        cell(output.lots[movement.lot].id.text, to: row)
        if let line { write(line, movement, of: output) } else { row.text(",,,,,,") }
        row.integer(movement.points.count)
        row.byte(comma)
        if let line { write(line.entry.exact) }
        row.byte(UInt8(ascii: "\n"))
        return row.bytes
    }

    // MARK: Cells

    private var comma: UInt8 { UInt8(ascii: ",") }

    private func skip() { row.byte(comma) }

    private func cell(_ text: String?, to row: RowText) {
        if let text { row.text(text) }
        row.byte(comma)
    }

    /// Expiries stand at their `expires_at`; one that an event brought about names that event.
    private func writeExpiry(_ expiry: Instant, _ movement: Movement, of output: MemberOutput) {
        if let event = movement.event {
            cell(output.events[event].merchant.text, to: row)
            cell(output.events[event].record.id.text, to: row)
            cell(output.events[event].record.type.name, to: row)
        } else {
            row.text(",,,")
        }
        cell(output.member.text, to: row)
        if let event = movement.event { clock.write(output.events[event].record.at, to: row) }
        skip()
        clock.write(expiry, to: row)
        skip()
    }

    private func write(_ line: DetailsLine, _ movement: Movement, of output: MemberOutput) {
        let slot = line.entry.slot
        cell(slot.kind.name, to: row)
        cell(line.counterparty?.text, to: row)
        row.decimal(UInt64(slot.price.millionths), scale: 1_000_000, places: 6)
        skip()
        if slot.rate >= 0 { row.decimal(UInt64(slot.rate), scale: 1_000_000, places: 6) }
        skip()
        cell(line.reference?.text, to: row)
        let paid = slot.kind == .redemptionPayout || slot.kind == .redemptionPayoutReversal
        if paid, let allocation = movement.allocation {
            cell(output.allocations[allocation].terms, to: row)
        } else {
            cell(output.lots[movement.lot].terms, to: row)
        }
    }

    private func write(_ exact: ExactAmount) {
        guard let parts = UInt64(exactly: exact.parts.magnitude) else { return row.text(exact.description) }
        if exact.parts < 0 { row.byte(UInt8(ascii: "-")) }
        row.decimal(parts, scale: UInt64(ExactAmount.scale), places: 12)
    }
}

/// A line that a movement's row names.
struct DetailsLine {
    let entry: LineEntry
    let counterparty: MerchantID?
    let reference: CampaignID?
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
