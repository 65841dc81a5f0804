/// The closing before it is written and signed: the operator's side of one period. Rulebook §7.
struct ClosingDraft {
    /// What issuer and redeemer settled between them, net of reversals, both amounts positive.
    struct MatrixRow {
        let pair: PeriodSettlement.Flow
        let points: Int64
        let charged: Int64
        let paid: Int64
    }

    struct LiabilityRow {
        let issuer: MerchantID
        let key: Liability.Key
        let points: Int64
        let value: Int64
    }

    let drafts: [StatementDraft]
    let statements: [ClosedPeriod.Statement]
    let records: RecordCounts
    let points: PointFigures
    let operatorActivity: Int64
    let operatorClosing: Int64
    let matrix: [MatrixRow]
    let journal: [Journal.Row]
    let liability: [LiabilityRow]

    init(
        _ drafts: [StatementDraft], statements: [ClosedPeriod.Statement], journal: Journal,
        in settlement: PeriodSettlement
    ) throws(CloseFailure) {
        self.drafts = drafts
        self.statements = statements
        var records = RecordCounts()
        var points = PointFigures()
        var closing: Int128 = 0
        for draft in drafts {
            records.add(draft.records)
            points.add(draft.points)
            closing -= Int128(draft.closingBalance)
        }
        try points.verifyFits(of: nil)
        self.records = records
        self.points = points
        operatorActivity = try fitting(journal.operatorActivity, "the operator's position", of: nil)
        operatorClosing = try fitting(closing, "the operator's balance", of: nil)
        matrix = try Self.matrix(of: drafts, flows: settlement.flows)
        self.journal = try journal.rows()
        var liability: [LiabilityRow] = []
        let openPoints = settlement.tally.lotClasses.liability(zone: settlement.schedule.zone)
        for (key, points) in openPoints.sorted(by: { $0.key < $1.key }) {
            let issuer = settlement.maker.ids[key.issuer]
            let value = roundedWorth(of: points, at: key.price, minorPerMajor: settlement.minorPerMajor)
            liability.append(
                LiabilityRow(
                    issuer: issuer, key: key, points: try fitting(points, "open points", of: issuer),
                    value: try fitting(value, "the value of open points", of: issuer)))
        }
        self.liability = liability
    }

    private static func matrix(
        of drafts: [StatementDraft], flows: [PeriodSettlement.Flow: Int128]
    ) throws(CloseFailure) -> [MatrixRow] {
        var charged: [PeriodSettlement.Flow: Int128] = [:]
        var paid: [PeriodSettlement.Flow: Int128] = [:]
        for draft in drafts {
            for line in draft.lines {
                guard let other = line.key.counterparty else { continue }
                let amount = Int128(line.amount.minorUnits)
                switch line.key.kind {
                case .redemptionCharge, .redemptionChargeReversal:
                    charged[.init(issuer: draft.merchant, redeemer: other), default: 0] -= amount
                case .redemptionPayout, .redemptionPayoutReversal:
                    paid[.init(issuer: other, redeemer: draft.merchant), default: 0] += amount
                case .issue, .issueReversal, .expiryRefund, .redeemFee, .periodFee, .vat, .adjustment: break
                }
            }
        }
        var rows: [MatrixRow] = []
        for pair in Set(flows.keys).union(charged.keys).union(paid.keys).sorted() {
            let row = MatrixRow(
                pair: pair, points: try fitting(flows[pair] ?? 0, "a flow of points", of: pair.issuer),
                charged: try fitting(charged[pair] ?? 0, "what an issuer pays", of: pair.issuer),
                paid: try fitting(paid[pair] ?? 0, "what a redeemer gets", of: pair.redeemer))
            if row.points != 0 || row.charged != 0 || row.paid != 0 { rows.append(row) }
        }
        return rows
    }
}

extension RecordCounts {
    mutating func add(_ other: RecordCounts) {
        settled += other.settled
        pending += other.pending
        refused += other.refused
        late += other.late
    }
}
