import Settlement
import Store

/// What is said of a movement and of the records in it, to whoever asks.
struct Mentions {
    let schedule: Schedule
    let viewer: Explainer.Viewer

    /// A movement on a statement; or, with all its `lines`, by itself, its price then told only where `isPriced`.
    func explained(
        _ movement: TracedMovement, of member: SettledMember, isPriced: Bool = true,
        lines: [ExplainedLine] = []
    ) -> ExplainedMovement {
        let lot = member.lots[movement.lot]
        let cause = movement.event.map { member.events[$0] }
        let allocation = movement.allocation.map { member.allocations[$0] }
        return ExplainedMovement(
            kind: movement.kind, member: member.member, points: movement.points, exact: movement.exact,
            priced: isPriced
                ? movement.terms.map { priced(by: $0, movement, lot: lot, allocation: allocation) } : nil,
            lines: lines,
            cause: cause.map { mention($0) },
            lot: mention(lot), issuer: lot.issuer,
            terms: isOwn(lot.issuer)
                ? LotTerms(issuePrice: lot.issuePrice, funding: lot.funding, expiresAt: lot.expiresAt) : nil,
            redeemer: allocation?.redeemer, reversed: reversed(movement, cause, allocation))
    }

    /// The line that a movement makes on a merchant's statement; nil: none.
    func line(
        of movement: TracedMovement, on merchant: MerchantID, in member: SettledMember
    ) -> ExplainedLine? {
        guard let key = movement.line, let exact = movement.exact, let terms = movement.terms else {
            return nil
        }
        let allocation = movement.allocation.map { member.allocations[$0] }
        return ExplainedLine(
            merchant: merchant, key: key, exact: exact,
            priced: priced(by: terms, movement, lot: member.lots[movement.lot], allocation: allocation))
    }

    /// DETAILS.csv shows of others' records who, what and when, but not how many points they were of.
    func mention(_ event: Event) -> RecordMention {
        RecordMention(
            merchant: event.merchant, id: event.record.id, type: event.record.type,
            points: isOwn(event.merchant) ? event.record.points : nil, at: event.record.at,
            effective: event.effective, number: number(event.number, of: event.merchant))
    }

    /// The record that made a lot: of another issuer's lot DETAILS.csv has only the name.
    func mention(_ lot: Lot) -> RecordMention {
        let isKnown = isOwn(lot.issuer) || isOwn(lot.merchant)
        return RecordMention(
            merchant: lot.merchant, id: lot.id, type: isKnown ? (lot.isOpening ? .opening : .earn) : nil,
            points: isKnown ? lot.points : nil, at: isKnown ? lot.at : nil, effective: nil,
            number: number(lot.number, of: lot.merchant))
    }

    /// Of points given back, the redemption: reported by whoever reported the reversal.
    private func reversed(
        _ movement: TracedMovement, _ cause: Event?, _ allocation: Allocation?
    ) -> RecordMention? {
        guard movement.kind == .restoration, let cause, let ref = cause.record.ref, let allocation else {
            return nil
        }
        return RecordMention(
            merchant: cause.merchant, id: ref, type: .redeem, points: nil, at: nil, effective: nil,
            number: number(allocation.redemption, of: cause.merchant))
    }

    /// A record's number, by which its batch is found, where who asks may see that.
    private func number(_ number: RecordNumber, of reporter: MerchantID) -> RecordNumber? {
        isOwn(reporter) ? number : nil
    }

    /// Whether what is a merchant's business is the business of who asks.
    func isOwn(_ merchant: MerchantID) -> Bool {
        switch viewer {
        case .operator: true
        case .merchant(let viewer): merchant == viewer
        }
    }

    private func priced(
        by terms: TermsName, _ movement: TracedMovement, lot: Lot, allocation: Allocation?
    ) -> TermsMention {
        let isPaid =
            movement.line?.kind == .redemptionPayout || movement.line?.kind == .redemptionPayoutReversal
        if isPaid, let allocation {
            if let item = ItemID(terms.text).flatMap({ schedule.item($0) }),
                item.supplier == allocation.redeemer
            {
                return .item(item.id)
            }
            return .terms(of: allocation.redeemer, from: terms.text)
        }
        if let campaign = lot.campaign, campaign.text == terms.text { return .campaign(campaign) }
        return .terms(of: lot.issuer, from: terms.text)
    }
}

extension ExplainedMovement {
    /// The records whose batches may be told.
    var numbers: [RecordNumber] { [cause?.number, lot.number, reversed?.number].compactMap { $0 } }
}
