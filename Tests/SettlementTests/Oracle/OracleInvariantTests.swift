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

    /// §4: "Whatever the order in which batches arrive before the close, […] the same accepted records give the same
    /// statements".
    @Test("The order of arrival before the close changes nothing")
    func order() throws {
        var different = 0
        for seed in Self.seeds {
            let history = RandomHistory(seed: seed)
            var known: Set<[Substring]> = []
            let rows = history.records.split(separator: "\n").filter { row in
                let cells = row.split(separator: ",", omittingEmptySubsequences: false)
                // Who repeats an id is refused or not depending on who comes first: only the first is kept.
                return cells.last == "" && known.insert(Array(cells[0...1])).inserted
            }
            different += rows.count > 1 && rows.first != rows.last ? 1 : 0
            func figures(_ rows: [Substring]) throws -> [OracleFigure] {
                let columns = history.records.prefix { $0 != "\n" }
                let records = ([columns] + rows).joined(separator: "\n")
                return try Oracle.run(
                    alliance: history.alliance, records: records, bookings: history.bookings,
                    through: history.through
                ).map { $0.figures() }
            }
            let same =
                try figures(rows) == figures(rows.reversed()) && figures(rows) == figures(rows.sorted())
            #expect(same, "seed \(seed)")
        }
        #expect(different > Self.seeds.count / 3)
    }

    /// §6: "`pool` is always worth exactly the prepaid points that are open"; `receivable` is minus the
    /// balance, so the other accounts together are the operator's position, and a journal that balances sums
    /// to zero.
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
