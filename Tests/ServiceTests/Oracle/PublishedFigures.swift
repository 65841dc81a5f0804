import Oracle

extension SettledHistory {
    /// What the documents say, in the form of the acceptance files.
    var figures: OracleFigure { .array(periods.map(\.figures)) }
}

extension SettledHistory.Period {
    fileprivate var figures: OracleFigure {
        .object([
            "period": .text(closing.period.id), "span": texts(closing.period.start, closing.period.end),
            "currency": .array([
                .text(closing.currency.code), .integer(Int64(closing.currency.exponent)),
            ]),
            "records": .object([
                "settled": .integer(closing.records.settled), "pending": .integer(closing.records.pending),
                "refused": .integer(closing.records.refused),
                "late": .integer(merchants.reduce(0) { $0 + $1.documents.statement.records.late }),
            ]),
            "points": .object(
                Dictionary(
                    uniqueKeysWithValues: zip(PublishedPoints.names, closing.points.values)
                        .map { ($0, .integer($1)) })),
            "operator": integers(closing.operator.activity, closing.operator.closing),
            "cross_merchant_points": .integer(crossMerchantPoints),
            "pool": .integer(balance(of: "pool")), "rounding": .integer(balance(of: "rounding")),
            "intake": integers(closing.intake.duplicates, closing.intake.refused),
            "statements": .object(
                Dictionary(
                    uniqueKeysWithValues: merchants.map { ($0.name, $0.documents.statement.figures) })),
            "journal": .object(
                Dictionary(
                    uniqueKeysWithValues: closing.journal.filter { $0.closing != 0 }
                        .map { ($0.account, .integer($0.closing)) })),
            "liability": .array(closing.liability.map(\.figures)),
            "matrix": .array(
                closing.matrix.map {
                    .array([
                        .text($0.issuer), .text($0.redeemer), .integer($0.points), .integer($0.charged),
                        .integer($0.paid),
                    ])
                }),
        ])
    }

    private var crossMerchantPoints: Int64 {
        merchants.reduce(0) { sum, merchant in
            merchant.documents.statement.flows
                .filter { $0.redeemer == merchant.name && $0.issuer != merchant.name }
                .reduce(sum) { $0 + $1.points }
        }
    }

    /// The closing of a journal account.
    func balance(of account: String) -> Int64 {
        closing.journal.first { $0.account == account }?.closing ?? 0
    }
}

extension PublishedStatement {
    fileprivate var figures: OracleFigure {
        .object([
            "balance": integers(balance.opening, balance.activity, balance.payments, balance.closing),
            "lines": .array(
                lines.map {
                    .array([
                        .text($0.kind), optional($0.counterparty), optional($0.price), optional($0.rate),
                        optional($0.reference), $0.points.map { .integer($0) } ?? .null, .integer($0.amount),
                    ])
                }),
            "points": .array(points.values.map { .integer($0) }),
            "records": integers(records.settled, records.pending, records.refused, records.late),
            "exceptions": .array(
                exceptions.map {
                    .array(
                        [.text($0.id), .text($0.type), .text($0.state), .text($0.code)]
                            + ($0.points.map { [.integer($0)] } ?? []))
                }),
            "flows": .array(
                flows.map { .array([.text($0.issuer), .text($0.redeemer), .integer($0.points)]) }),
        ])
    }
}

extension PublishedClosing.Liability {
    fileprivate var figures: OracleFigure {
        .array([
            .text(issuer), .text(funding), .text(price), optional(expires), .integer(points), .integer(value),
        ])
    }
}

extension PublishedPoints {
    static let names = ["opening", "issued", "reversed", "redeemed", "restored", "expired", "closing"]
    var values: [Int64] { [opening, issued, reversed, redeemed, restored, expired, closing] }
}

private func integers(_ values: Int64...) -> OracleFigure { .array(values.map { .integer($0) }) }
private func texts(_ values: String...) -> OracleFigure { .array(values.map { .text($0) }) }
private func optional(_ value: String?) -> OracleFigure { value.map { .text($0) } ?? .null }
