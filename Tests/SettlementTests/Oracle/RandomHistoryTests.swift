import Oracle
import Testing

/// A generator that has grown tame would compare nothing worth comparing.
@Suite("Random histories are nasty")
struct RandomHistoryTests {
    @Test("Every line, refusal, state, account and rare sentence of the rulebook occurs, and often enough")
    func coverage() throws {
        var seen: [String: Int] = [:]
        for seed in OracleInvariantTests.seeds {
            let history = RandomHistory(seed: seed)
            let merchants = try OracleAlliance(yaml: history.alliance).merchants.map(\.id)
            var before: Set<String> = []
            for period in try history.settled() {
                let present = Set(period.statements.map(\.merchant))
                seen["statement ceased", default: 0] += before.subtracting(present).count
                seen["no statement yet", default: 0] +=
                    Set(merchants).subtracting(present).subtracting(before).count
                before.formUnion(present)
                note(period, &seen)
            }
        }
        for name in Self.wanted { #expect(seen[name] ?? 0 >= 10, "\(name): \(seen[name] ?? 0) times only") }
        #expect(Self.wanted.count == 53)
    }

    @Test("The same seed gives the same texts, another seed others")
    func seeds() {
        let (a, b, other) = (RandomHistory(seed: 7), RandomHistory(seed: 7), RandomHistory(seed: 8))
        #expect(a.alliance == b.alliance && a.records == b.records && a.bookings == b.bookings)
        #expect(a.records != other.records)
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
        "refused exceeds_original", "settled shortfall", "account opening", "account rounding",
        "account breakage", "payment", "restored", "statement ceased", "no statement yet",
        "reversal after its original", "several lots", "lot born expired", "expired not owed", "absorb",
        "debt",
        "debt takes a new lot", "debt takes at once", "debt takes what is given back", "debt lessened",
        "given back to an expired lot", "debt standing",
    ]

    private func note(_ period: OraclePeriod, _ seen: inout [String: Int]) {
        func count(_ name: String, _ times: Int = 1) { seen[name, default: 0] += times }
        for (code, times) in period.refusals { count("alone \(code)", times) }
        for (occasion, times) in period.occasions { count(occasion, times) }
        for account in period.journal.keys { count("account \(account)") }
        count("duplicate", period.duplicates)
        count("debt standing", period.debts.count)
        for statement in period.statements {
            for line in statement.lines { noteLine(line, count) }
            for exception in statement.exceptions { count("\(exception.state) \(exception.code)") }
            count("late", statement.records.late)
            count("payment", statement.payments == 0 ? 0 : 1)
            count("restored", statement.points.restored == 0 ? 0 : 1)
        }
    }

    private func noteLine(_ line: OracleLine, _ count: (String, Int) -> Void) {
        count("line \(line.kind)", 1)
        count("sponsored line", line.kind.hasPrefix("issue") && line.reference != nil ? 1 : 0)
        count("fee turned round", line.kind == "redeem_fee" && line.amount > 0 ? 1 : 0)
    }
}
