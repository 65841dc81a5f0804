import Signing

/// Makes the statements of a period, each for itself and on any thread, of what all members have come to.
struct StatementMaker: Sendable {
    let maker: LineMaker
    let campaigns: [CampaignID]
    private let period: Period
    private let heading: PeriodHeading
    private let opening: PeriodOpening
    private let signer: DocumentSigner
    /// One a merchant, by place.
    private let sides: [Side]

    /// What one merchant's period has come to.
    private struct Side {
        let ledger: MerchantLedger
        let own: OwnSide
        let rowSums: LineSums
        let detailsRows: Int64
        let detailsDigest: SHA256Digest
    }

    /// A statement, and what it says.
    struct Made: Sendable {
        let draft: StatementDraft
        let statement: ClosedPeriod.Statement
    }

    /// Once every member has been added to the settlement. `signedDetails` as `finish` has it.
    init(
        _ settlement: PeriodSettlement, signer: DocumentSigner,
        signedDetails: (MerchantID, SHA256Digest) -> SHA256Digest
    ) {
        maker = settlement.maker
        campaigns = settlement.schedule.alliance.campaigns.map(\.id)
        period = settlement.period
        heading = settlement.heading
        opening = settlement.opening
        self.signer = signer
        sides = settlement.tally.ledgers.indices.map { place in
            let ledger = settlement.tally.ledgers[place]
            return Side(
                ledger: ledger, own: settlement.ownSides[ledger.merchant] ?? OwnSide(),
                rowSums: settlement.rowSums[place], detailsRows: settlement.details[place].rows,
                detailsDigest: signedDetails(ledger.merchant, settlement.details[place].digest()))
        }
    }

    /// How many merchants there are.
    var count: Int { sides.count }

    var schedule: Schedule { maker.schedule }

    /// The statement of the merchant at a place; nil where it gets none. Throws `CloseFailure` where a figure does not
    /// fit 64 bits or is not what others say it must be.
    func statement(of place: Int) throws(CloseFailure) -> Made? {
        let draft = try draft(of: sides[place])
        try verifyDetails(sides[place].rowSums, of: draft, sides[place].ledger.merchant)
        guard let draft else { return nil }
        return Made(draft: draft, statement: draft.sealed(by: signer, under: heading))
    }

    /// A merchant's statement, unless its terms have not begun, or it has left and nothing happened. §2, §7.
    private func draft(of side: Side) throws(CloseFailure) -> StatementDraft? {
        let merchant = side.ledger.merchant
        let last = period.lastMillisecond
        guard let terms = schedule.terms(of: merchant, at: last) else {
            precondition(side.ledger.isQuiet, "nothing happens to a merchant before its terms begin")
            if let booking = side.own.bookings.first {
                throw .broken(
                    invariant: "nothing is booked before the terms begin", merchant: merchant,
                    expected: "no booking", found: booking.reference.text)
            }
            return nil
        }
        let before = opening.merchants[merchant] ?? MerchantOpening()
        let lines = try lines(of: side.ledger, bookings: side.own.bookings, terms: terms, last: last)
        if hasLeftQuietly(side, before: before, lines: lines) { return nil }
        return try StatementDraft(
            ledger: side.ledger, before: before, own: side.own, lines: lines, detailsRows: side.detailsRows,
            detailsDigest: side.detailsDigest)
    }

    /// Batches that brought nothing new do not count: how records were cut must not decide (§4).
    private func hasLeftQuietly(_ side: Side, before: MerchantOpening, lines: [Line]) -> Bool {
        schedule.hasLeft(side.ledger.merchant, throughout: period) && lines.isEmpty && side.ledger.isQuiet
            && before.points.isZero && before.balance.isZero && side.own.bookings.isEmpty
    }
}
