import Settlement
import Testing

@testable import Store

@Suite("What a reversal names")
struct OriginalTests {
    private let january = Instant.at("2026-01-31T23:59:00Z")
    private let february = Instant.at("2026-02-28T23:59:00Z")

    /// The originals that the close of a period gives to one member's reversals, by their ids.
    private func originals(_ scene: Scene, _ period: Int, of member: MemberID) throws -> [RecordID: Original]
    {
        var found: [RecordID: Original] = [:]
        try scene.close(period) { input in
            guard input.member == member else { return }
            for event in input.events { found[event.record.id] = input.originals[event.number] }
        }
        return found
    }

    @Test("Among the member's own events it is not looked up")
    func own() throws {
        let scene = try Scene()
        try scene.send(
            "b1", 1,
            [
                record("a", .earn, "x", 10, "2026-01-05T10:00:00Z"),
                record("v", .earnReversal, "x", 10, "2026-01-04T10:00:00Z", ref: "a"),
                record("w", .redeemReversal, "x", 10, "2026-01-04T10:00:00Z", ref: "a"),
            ])
        #expect(try originals(scene, 0, of: "x") == [:])
        #expect(try scene.integer("SELECT count(*) FROM outcomes WHERE code = 'original_mismatch'") == 1)
    }

    @Test("One that no record of the reporting merchant bears is not stored")
    func notStored() throws {
        let scene = try Scene()
        try scene.send("b1", 1, [record("a", .earn, "x", 10, "2026-01-05T10:00:00Z")], of: "N")
        try scene.send(
            "b1", 1,
            [
                record("v", .earnReversal, "x", 10, "2026-01-05T10:00:00Z", ref: "a"),
                record("w", .earnReversal, "x", 10, "2026-01-05T10:00:00Z", ref: "b"),
                record("b", .earn, "x", 10, "2025-01-05T10:00:00Z"),
            ])
        #expect(try originals(scene, 0, of: "x") == ["v": .notStored, "w": .notStored])
    }

    @Test("Another member's or another type's is a mismatch, whatever became of it")
    func mismatch() throws {
        let scene = try Scene(Scene.alliance(carry: 0))
        try scene.send(
            "b1", 1,
            [
                record("a", .earn, "y", 10, "2026-01-05T10:00:00Z"),
                record("r", .redeem, "x", 10, "2026-01-05T10:00:00Z"),
                record("l", .earn, "y", 10, "2026-02-01T00:01:00Z"),
                record("v", .earnReversal, "x", 10, "2026-01-06T10:00:00Z", ref: "a"),
                record("w", .earnReversal, "x", 10, "2026-01-06T10:00:00Z", ref: "l"),
            ], received: january)
        #expect(try originals(scene, 0, of: "x") == ["v": .mismatch, "w": .mismatch])
        try scene.send(
            "b2", 2, [record("u", .earnReversal, "x", 10, "2026-02-06T10:00:00Z", ref: "r")],
            received: february)
        #expect(try originals(scene, 1, of: "x") == ["u": .mismatch])
    }

    @Test("One of a later period is later, and among the events when that closes")
    func later() throws {
        let scene = try Scene()
        try scene.send(
            "b1", 1,
            [
                record("a", .earn, "x", 10, "2026-02-01T00:01:00Z"),
                record("v", .earnReversal, "x", 4, "2026-01-06T10:00:00Z", ref: "a"),
            ], received: january)
        #expect(try originals(scene, 0, of: "x") == ["v": .later])
        #expect(try originals(scene, 1, of: "x") == [:])
        #expect(try scene.store.stateCounts() == StateCounts(open: 0, settled: 2, pending: 0, refused: 0))
        #expect(try scene.integer("SELECT period FROM outcomes WHERE state = 'settled'") == 1)
    }

    @Test("One that was refused at an earlier close is refused; while it is pending it is among the events")
    func refused() throws {
        let scene = try Scene()
        try scene.send("b1", 1, [record("r", .redeem, "x", 10, "2026-01-05T10:00:00Z")])
        try scene.close(0)
        try scene.send(
            "b2", 2, [record("v", .redeemReversal, "x", 10, "2026-02-05T10:00:00Z", ref: "r")],
            received: february)
        #expect(try originals(scene, 1, of: "x") == [:])
        #expect(try scene.store.stateCounts() == StateCounts(open: 0, settled: 0, pending: 0, refused: 2))
        try scene.send(
            "b3", 3, [record("w", .redeemReversal, "x", 10, "2026-03-05T10:00:00Z", ref: "r")],
            received: .at("2026-03-30T00:00:00Z"))
        #expect(try originals(scene, 2, of: "x") == ["w": .refused])
    }

    @Test("A settled earn comes with its lot, spent or not, and one of 0 points without")
    func settledEarn() throws {
        let scene = try Scene()
        try scene.send(
            "b1", 1,
            [
                record("a", .earn, "x", 10, "2026-01-05T10:00:00Z"),
                record("r", .redeem, "x", 10, "2026-01-06T10:00:00Z"),
                record("b", .earn, "x", 7, "2026-01-07T10:00:00Z"),
                record("z", .earn, "x", 0, "2026-01-07T10:00:00Z"),
            ])
        try scene.close(0)
        try scene.send(
            "b2", 2,
            [
                record("v", .earnReversal, "x", 1, "2026-02-05T10:00:00Z", ref: "a"),
                record("w", .earnReversal, "x", 1, "2026-02-05T10:00:00Z", ref: "b"),
                record("u", .earnReversal, "x", 1, "2026-02-05T10:00:00Z", ref: "z"),
            ], received: february)
        try scene.close(1) { input in
            let originals = Dictionary(
                uniqueKeysWithValues: input.events.map { ($0.record.id, input.originals[$0.number]) })
            #expect(originals["v"] == .settled(RecordNumber(1)))
            #expect(originals["w"] == .settled(RecordNumber(3)))
            #expect(originals["u"] == .settled(RecordNumber(4)))
            #expect(input.lots.map(\.id).sorted() == ["a", "b"])
            #expect(input.lots.first { $0.id == "a" }?.open == .zero)
        }
    }

    @Test("A settled redemption comes with its allocations and all their lots, each once")
    func settledRedemption() throws {
        let scene = try Scene()
        try scene.send(
            "b1", 1,
            [
                record("a", .earn, "x", 10, "2026-01-05T10:00:00Z"),
                record("b", .earn, "x", 10, "2026-01-06T10:00:00Z"),
                record("r", .redeem, "x", 15, "2026-01-07T10:00:00Z"),
            ])
        try scene.close(0)
        try scene.send(
            "b2", 2,
            [
                record("v", .redeemReversal, "x", 7, "2026-02-05T10:00:00Z", ref: "r"),
                record("w", .redeemReversal, "x", 1, "2026-02-06T10:00:00Z", ref: "r"),
            ], received: february)
        try scene.close(1) { input in
            #expect(Set(input.originals.values) == [.settled(RecordNumber(3))])
            #expect(input.lots.map(\.id).sorted() == ["a", "b"])
            #expect(input.allocations.map(\.points) == [Points(10), Points(5)])
            #expect(input.allocations.map(\.givenBack) == [.zero, .zero])
        }
        try scene.send(
            "b3", 3, [record("u", .redeemReversal, "x", 1, "2026-03-06T10:00:00Z", ref: "r")],
            received: .at("2026-03-30T00:00:00Z"))
        try scene.close(2) { input in
            #expect(input.allocations.map(\.givenBack) == [Points(3), Points(5)])
            #expect(input.lots.map { $0.open }.reduce(.zero, +) == Points(13))
        }
    }
}
