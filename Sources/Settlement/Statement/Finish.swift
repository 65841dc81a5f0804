public import Signing

extension PeriodSettlement {
    /// Makes the statements and the closing, signed and sealed, once every member has been added.
    ///
    /// Each statement costs a signature and a seal, none depends on another: `spread` makes them on as many threads as
    /// it likes. Where members were forgotten since a period was closed first, `signedDetails` gives for the digest of a
    /// merchant's DETAILS.csv the one that its statement was signed with.
    ///
    /// Throws `CloseFailure` when a figure does not fit 64 bits or an invariant does not hold; the close must then
    /// be given up whole.
    public mutating func finish(
        signer: DocumentSigner, spread: some WorkSpread = InTurn(),
        signedDetails: (MerchantID, SHA256Digest) -> SHA256Digest = { $1 }
    ) throws(CloseFailure) -> ClosedPeriod {
        gather()
        let maker = StatementMaker(self, signer: signer, signedDetails: signedDetails)
        let attempts = spread.spread(maker.count) { position in
            Result { () throws(CloseFailure) in try maker.statement(of: position) }
        }
        var journal = Journal(opening: opening.journal)
        var drafts: [StatementDraft] = []
        var statements: [ClosedPeriod.Statement] = []
        for attempt in attempts {
            guard let made = try attempt.get() else { continue }
            try made.draft.post(to: &journal)
            notePrepaidLines(of: made.draft)
            drafts.append(made.draft)
            statements.append(made.statement)
        }
        for key in prepaid.keys.sorted() {
            try prepaid[key]?.post(to: &journal, at: key.price, minorPerMajor: minorPerMajor)
        }
        let closing = try ClosingDraft(drafts, statements: statements, journal: journal, in: self)
        try verify(drafts, closing)
        let document = signer.seal(closing.canonicalBytes(in: self), for: "operator")
        return ClosedPeriod(
            statements: statements, number: opening.number + 1, closing: document,
            digest: SHA256Digest(of: document.bytes).text,
            journal: Dictionary(
                uniqueKeysWithValues: closing.journal.filter { $0.closing != 0 }
                    .map { ($0.account, Money($0.closing)) }),
            records: closing.records)
    }

    var heading: PeriodHeading { PeriodHeading(schedule: schedule, period: period) }

    var minorPerMajor: Int64 { schedule.alliance.currency.minorPerMajor }

    /// What the classes of lots and the pairs of ledgers come to, by merchant.
    private mutating func gather() {
        let figures = tally.lotClasses.pointFigures(count: tally.ledgers.count)
        for position in figures.indices { tally.ledgers[position].points = figures[position] }
        prepaid = tally.lotClasses.prepaid()
        for (pair, points) in tally.flows {
            flows[Flow(issuer: maker.ids[Int(pair.issuer)], redeemer: maker.ids[Int(pair.redeemer)])] = points
        }
        gatherOwnSides()
    }

    private mutating func gatherOwnSides() {
        for booking in bookings { ownSides[booking.merchant, default: OwnSide()].bookings.append(booking) }
        for batch in intake.batches { ownSides[batch.merchant, default: OwnSide()].batches.append(batch) }
        for number in intake.missing { ownSides[number.merchant, default: OwnSide()].missing.append(number) }
        for (flow, points) in flows.sorted(by: { $0.key < $1.key }) where points != 0 {
            for merchant in Set([flow.issuer, flow.redeemer]) {
                ownSides[merchant, default: OwnSide()].flows.append((flow, points))
            }
        }
    }

    /// What an issuer's lines of prepaid points posted to `pool`, by price.
    private mutating func notePrepaidLines(of draft: StatementDraft) {
        for line in draft.lines where line.key.kind == .issue || line.key.kind == .issueReversal {
            guard let price = line.key.price else { preconditionFailure("a line of points has a price") }
            prepaid[Prepaid.Key(issuer: maker.merchants[draft.merchant], price: price), default: Prepaid()]
                .issueLines +=
                Int128(line.amount.minorUnits)
        }
    }
}

/// What came in, was booked and flowed of one merchant.
struct OwnSide: Sendable {
    var bookings: [Booking] = []
    var batches: [BatchSummary] = []
    var missing: [MissingSequence] = []
    /// By issuer, then redeemer; none of zero points.
    var flows: [(PeriodSettlement.Flow, Int128)] = []
}
