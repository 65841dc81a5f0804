import Signing

/// One merchant's statement before it is written and signed.
struct StatementDraft: Sendable {
    let merchant: MerchantID
    let number: Int64
    let previous: String?
    let openingBalance: Int64
    let activity: Int64
    let payments: Int64
    let closingBalance: Int64
    let lines: [Line]
    let points: PointFigures
    let flows: [(pair: PeriodSettlement.Flow, points: Int64)]
    let records: RecordCounts
    let exceptions: [StatementException]
    let own: OwnSide
    let detailsDigest: String
    let detailsRows: Int64

    init(
        ledger: MerchantLedger, before: MerchantOpening, own: OwnSide, lines: [Line], detailsRows: Int64,
        detailsDigest: SHA256Digest
    ) throws(CloseFailure) {
        let merchant = ledger.merchant
        self.merchant = merchant
        number = before.number + 1
        previous = before.previous
        openingBalance = before.balance.minorUnits
        activity = try fitting(
            lines.reduce(0) { $0 + Int128($1.amount.minorUnits) }, "the position", of: merchant)
        payments = try fitting(
            own.bookings.filter { $0.kind == .payment }.reduce(0) { $0 + Int128($1.amount.minorUnits) },
            "the sum of payments", of: merchant)
        closingBalance = try fitting(
            Int128(openingBalance) + Int128(activity) + Int128(payments), "the balance", of: merchant)
        self.lines = lines
        points = ledger.points
        var fittingFlows: [(pair: PeriodSettlement.Flow, points: Int64)] = []
        for (pair, points) in own.flows {
            fittingFlows.append((pair, try fitting(points, "a flow of points", of: merchant)))
        }
        self.flows = fittingFlows
        records = ledger.records
        exceptions = ledger.exceptions.sorted { $0.id < $1.id }
        self.own = own
        self.detailsDigest = detailsDigest.text
        self.detailsRows = detailsRows
        try verify(before: before)
    }

    /// Posts every line and payment between the merchant's receivable and its account. Rulebook §6.
    func post(to journal: inout Journal) throws(CloseFailure) {
        let receivable = Journal.receivable(merchant)
        for line in lines {
            try journal.post(
                debit: line.key.kind.account, credit: receivable, Int128(line.amount.minorUnits))
        }
        for booking in own.bookings where booking.kind == .payment {
            try journal.post(
                debit: Journal.bank, credit: receivable, Int128(booking.amount.minorUnits))
        }
    }

    func sealed(by signer: DocumentSigner, under heading: PeriodHeading) -> ClosedPeriod.Statement {
        let document = signer.seal(canonicalBytes(under: heading), for: merchant.text)
        return ClosedPeriod.Statement(
            merchant: merchant, number: number, document: document,
            digest: SHA256Digest(of: document.bytes).text, detailsDigest: detailsDigest,
            detailsRows: detailsRows, balance: Money(closingBalance),
            points: Points(Int64(points.closing)))
    }

    private func verify(before: MerchantOpening) throws(CloseFailure) {
        try points.verifyFits(of: merchant)
        guard points.opening == Int128(before.points.count) else {
            throw .broken(
                invariant: "open lots at the start hold what the last statement closed with",
                merchant: merchant, expected: "\(before.points.count)", found: "\(points.opening)")
        }
        let sum =
            points.opening + points.issued - points.reversed - points.redeemed + points.restored
            - points.expired
        guard points.closing == sum else {
            throw .broken(
                invariant: "points of the issuer add up", merchant: merchant, expected: "\(sum)",
                found: "\(points.closing)")
        }
    }
}
