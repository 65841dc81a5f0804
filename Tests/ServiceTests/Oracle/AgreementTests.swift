import Oracle
import Service
import Testing

/// The program and the slow second implementation of the rulebook, over many small nasty histories.
@Suite("The program and the oracle settle alike")
struct AgreementTests {
    static let seeds: Range<UInt64> = 1..<241
    /// The seeds are dealt out, so that the parts can run beside each other.
    static let parts = 4

    @Test(
        "Every figure of every random history comes out equal, and keeps the rulebook's invariants",
        arguments: 0..<parts)
    func agreement(part: Int) throws {
        let seeds = Seeds.among(Self.seeds).filter { Int($0) % Self.parts == part }
        var (histories, periods) = (0, 0)
        for seed in seeds {
            let history = RandomHistory(seed: seed)
            let settled = try settle(history)
            let expected = OracleFigure.array(try history.settled().map { $0.figures(books: true) })
            let differences = OracleFigure.differences(expected: expected, found: settled.figures)
            #expect(differences == [], "SETTLED_SEED=\(seed)")
            expectBooks(settled, seed)
            try expectPoints(settled, seed)
            expectStates(settled, seed)
            try expectStanding(settled, seed)
            (histories, periods) = (histories + 1, periods + settled.periods.count)
        }
        if Seeds.picked == nil {
            #expect(histories == 60)
            #expect(periods > 3 * histories)
        }
    }

    private func settle(_ history: RandomHistory) throws -> SettledHistory {
        do {
            return try SettledHistory(history)
        } catch {
            Issue.record("SETTLED_SEED=\(history.seed): \(error)")
            throw error
        }
    }
}
