extension OracleStatement {
    var figures: OracleFigure {
        .object([
            "balance": .integers(openingBalance, activity, payments, closingBalance),
            "lines": .array(lines.map(\.figures)),
            "points": .array(points.figures.map { .integer($0) }),
            "records": .integers(
                Int64(records.settled), Int64(records.pending), Int64(records.refused), Int64(records.late)),
            "exceptions": .array(exceptions.map(\.figures)),
            "flows": .array(
                flows.map { .array([.text($0.issuer), .text($0.redeemer), .integer($0.points)]) }),
        ])
    }
}

extension OracleLine {
    var figures: OracleFigure {
        .array([
            .text(kind), .optional(counterparty), .optional(price?.text), .optional(rate?.text),
            .optional(reference), .optional(points), .integer(amount),
        ])
    }
}

extension OracleException {
    /// Four members, and the fifth, `points`, only for a shortfall.
    var figures: OracleFigure {
        .array([.text(id), .text(type), .text(state), .text(code)] + (points.map { [.integer($0)] } ?? []))
    }
}

extension OraclePeriod.LiabilityRow {
    var figures: OracleFigure {
        .array([
            .text(issuer), .text(funding), .text(price.text), .optional(expires), .integer(points),
            .integer(value),
        ])
    }
}

extension OraclePeriod.MatrixRow {
    var figures: OracleFigure {
        .array([.text(issuer), .text(redeemer), .integer(points), .integer(charged), .integer(paid)])
    }
}
