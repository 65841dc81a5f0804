/// The figures of one settled period, as the acceptance files list them.
public struct OraclePeriod: Sendable {
    /// Points of one lot that are open at the end.
    public struct OpenLot: Sendable {
        public let member: String
        public let issuer: String
        public let funding: String
        public let price: OracleDecimal
        /// `2026-02`; nil is for ever.
        public let month: String?
        public let points: Int64
    }

    /// What a member owes an issuer at the end.
    public struct Debt: Sendable {
        public let member: String
        public let issuer: String
        public let points: Int64
    }

    public struct LiabilityRow: Sendable {
        public let issuer: String
        public let funding: String
        public let price: OracleDecimal
        public let expires: String?
        public var points: Int64
        public var value: Int64 = 0
    }

    public struct MatrixRow: Sendable {
        public let issuer: String
        public let redeemer: String
        public var points: Int64 = 0
        public var charged: Int64 = 0
        public var paid: Int64 = 0
    }

    public let id: String
    public let span: [String]
    public let currency: String
    public let exponent: Int
    public let statements: [OracleStatement]
    /// The closings that are not zero, by account.
    public let journal: [String: Int64]
    public let duplicates: Int
    /// Records refused alone since the previous close, by code.
    public let refusals: [String: Int]
    /// How often the rarer sentences of §5 were applied, by a word for each.
    public let occasions: [String: Int]
    public let openLots: [OpenLot]
    public let debts: [Debt]
    public let liability: [LiabilityRow]
    public let matrix: [MatrixRow]

    init(
        _ alliance: OracleAlliance, _ zone: OracleZone, _ span: OracleSpan, statements: [OracleStatement],
        journal: [String: Int64], duplicates: Int, refusals: [String: Int], members: [OracleMember]
    ) {
        id = span.id
        self.span = [zone.text(of: span.start), zone.text(of: span.end)]
        (currency, exponent) = (alliance.currency, alliance.exponent)
        (self.statements, self.journal) = (statements, journal)
        (self.duplicates, self.refusals) = (duplicates, refusals)
        occasions = members.reduce(into: [:]) { $0.merge($1.occasions, uniquingKeysWith: +) }
        openLots = members.flatMap { member in
            member.openLots.map {
                OpenLot(
                    member: member.name, issuer: $0.issuer, funding: $0.funding, price: $0.issuePrice,
                    month: $0.lastDay?.monthText, points: $0.left)
            }
        }
        debts = members.flatMap { member in
            member.debts.filter { $0.points > 0 }.map {
                Debt(member: member.name, issuer: $0.issuer, points: $0.points)
            }
        }
        let unit = (0..<alliance.exponent).reduce(Int64(1)) { product, _ in product * 10 }
        liability = Self.liability(openLots, unit)
        matrix = Self.matrix(statements)
    }

    /// §7: "open points by month of their last valid day, null for never and last".
    private static func liability(_ lots: [OpenLot], _ unit: Int64) -> [LiabilityRow] {
        var rows: [LiabilityRow] = []
        for lot in lots {
            let same = rows.firstIndex {
                ($0.issuer, $0.funding, $0.price) == (lot.issuer, lot.funding, lot.price)
                    && $0.expires == lot.month
            }
            if let same {
                rows[same].points += lot.points
            } else {
                rows.append(
                    LiabilityRow(
                        issuer: lot.issuer, funding: lot.funding, price: lot.price, expires: lot.month,
                        points: lot.points))
            }
        }
        for index in rows.indices {
            rows[index].value = OracleBooks.value(rows[index].points, rows[index].price, unit)
        }
        return rows.sorted { a, b in
            firstDifference(
                before(bytes: a.issuer, b.issuer), before(bytes: a.funding, b.funding),
                before(a.price, b.price),
                before(bytes: a.expires ?? "never", b.expires ?? "never"))
        }
    }

    /// §7: "net; what the issuer pays, what the redeemer gets, both positive; zero rows left out".
    private static func matrix(_ statements: [OracleStatement]) -> [MatrixRow] {
        var rows: [MatrixRow] = []
        func change(_ issuer: String, _ redeemer: String, _ body: (inout MatrixRow) -> Void) {
            let index = rows.firstIndex { ($0.issuer, $0.redeemer) == (issuer, redeemer) } ?? rows.count
            if index == rows.count { rows.append(MatrixRow(issuer: issuer, redeemer: redeemer)) }
            body(&rows[index])
        }
        for statement in statements {
            for flow in statement.flows { change(flow.issuer, flow.redeemer) { $0.points = flow.points } }
            for line in statement.lines {
                guard let other = line.counterparty else { continue }
                if line.kind.hasPrefix("redemption_charge") {
                    change(statement.merchant, other) { $0.charged -= line.amount }
                }
                if line.kind.hasPrefix("redemption_payout") {
                    change(other, statement.merchant) { $0.paid += line.amount }
                }
            }
        }
        return rows.filter { ($0.points, $0.charged, $0.paid) != (0, 0, 0) }.sorted { a, b in
            firstDifference(before(bytes: a.issuer, b.issuer), before(bytes: a.redeemer, b.redeemer))
        }
    }
}
