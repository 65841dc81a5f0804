/// One movement as it counts on one merchant's statement. Rulebook §6, §7.
public struct TracedMovement: Sendable {
    /// Position in the member's movements; one movement may make two lines.
    public let position: Int
    public let kind: Movement.Kind
    public let points: Points
    /// Position in the member's events of what caused it; nil for an expiry that time alone caused.
    public let event: Int?
    /// Position in the member's lots.
    public let lot: Int
    /// Position in the member's allocations.
    public let allocation: Int?
    /// Nil: it changes the merchant's points and makes none of its lines.
    public let line: LineKey?
    /// What it adds to its line, before rounding.
    public let exact: ExactAmount?
    /// What set the price: the `from` of terms, or the id of a campaign or an item.
    public let terms: TermsName?
}

extension TracedMovement {
    /// A movement by itself, on no statement; `terms` set the price of its lot.
    public init(_ movement: Movement, at position: Int, pricedBy terms: TermsName) {
        self.init(
            position: position, kind: movement.kind, points: movement.points, event: movement.event,
            lot: movement.lot,
            allocation: movement.allocation, line: nil, exact: nil, terms: terms)
    }
}

/// Follows a merchant's lines back to the movements that make them: those, and no others, that have a row in
/// its DETAILS.csv.
public struct LineTracer: Sendable {
    private let maker: LineMaker
    private let merchant: Int

    /// Under the alliance as it was at the close. Nil of a merchant that it does not have.
    public init?(schedule: Schedule, of merchant: MerchantID) {
        guard schedule.merchant(merchant) != nil else { return nil }
        maker = LineMaker(schedule)
        self.merchant = maker.merchants[merchant]
    }

    /// A member's movements on the merchant's side, in the order in which they happened; one that makes two
    /// of its lines stands there twice.
    public func movements(of member: SettledMember) -> [TracedMovement] {
        var lines = MemberLines()
        maker.fill(&lines, of: member)
        var traced: [TracedMovement] = []
        for (position, movement) in member.movements.enumerated() {
            let (made, issuer) = (lines.entries[position], lines.issuers[movement.lot])
            if made.issuer == nil, made.redeemer?.ledger != issuer, issuer == merchant {
                traced.append(self.traced(position, nil, in: member))
            }
            for entry in [made.issuer, made.redeemer] {
                guard let entry, entry.ledger == merchant else { continue }
                traced.append(self.traced(position, entry, in: member))
            }
        }
        return traced
    }

    private func traced(
        _ position: Int, _ entry: LineEntry?, in member: SettledMember
    ) -> TracedMovement {
        let movement = member.movements[position]
        let key = entry?.slot.key(
            merchants: maker.ids, campaigns: maker.schedule.alliance.campaigns.map(\.id))
        let isPaid = key?.kind == .redemptionPayout || key?.kind == .redemptionPayoutReversal
        let paid = isPaid ? movement.allocation.map { member.allocations[$0].terms } : nil
        return TracedMovement(
            position: position, kind: movement.kind, points: movement.points, event: movement.event,
            lot: movement.lot,
            allocation: movement.allocation, line: key, exact: entry?.exact,
            terms: entry == nil ? nil : paid ?? member.lots[movement.lot].terms)
    }
}
