import Settlement
import Testing

@testable import Store

@Suite("What a close leaves to the next")
struct RoundTripTests {
    @Test("Lots come back as they were left, in every field")
    func lots() throws {
        let scene = try Scene()
        try scene.send("b1", 1, [record("r", .redeem, "x", 30, "2026-01-08T10:00:00Z")], of: "N")
        try scene.send("b1", 1, [record("a", .earn, "x", 100, "2026-01-05T10:00:00Z")])
        try scene.send(
            "o1", 1, [record("o", .opening, "x", 40, "2019-01-05T10:00:00Z", expires: "2027-06-30")],
            of: "N", byOperator: true, received: .at("2026-01-31T12:00:00Z"))
        var left: [Lot] = []
        _ = try scene.store.close(0, at: .at("2026-02-02T00:00:00Z"), forced: false) { transaction in
            for input in try transaction.inputs() {
                left += settle(input, period: transaction.period, schedule: transaction.schedule).lots
            }
            return try scene.settle(transaction)
        }
        #expect(left.count == 2)
        var found: [Lot] = []
        try scene.close(1) { found += $0.lots }
        #expect(Set(found) == Set(left))
        #expect(found.map(\.open.count).sorted() == [40, 70])
    }

    @Test("A debt stands until it is paid, and is gone then")
    func debts() throws {
        let scene = try Scene()
        try scene.send("b1", 1, [record("a", .earn, "x", 100, "2026-01-05T10:00:00Z")])
        try scene.send("n1", 1, [record("r", .redeem, "x", 80, "2026-01-06T10:00:00Z")], of: "N")
        try scene.send("b2", 2, [record("v", .earnReversal, "x", 100, "2026-01-07T10:00:00Z", ref: "a")])
        try scene.close(0)
        var debts: [Debt] = []
        try scene.close(1) { debts += $0.debts }
        #expect(debts == [Debt(issuer: "M", lot: RecordNumber(1), points: Points(80))])
        try scene.send(
            "b3", 3, [record("c", .earn, "x", 200, "2026-03-05T10:00:00Z")],
            received: .at("2026-03-31T00:00:00Z"))
        try scene.close(2)
        #expect(try scene.holdings().flatMap(\.debts) == [])
        #expect(try scene.holdings().flatMap(\.lots).map(\.open) == [Points(120)])
        let movements = try scene.settlements().flatMap(\.settled.movements)
        #expect(movements.filter { $0.kind == .debtRecovery }.map(\.points) == [Points(80)])
    }

    @Test("A lot that is spent goes out of the way, and comes back when points are given back")
    func spent() throws {
        let scene = try Scene()
        try scene.send(
            "b1", 1,
            [
                record("a", .earn, "x", 10, "2026-01-05T10:00:00Z"),
                record("r", .redeem, "x", 10, "2026-01-06T10:00:00Z"),
            ])
        try scene.close(0)
        #expect(try scene.holdings().isEmpty)
        let lots = try scene.settlements().flatMap(\.settled.lots)
        #expect(lots.map(\.id) == ["a"] && lots.map(\.open) == [.zero])
        try scene.send(
            "b2", 2, [record("v", .redeemReversal, "x", 4, "2026-02-06T10:00:00Z", ref: "r")],
            received: .at("2026-02-07T00:00:00Z"))
        try scene.close(1)
        #expect(try scene.holdings().flatMap(\.lots).map(\.open) == [Points(4)])
        let allocations = try scene.settlements().map { $0.settled.allocations.map(\.givenBack) }
        #expect(allocations == [[.zero], [Points(4)]])
    }

    @Test("Openings, closings and journal carry over, and statements count on")
    func figures() throws {
        let scene = try Scene()
        try scene.send("b1", 1, [record("a", .earn, "x", 100, "2026-01-05T10:00:00Z")])
        let first = try scene.close(0)
        var opening: PeriodOpening?
        let second = try scene.store.close(1, at: .at("2026-03-02T00:00:00Z"), forced: false) { transaction in
            opening = try transaction.opening()
            return try scene.settle(transaction)
        }
        #expect(opening?.number == 1)
        #expect(opening?.previous == first.digest)
        #expect(opening?.journal == first.journal)
        #expect(
            opening?.merchants["M"]
                == MerchantOpening(
                    number: 1, previous: first.statements[0].digest, balance: first.statements[0].balance,
                    points: Points(100)))
        #expect(second.statements.map(\.number) == [2, 2])
        #expect(try scene.store.statements(of: "M").map(\.number) == [1, 2])
    }

    @Test("More holdings than one chunk has come out whole")
    func chunks() throws {
        let scene = try Scene()
        let members = (0..<700).map { MemberID(verified: "m\($0)") }
        var records: [Settlement.Record] = []
        for member in members {
            for lot in 0..<4 {
                records.append(
                    record(RecordID(verified: "\(member)-\(lot)"), .earn, member, 5, "2026-01-05T10:00:00Z"))
            }
        }
        try scene.send("b1", 1, records)
        try scene.close(0)
        #expect(
            try scene.integer("SELECT sum(length(bytes)) FROM holdings") ?? 0 > HoldingsSource.chunkBytes / 4)
        var seen: [MemberID] = []
        try scene.close(1) { input in
            seen.append(input.member)
            #expect(input.lots.count == 4)
            #expect(input.lots.map(\.open.count) == [5, 5, 5, 5])
        }
        #expect(seen == members.sorted())
    }

    @Test("Movements say what became of every lot")
    func movements() throws {
        let scene = try Scene()
        try scene.send(
            "b1", 1,
            [
                record("a", .earn, "x", 10, "2026-01-05T10:00:00Z"),
                record("r", .redeem, "x", 4, "2026-01-06T10:00:00Z"),
                record("v", .redeemReversal, "x", 1, "2026-01-07T10:00:00Z", ref: "r"),
                record("w", .earnReversal, "x", 2, "2026-01-08T10:00:00Z", ref: "a"),
            ])
        try scene.close(0)
        let settled = try #require(scene.settlements().first?.settled)
        let found = settled.movements
        #expect(found.map(\.kind) == [.issue, .allocation, .restoration, .recovery])
        #expect(found.map { $0.event.map { settled.events[$0].number.value } } == [1, 2, 3, 4])
        #expect(found.map { settled.lots[$0.lot].number.value } == [1, 1, 1, 1])
        #expect(found.map(\.points.count) == [10, 4, 1, 2])
        #expect(found.map(\.allocation) == [nil, 0, 0, nil])
        #expect(settled.allocations.map(\.redemption.value) == [2])
    }
}
