/// One line that a movement makes on one merchant's statement, with what it adds to it.
struct LineEntry {
    /// The merchant's place.
    let ledger: Int
    let slot: LineSlot
    let exact: ExactAmount
    /// The slot's place among the sums of its ledger, where a tally has given it one.
    var place = 0
}

/// The lines that one movement makes: at most one of the issuer and one of the redeemer. Rulebook §6.
struct LineEntries {
    var issuer: LineEntry?
    var redeemer: LineEntry?
}

/// What one member's movements make.
struct MemberLines {
    /// In parallel with the member's lots: who answers for them, by place.
    var issuers: [Int] = []
    /// In parallel with its movements.
    var entries: [LineEntries] = []
}

/// The places of an alliance's merchants among them.
struct MerchantPlaces: Sendable {
    private let table: PlaceTable<MerchantID>

    init(_ ids: [MerchantID]) { table = PlaceTable(ids) }

    /// Precondition: the merchant is one of the alliance.
    subscript(id: MerchantID) -> Int {
        guard let place = table.place(of: id) else {
            preconditionFailure("every stored record is of a merchant of the alliance")
        }
        return place
    }
}

/// What lines are made of, besides movements: the alliance, whose merchants and campaigns go by their places.
struct LineMaker: Sendable {
    let schedule: Schedule
    /// In the order of ids; a merchant's place is its position here.
    let ids: [MerchantID]
    let merchants: MerchantPlaces
    private let campaigns: [CampaignID: Int32]
    private let minorPerMajor: Int64

    init(_ schedule: Schedule) {
        self.schedule = schedule
        ids = schedule.alliance.merchants.map(\.id)
        merchants = MerchantPlaces(ids)
        campaigns = Dictionary(
            uniqueKeysWithValues: schedule.alliance.campaigns.enumerated().map { ($1.id, Int32($0)) })
        minorPerMajor = schedule.alliance.currency.minorPerMajor
    }

    /// Puts a member's lines in the place of those of another.
    func fill(_ lines: inout MemberLines, of member: SettledMember) {
        lines.issuers.removeAll(keepingCapacity: true)
        lines.entries.removeAll(keepingCapacity: true)
        for lot in member.lots.indices { lines.issuers.append(merchants[member.lots[lot].issuer]) }
        for movement in member.movements {
            lines.entries.append(entries(movement, in: member, issuer: lines.issuers[movement.lot]))
        }
    }

    /// The lines that a movement makes.
    private func entries(_ movement: Movement, in member: SettledMember, issuer: Int) -> LineEntries {
        switch movement.kind {
        case .issue:
            return LineEntries(issuer: prepaid(.issue, movement, in: member, issuer: issuer))
        case .recovery, .debtRecovery:
            return LineEntries(issuer: prepaid(.issueReversal, movement, in: member, issuer: issuer))
        case .expiry:
            return LineEntries(issuer: expiry(movement, in: member, issuer: issuer))
        case .allocation, .restoration:
            return redemption(movement, in: member, issuer: issuer)
        }
    }

    /// `issue` and `issue_reversal`: of earned lots that the issuer pays when it issues. Opening lots make none.
    private func prepaid(
        _ kind: LineKind, _ movement: Movement, in member: SettledMember, issuer: Int
    ) -> LineEntry? {
        let lot = movement.lot
        guard member.lots[lot].funding == .issue, !member.lots[lot].isOpening else { return nil }
        let price = member.lots[lot].issuePrice
        var counterparty: Int32 = -1
        var campaign: Int32 = -1
        if let id = member.lots[lot].campaign, let place = campaigns[id] {
            campaign = place
            counterparty = Int32(merchants[member.lots[lot].merchant])
        }
        let exact = ExactAmount(movement.points, at: price, minorPerMajor: minorPerMajor)
        return LineEntry(
            ledger: issuer,
            slot: LineSlot(
                kind: kind, counterparty: counterparty, campaign: campaign, rate: -1, price: price),
            exact: kind == .issue ? -exact : exact)
    }

    private func expiry(_ movement: Movement, in member: SettledMember, issuer: Int) -> LineEntry? {
        let lot = movement.lot
        guard member.lots[lot].funding == .issue, !member.lots[lot].isOpening else { return nil }
        let (price, share) = (member.lots[lot].issuePrice, member.lots[lot].breakageShare)
        return LineEntry(
            ledger: issuer,
            slot: LineSlot(
                kind: .expiryRefund, counterparty: -1, campaign: -1, rate: Int32(share.millionths),
                price: price),
            exact: ExactAmount(movement.points, at: price, share: share, minorPerMajor: minorPerMajor))
    }

    private func redemption(_ movement: Movement, in member: SettledMember, issuer: Int) -> LineEntries {
        guard let allocation = movement.allocation else {
            preconditionFailure("a redemption's movement names its allocation")
        }
        let back = movement.kind == .restoration
        let redeemer = merchants[member.allocations[allocation].redeemer]
        var entries = LineEntries()
        if member.lots[movement.lot].funding == .redemption {
            let price = member.lots[movement.lot].issuePrice
            let exact = ExactAmount(movement.points, at: price, minorPerMajor: minorPerMajor)
            entries.issuer = LineEntry(
                ledger: issuer,
                slot: LineSlot(
                    kind: back ? .redemptionChargeReversal : .redemptionCharge,
                    counterparty: Int32(redeemer), campaign: -1, rate: -1, price: price),
                exact: back ? exact : -exact)
        }
        let price = member.allocations[allocation].redeemPrice
        let exact = ExactAmount(movement.points, at: price, minorPerMajor: minorPerMajor)
        entries.redeemer = LineEntry(
            ledger: redeemer,
            slot: LineSlot(
                kind: back ? .redemptionPayoutReversal : .redemptionPayout, counterparty: Int32(issuer),
                campaign: -1, rate: Int32(member.allocations[allocation].feeRate.millionths), price: price),
            exact: back ? -exact : exact)
        return entries
    }
}
