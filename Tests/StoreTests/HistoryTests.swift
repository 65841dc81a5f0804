import Fixtures
import Testing

@testable import Settlement
@testable import Store

/// Months of records at random, beside a memory of all that the closes made: what a close is given must be
/// what the ones before it left.
@Suite("Many closes")
struct HistoryTests {
    /// How all lots and allocations stand.
    private struct Known {
        var lots: [MemberID: [RecordNumber: Lot]] = [:]
        var allocations: [RecordNumber: [Allocation]] = [:]
        var debts: [MemberID: [Debt]] = [:]
        /// What came from further back than the last close.
        var spentGiven = 0
        var redemptionsGiven = 0

        mutating func check(_ input: MemberInput) {
            let own = lots[input.member] ?? [:]
            #expect(Set(input.lots.map(\.number)).count == input.lots.count)
            for lot in input.lots { #expect(own[lot.number] == lot) }
            let given = Set(input.lots.map(\.number))
            #expect(own.values.allSatisfy { $0.open.isZero || given.contains($0.number) })
            #expect(input.debts == debts[input.member] ?? [])
            let redemptions = Set(input.allocations.map(\.redemption))
            for redemption in redemptions {
                let found = input.allocations.filter { $0.redemption == redemption }
                #expect(found == allocations[redemption])
                #expect(found.allSatisfy { given.contains($0.lot) })
            }
            for original in input.originals.values {
                guard case .settled(let number) = original else { continue }
                #expect(
                    own[number].map { given.contains($0.number) } ?? redemptions.contains(number)
                        || own[number] == nil && allocations[number] == nil)
            }
            spentGiven += input.lots.count { $0.open.isZero }
            redemptionsGiven += redemptions.count
        }

        mutating func note(_ output: MemberOutput) {
            for lot in output.lots { lots[output.member, default: [:]][lot.number] = lot }
            debts[output.member] = output.debts
            for (redemption, pieces) in Dictionary(grouping: output.allocations, by: \.redemption) {
                allocations[redemption] = pieces
            }
        }
    }

    private func alliance() -> Alliance {
        Alliance(
            id: "test", name: "Test", currency: Currency(code: "EUR", exponent: 2), timezone: "Etc/UTC",
            period: .month, graceHours: 0, expiry: Expiry(months: 3), carryPeriods: 1,
            refundShortfall: .debt, start: .on("2026-01-01"),
            merchants: [Scene.merchant("M"), Scene.merchant("N")])
    }

    private func records(
        _ count: Int, month: Int, _ random: inout SeededNumbers,
        _ earlier: inout [(id: RecordID, type: RecordType, member: MemberID)]
    ) -> [Settlement.Record] {
        (0..<count).map { number in
            let id = RecordID(verified: "\(month)-\(number)")
            let member = MemberID(verified: "m\(Int.random(in: 0..<30, using: &random))")
            let day = Int.random(in: 10...28, using: &random)
            let at = "2026-0\(month)-\(day)T10:00:00Z"
            let points = Int64.random(in: 1...60, using: &random)
            let original = earlier.randomElement(using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<2:
                guard let original else { break }
                let type = original.type == .earn ? RecordType.earnReversal : .redeemReversal
                return record(id, type, original.member, points / 4 + 1, at, ref: original.id)
            case 2..<6:
                earlier.append((id, .redeem, member))
                return record(id, .redeem, member, points, at)
            default: break
            }
            earlier.append((id, .earn, member))
            return record(id, .earn, member, points, at)
        }
    }

    @Test(
        "Every member is given what it holds, and what its reversals need of all that was",
        arguments: [(1, 4_096), (700, 1), (HoldingsSource.chunkBytes, SettlementChunker.chunkBytes)])
    func history(_ chunks: (holdings: Int, settlements: Int)) throws {
        let scene = try Scene(alliance())
        var random = SeededNumbers(seed: 11)
        var earlier: [(id: RecordID, type: RecordType, member: MemberID)] = []
        var known = Known()
        for month in 1...8 {
            let records = records(250, month: month, &random, &earlier)
            try scene.send("b\(month)", Int64(month), records, received: .at("2026-0\(month)-28T12:00:00Z"))
            let end = try scene.store.schedule().calendar.period(month - 1).end
            _ = try scene.store.close(month - 1, at: end, forced: false) { transaction in
                transaction.holdingsBytes = chunks.holdings
                transaction.settlementBytes = chunks.settlements
                transaction.sortBudget = 4_096
                transaction.fewestBeside = month.isMultiple(of: 2) ? 1 : .max
                for input in try transaction.inputs() {
                    known.check(input)
                    known.note(settle(input, period: transaction.period, schedule: transaction.schedule))
                }
                return try scene.settle(transaction)
            }
        }
        #expect(known.spentGiven > 50)
        #expect(known.redemptionsGiven > 50)
        #expect(known.debts.values.contains { !$0.isEmpty })
        let held = try scene.holdings()
        #expect(held.map(\.member) == held.map(\.member).sorted())
        for input in held { known.check(input) }
        #expect(
            held.reduce(0) { $0 + $1.lots.count }
                == known.lots.values.reduce(0) { $0 + $1.values.count { !$0.open.isZero } })
    }

    @Test("A redemption gives back to a lot that another close spent, and to one that a later close spent")
    func givingBack() throws {
        let scene = try Scene()
        try scene.send(
            "b1", 1,
            [
                record("a", .earn, "x", 10, "2026-01-05T10:00:00Z"),
                record("b", .earn, "x", 20, "2026-01-06T10:00:00Z"),
                record("r", .redeem, "x", 15, "2026-01-07T10:00:00Z"),
            ])
        try scene.close(0)
        try scene.send(
            "b2", 2, [record("s", .redeem, "x", 15, "2026-02-05T10:00:00Z")],
            received: .at("2026-02-28T00:00:00Z"))
        try scene.close(1)
        #expect(try scene.holdings().isEmpty)
        try scene.close(2)
        for (month, id) in [(4, "v"), (5, "w"), (6, "u")] {
            try scene.send(
                "c\(month)", Int64(month - 1),
                [
                    record(
                        RecordID(verified: id), .redeemReversal, "x", 3, "2026-0\(month)-05T10:00:00Z",
                        ref: "r")
                ], received: .at("2026-0\(month)-28T00:00:00Z"))
            var given: [MemberInput] = []
            try scene.close(month - 1) { given.append($0) }
            #expect(given.map { $0.lots.map(\.id).sorted() } == [["a", "b"]])
            #expect(given.first?.allocations.map(\.points.count) == [10, 5])
            #expect(
                given.first?.allocations.map(\.givenBack.count)
                    == [[0, 0], [0, 3], [1, 5]][month - 4])
        }
        #expect(try scene.holdings().flatMap(\.lots).map(\.open.count).sorted() == [4, 5])
        #expect(try scene.store.stateCounts().settled == 7)
    }
}
