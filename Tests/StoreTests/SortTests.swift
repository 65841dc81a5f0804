import Fixtures
import Foundation
import Settlement
import Testing

@testable import Store

@Suite("The sort of a close")
struct SortTests {
    /// Ids of one to sixty-four bytes, many of which begin alike.
    private func member(_ random: inout SeededNumbers) -> MemberID {
        let stem = ["", "a", "abcdefgh", "abcdefghi", String(repeating: "z", count: 60)].randomElement(
            using: &random)!
        return MemberID(verified: stem + "\(Int.random(in: 0..<40, using: &random))")
    }

    private func inputs(of scene: Scene, budget: Int, readBeside: Bool = false) throws -> [(
        MemberID, [RecordNumber], [Settlement.Record]
    )] {
        var seen: [(MemberID, [RecordNumber], [Settlement.Record])] = []
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try scene.store.close(0, at: .at("2026-02-02T00:00:00Z"), forced: false) { transaction in
                transaction.sortBudget = budget
                transaction.fewestBeside = readBeside ? 1 : .max
                for input in try transaction.inputs() {
                    let events = input.events.sorted { $0.number < $1.number }
                    seen.append((input.member, events.map(\.number), events.map(\.record)))
                }
                throw Stop()
            }
        }
        return seen
    }

    @Test(
        "Members come in the order of their ids, each record once, in memory, in many runs, read by one and by two"
    )
    func runs() throws {
        let scene = try Scene()
        var random = SeededNumbers(seed: 7)
        var expected: [MemberID: [RecordID]] = [:]
        for batch in 1...6 {
            let records = (0..<200).map { number in
                let id = RecordID(verified: "r\(batch)-\(number)")
                let member = member(&random)
                expected[member, default: []].append(id)
                return record(id, .earn, member, Int64(number), "2026-01-0\(1 + number % 9)T10:00:00Z")
            }
            try scene.send("b\(batch)", Int64(batch), records)
        }
        let whole = try inputs(of: scene, budget: EventSort.budget)
        #expect(whole.map(\.0) == expected.keys.sorted())
        for (member, _, records) in whole { #expect(records.map(\.id) == expected[member]) }
        for budget in [RecordStretch.mostBytes + 1, 4_096, 20_000] {
            for readBeside in [false, true] {
                let cut = try inputs(of: scene, budget: budget, readBeside: readBeside)
                #expect(cut.map(\.0) == whole.map(\.0))
                #expect(cut.map(\.1) == whole.map(\.1))
                #expect(cut.map(\.2) == whole.map(\.2))
            }
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: scene.folder)
        #expect(!left.contains { $0.hasPrefix("closing-") })
    }

    @Test("Within a member records go by their time, then by arrival, whatever their ids have in common")
    func order() throws {
        let scene = try Scene()
        var random = SeededNumbers(seed: 11)
        var records: [Settlement.Record] = []
        for number in 0..<500 {
            let id = RecordID(verified: "r\(number)")
            let day = Int.random(in: 1...9, using: &random)
            records.append(record(id, .earn, member(&random), 5, "2026-01-0\(day)T10:00:00Z"))
        }
        try scene.send("b", 1, records)
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try scene.store.close(0, at: .at("2026-02-02T00:00:00Z"), forced: false) { transaction in
                var seen = 0
                for input in try transaction.inputs() {
                    let keys = input.events.map { [$0.record.at.milliseconds, $0.number.value] }
                    #expect(keys == keys.sorted { $0.lexicographicallyPrecedes($1) })
                    seen += keys.count
                }
                #expect(seen == records.count)
                throw Stop()
            }
        }
    }

    @Test("What the engine looks at of a record comes through the sort unchanged")
    func fields() throws {
        let scene = try Scene()
        let records = [
            record("e", .earn, "x", 1_000_000_000, "2026-01-05T10:00:00.123Z"),
            record("r", .redeem, "x", 1, "2026-01-06T10:00:00Z"),
            record("v", .earnReversal, "x", 5, "2026-01-07T10:00:00Z", ref: "e"),
            record("w", .redeemReversal, "x", 1, "2026-01-08T10:00:00Z", ref: "r"),
        ]
        try scene.send("b", 1, records)
        let openings = [record("o", .opening, "x", 40, "2019-01-05T10:00:00Z", expires: "2027-06-30")]
        try scene.send("o", 1, openings, byOperator: true)
        let seen = try inputs(of: scene, budget: EventSort.budget)
        #expect(seen.count == 1)
        #expect(Set(seen[0].2) == Set(records + openings))
    }
}
