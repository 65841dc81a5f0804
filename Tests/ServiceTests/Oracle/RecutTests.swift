import Foundation
import Oracle
import Service
import Settlement
import Testing

/// Rulebook §4: "Whatever the order in which batches arrive before the close, and however they are cut into
/// batches, the same accepted records give the same statements, byte for byte, apart from `batches`,
/// `missing_sequences` and `previous`."
@Suite("Random histories that arrive otherwise")
struct RecutTests {
    static let seeds: Range<UInt64> = 1001..<1061

    @Test("Shuffled, and received at other moments of the same close, they make the same statements")
    func recut() throws {
        let seeds = Seeds.among(Self.seeds)
        var (otherBatches, otherInstants) = (0, 0)
        for seed in seeds {
            let history = RandomHistory(seed: seed)
            let rows = ArrivingRows(history)
            let one = try settle(history, rows.text)
            var recut = rows.recut(closes: try closes(of: one, rows), seed: seed)
            if recut.rows == rows.rows { recut.rows.reverse() }
            let other = try settle(history, recut.text)
            expectSame(one, other, "SETTLED_SEED=\(seed)")
            let batches = { (settled: SettledHistory) in
                settled.periods.flatMap { $0.closing.batches.map(\.digest) }
            }
            otherBatches += batches(one) == batches(other) ? 0 : 1
            otherInstants += recut.rows.sorted() == rows.rows.sorted() ? 0 : 1
        }
        if Seeds.picked == nil {
            #expect(seeds.count == 60)
            #expect(otherBatches >= 50, "\(otherBatches) histories only came in other batches")
            #expect(otherInstants >= 20, "\(otherInstants) histories only were received at other instants")
        }
    }

    private func settle(_ history: RandomHistory, _ records: String) throws -> SettledHistory {
        try SettledHistory(
            alliance: history.alliance, records: records, bookings: history.bookings,
            through: history.through)
    }

    /// When the periods closed.
    private func closes(of settled: SettledHistory, _ rows: ArrivingRows) throws -> [Instant] {
        try settled.periods.map { period in
            try #require(Instant(rfc3339: Array(period.closing.period.end.utf8)))
                .advanced(byHours: Int(rows.rule("grace", default: 24)))
        }
    }

    private func expectSame(_ one: SettledHistory, _ other: SettledHistory, _ place: String) {
        #expect(one.summary.periods == other.summary.periods, "\(place)")
        for (left, right) in zip(one.periods, other.periods) {
            let place = "\(place), \(left.closing.period.id)"
            #expect(withoutArrival(left.bytes) == withoutArrival(right.bytes), "\(place)")
            #expect(left.merchants.map(\.name) == right.merchants.map(\.name), "\(place)")
            for (mine, theirs) in zip(left.merchants, right.merchants) {
                let (mine, theirs) = (mine.documents, theirs.documents)
                let name = mine.statement.merchant
                #expect(withoutArrival(mine.bytes) == withoutArrival(theirs.bytes), "\(place) \(name)")
                #expect(mine.detailsBytes == theirs.detailsBytes, "\(place) \(name) details")
            }
        }
    }
}
