import Oracle
import Testing

/// What must hold of every history, whatever its figures.
@Suite("The oracle keeps the rulebook's invariants on random histories")
struct OracleInvariantTests {
    static let seeds: Range<UInt64> = 1..<201

    @Test("Positions sum to zero, the journal balances, the pool is worth its points, points conserve")
    func invariants() throws {
        var periods = 0
        for seed in Self.seeds {
            let settled = try RandomHistory(seed: seed).settled()
            var (balances, points): ([String: Int64], [String: Int64]) = ([:], [:])
            for period in settled {
                let place = "seed \(seed), \(period.id)"
                expectBalancedBooks(period, place)
                expectDebtsOnlyWithoutPoints(period, place)
                for statement in period.statements {
                    expectContinuity(statement, period, &balances, &points, place)
                }
                periods += 1
            }
        }
        #expect(periods > 3 * Self.seeds.count)
    }

    /// §6: "`pool` is always worth exactly the prepaid points that are open"; `receivable` is minus the balance, so the
    /// other accounts together are the operator's position, and a journal that balances sums to zero.
    private func expectBalancedBooks(_ period: OraclePeriod, _ place: String) {
        #expect(period.journal.values.reduce(0, +) == 0, "\(place): the journal does not balance")
        for statement in period.statements {
            let receivable = period.journal["receivable:\(statement.merchant)"] ?? 0
            #expect(receivable == -statement.closingBalance, "\(place): receivable of \(statement.merchant)")
        }
        let others = period.journal.filter { !$0.key.hasPrefix("receivable:") }.values.reduce(0, +)
        let balances = period.statements.reduce(0) { $0 + $1.closingBalance }
        #expect(others == balances, "\(place): positions do not sum to zero")
        // The prepaid points, counted lot by lot and rounded per issuer and price.
        var open: [String: (price: Int64, points: Int64)] = [:]
        for lot in period.openLots where lot.funding == "issue" {
            let key = "\(lot.issuer) \(lot.price.text)"
            open[key] = (lot.price.millionths, (open[key]?.points ?? 0) + lot.points)
        }
        let worth = open.values.reduce(Int64(0)) { $0 + worthOf($1.points, $1.price, period.exponent) }
        #expect(period.journal["pool"] ?? 0 == -worth, "\(place): pool")
    }

    /// Half to even another way: through the double of the value and its parity.
    private func worthOf(_ points: Int64, _ millionths: Int64, _ exponent: Int) -> Int64 {
        let millionthsOfMinor = Int128(points) * Int128(millionths) * [1, 10, 100, 1000][exponent]
        let halves = millionthsOfMinor / 500_000
        let isExact = millionthsOfMinor % 500_000 == 0
        let down = halves / 2
        if halves % 2 == 0 { return Int64(down) }
        return Int64(isExact && down % 2 == 0 ? down : down + 1)
    }

    /// §5: "while a debt stands, the member holds no open points of that issuer".
    private func expectDebtsOnlyWithoutPoints(_ period: OraclePeriod, _ place: String) {
        for debt in period.debts {
            let held = period.openLots.contains { $0.member == debt.member && $0.issuer == debt.issuer }
            #expect(!held, "\(place): \(debt.member) owes \(debt.issuer) and holds its points")
        }
    }

    private func expectContinuity(
        _ statement: OracleStatement, _ period: OraclePeriod, _ balances: inout [String: Int64],
        _ points: inout [String: Int64], _ place: String
    ) {
        let (merchant, counted) = (statement.merchant, statement.points)
        #expect(statement.openingBalance == balances[merchant] ?? 0, "\(place): opening of \(merchant)")
        #expect(counted.opening == points[merchant] ?? 0, "\(place): opening points of \(merchant)")
        let gained = counted.issued + counted.restored
        let lost = counted.reversed + counted.redeemed + counted.expired
        #expect(counted.closing == counted.opening + gained - lost, "\(place): points of \(merchant)")
        let held = period.openLots.filter { $0.issuer == merchant }.reduce(0) { $0 + $1.points }
        #expect(counted.closing == held, "\(place): open lots of \(merchant)")
        balances[merchant] = statement.closingBalance
        points[merchant] = counted.closing
    }
}

/// A generator that has grown tame would compare nothing worth comparing.
@Suite("Random histories are nasty")
struct RandomHistoryTests {
    @Test("Every line, refusal, state and account occurs, and often enough")
    func coverage() throws {
        var seen: [String: Int] = [:]
        for seed in OracleInvariantTests.seeds {
            for period in try RandomHistory(seed: seed).settled() { note(period, &seen) }
        }
        for name in Self.wanted { #expect(seen[name] ?? 0 >= 10, "\(name): \(seen[name] ?? 0) times only") }
        #expect(Self.wanted.count == 41)
    }

    static let wanted = [
        "line issue", "line issue_reversal", "line redemption_charge", "line redemption_charge_reversal",
        "line redemption_payout", "line redemption_payout_reversal", "line expiry_refund", "line redeem_fee",
        "line period_fee", "line vat", "line adjustment", "sponsored line", "fee turned round",
        "alone id_reused", "alone before_start", "alone in_future", "alone too_old", "alone no_terms",
        "alone campaign_unknown", "alone campaign_inactive", "alone item_unknown", "alone item_inactive",
        "alone item_points_mismatch", "alone points_exceed_terms", "duplicate", "late",
        "pending insufficient_points", "pending original_unknown", "refused insufficient_points",
        "refused original_unknown", "refused original_mismatch", "refused original_refused",
        "refused exceeds_original", "settled shortfall", "debt", "account opening", "account rounding",
        "account breakage", "payment", "restored", "no statement",
    ]

    private func note(_ period: OraclePeriod, _ seen: inout [String: Int]) {
        func count(_ name: String, _ times: Int = 1) { seen[name, default: 0] += times }
        for (code, times) in period.refusals { count("alone \(code)", times) }
        for account in period.journal.keys { count("account \(account)") }
        count("duplicate", period.duplicates)
        count("debt", period.debts.count)
        let journal = Set(period.journal.keys.filter { $0.hasPrefix("receivable:") })
        count("no statement", period.statements.isEmpty ? 1 : 0)
        for statement in period.statements {
            for line in statement.lines { noteLine(line, count) }
            for exception in statement.exceptions { count("\(exception.state) \(exception.code)") }
            count("late", statement.records.late)
            count("payment", statement.payments == 0 ? 0 : 1)
            count("restored", statement.points.restored == 0 ? 0 : 1)
        }
        #expect(journal.count <= period.statements.count)
    }

    private func noteLine(_ line: OracleLine, _ count: (String, Int) -> Void) {
        count("line \(line.kind)", 1)
        count("sponsored line", line.kind.hasPrefix("issue") && line.reference != nil ? 1 : 0)
        count("fee turned round", line.kind == "redeem_fee" && line.amount > 0 ? 1 : 0)
    }
}
