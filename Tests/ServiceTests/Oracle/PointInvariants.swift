import Service
import Settlement
import Signing
import Testing

@testable import Store

/// Points conserve per issuer and, lot by lot, per member; every line of points is the sum of its rows.
func expectPoints(_ settled: SettledHistory, _ seed: UInt64) throws {
    var replay = LotReplay()
    var closings: [String: Int64] = [:]
    for period in settled.periods {
        replay.take(period)
        for (name, documents) in period.merchants {
            let place = "SETTLED_SEED=\(seed), \(period.closing.period.id) \(name)"
            let points = documents.statement.points
            #expect(points.opening == closings[name] ?? 0, "\(place): opening points")
            #expect(points.closing == replay.open(of: name), "\(place): closing points")
            #expect(points.values.allSatisfy { $0 >= 0 }, "\(place): points")
            closings[name] = points.closing
            expectFigures(documents, of: name, place)
            expectLines(documents, place)
        }
    }
    #expect(replay.faults == [], "SETTLED_SEED=\(seed)")
    try expectHoldings(settled, replay, seed)
}

/// "opening + issued − reversed − redeemed + restored − expired = closing", and each the sum of its rows.
private func expectFigures(_ documents: SettledHistory.Merchant, of name: String, _ place: String) {
    let points = documents.statement.points
    #expect(
        points.closing == points.opening + points.issued - points.reversed - points.redeemed
            + points.restored - points.expired, "\(place): points")
    var moved: [String: Int64] = [:]
    for row in documents.details where !row.isRecord && row["issuer"] == name {
        guard row["redeemer"] != name || row["line"].hasPrefix("redemption_payout") else { continue }
        moved[row["state"], default: 0] += row.points
    }
    #expect(points.issued == moved["issued"] ?? 0, "\(place): issued")
    #expect(
        points.reversed == (moved["recovered"] ?? 0) + (moved["debt_recovered"] ?? 0), "\(place): reversed")
    #expect(points.redeemed == moved["allocated"] ?? 0, "\(place): redeemed")
    #expect(points.restored == moved["restored"] ?? 0, "\(place): restored")
    #expect(points.expired == moved["expired"] ?? 0, "\(place): expired")
}

/// "For every line of points, half-even(sum of `exact`) = `amount`."
private func expectLines(_ documents: SettledHistory.Merchant, _ place: String) {
    var sums: [String: (points: Int64, exact: Int128)] = [:]
    for row in documents.details where !row["line"].isEmpty {
        let key = ["line", "counterparty", "price", "rate", "reference"].map { row[$0] }
            .joined(separator: ",")
        let sum = sums[key] ?? (0, 0)
        sums[key] = (sum.points + row.points, sum.exact + parts(row["exact"]))
    }
    let made = sums.map { "\($0.key): \($0.value.points) points, \(halfEven($0.value.exact))" }.sorted()
    let lines = documents.statement.lines.filter { $0.points != nil }.map { line in
        let key = [line.kind, line.counterparty, line.price, line.rate, line.reference].map { $0 ?? "" }
        return "\(key.joined(separator: ",")): \(line.points ?? 0) points, \(line.amount)"
    }
    #expect(made == lines.sorted(), "\(place): lines")
}

/// What the store holds at the end is what the details tell; a debt stands only where the member holds no
/// open points of that issuer. Rulebook §5.
private func expectHoldings(_ settled: SettledHistory, _ replay: LotReplay, _ seed: UInt64) throws {
    struct Seen: Error {}
    let place: String = "SETTLED_SEED=\(seed)"
    let store = try Store.open(folder: settled.folder.path)
    defer { try? store.shut() }
    let next = try store.earliestOpen()
    let end = try store.schedule().calendar.period(next).end
    var held: [String] = []
    #expect(throws: Seen.self) {
        // A close that goes no further than to the members.
        _ = try store.close(next, at: end, forced: true, preview: true) { transaction in
            var stream = try transaction.members()
            while let group = try stream.nextGroup(byteCount: 4_096) {
                for input in group.members.indices.map({ group.unpack($0).input }) {
                    for lot in input.lots where !lot.open.isZero {
                        held.append("\(input.member) \(lot.merchant)/\(lot.id) \(lot.open.count)")
                    }
                    let issuers = Set(input.lots.filter { !$0.open.isZero }.map(\.issuer))
                    for debt in input.debts {
                        #expect(debt.points > .zero, "\(place)")
                        #expect(
                            !issuers.contains(debt.issuer), "\(place): \(input.member) owes \(debt.issuer)")
                    }
                }
            }
            throw Seen()
        }
    }
    let told = replay.lots.filter { $0.value.open > 0 }
        .map { "\($0.key.member) \($0.key.lot) \($0.value.open)" }
    #expect(held.sorted() == told.sorted(), "\(place): open lots")
}
