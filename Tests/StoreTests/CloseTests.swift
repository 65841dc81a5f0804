import Signing
import Testing

@testable import Settlement
@testable import Store

@Suite("The close")
struct CloseTests {
    private struct Stop: Error, Equatable {}

    /// Two members with an earn, a redemption at another merchant, one that finds nothing, a record of
    /// February.
    private func scene() throws -> Scene {
        let scene = try Scene()
        try scene.send(
            "b1", 1,
            [
                record("a", .earn, "x", 100, "2026-01-05T10:00:00Z"),
                record("b", .earn, "y", 50, "2026-01-06T10:00:00Z"),
                record("c", .redeem, "z", 10, "2026-01-07T10:00:00Z"),
                record("d", .earn, "x", 5, "2026-02-01T00:00:00Z"),
            ], received: .at("2026-01-31T23:59:00Z"))
        try scene.send("b1", 1, [record("r", .redeem, "x", 30, "2026-01-08T10:00:00Z")], of: "N")
        return scene
    }

    @Test("Statements, closing, details, journal and figures stand in the file as they were made")
    func documents() throws {
        let scene = try scene()
        let closed = try scene.close(0)
        #expect(closed.records.settled == 3)
        #expect(closed.records.pending == 1)
        #expect(closed.statements.map(\.merchant) == ["M", "N"])
        for statement in closed.statements {
            let stored = try #require(try scene.store.statement(of: statement.merchant, period: 0))
            #expect(stored.document == statement.document)
            #expect(stored.digest == SHA256Digest(of: stored.document.bytes).text)
            #expect(
                (stored.number, stored.balance, stored.points) == (1, statement.balance, statement.points))
            var details: [UInt8] = []
            try scene.store.details(of: statement.merchant, period: 0) { details += $0 }
            #expect(SHA256Digest(of: details).text == stored.detailsDigest)
        }
        #expect(try scene.store.closing(of: 0)?.document == closed.closing)
        let journal = try scene.store.journal(of: 0)
        #expect(Dictionary(uniqueKeysWithValues: journal) == closed.journal)
        #expect(try scene.store.statement(of: "M", period: 1) == nil)
        #expect(try scene.store.closing(of: 1) == nil)
    }

    @Test("What the store says of a period before and after its close")
    func standing() throws {
        let scene = try scene()
        #expect(try scene.store.periods().map(\.period.id) == ["2026-01", "2026-02"])
        #expect(try scene.store.periods().map(\.records) == [4, 1])
        #expect(try scene.store.periods().allSatisfy { $0.close == nil })
        #expect(try scene.store.stateCounts() == StateCounts(open: 5, settled: 0, pending: 0, refused: 0))
        try scene.close(0)
        #expect(try scene.store.earliestOpen() == 1)
        #expect(try scene.store.periods().map { $0.close == nil } == [false, true])
        #expect(try scene.store.periods().first?.close?.records.all == 4)
        #expect(try scene.store.stateCounts() == StateCounts(open: 1, settled: 3, pending: 1, refused: 0))
        #expect(try scene.store.pendingRecords().map(\.record.id) == ["c"])
        #expect(try scene.store.pendingRecords().map(\.code) == [.insufficientPoints])
        try scene.close(1)
        #expect(try scene.store.stateCounts() == StateCounts(open: 0, settled: 4, pending: 0, refused: 1))
        #expect(try scene.store.stateCounts().all == scene.store.recordCount())
    }

    @Test(
        "A close that stops midway leaves everything as it was",
        arguments: ["in a member", "after the members", "with a wrong count"])
    func allOrNothing(_ place: String) throws {
        let scene = try scene()
        try scene.close(0)
        let digest = try scene.countingContents()
        var members = 0
        #expect(throws: (any Error).self) {
            try scene.store.close(1, at: .at("2026-03-02T00:00:00Z"), forced: false) { transaction in
                let closed = try scene.settle(transaction) { _ in
                    members += 1
                    if place == "in a member", members == 2 { throw Stop() }
                }
                if place == "after the members" { throw Stop() }
                // The statements of another close do not prove this one.
                return closed.counting(settled: 77)
            }
        }
        #expect(members == (place == "in a member" ? 2 : 3))
        #expect(try scene.countingContents() == digest)
        #expect(try scene.store.earliestOpen() == 1)
        #expect(try scene.store.unfinishedClose() == nil)
        // And nothing stands in the way of the close itself, which leaves what one leaves that never failed.
        #expect(try scene.close(1).records.all == 2)
        let twin = try self.scene()
        try twin.close(0)
        try twin.close(1)
        #expect(try scene.closedRows() == twin.closedRows())
    }

    @Test("A preview tells the same as the close, and leaves everything as it was")
    func preview() throws {
        let scene = try scene()
        let before = try scene.contents()
        let preview = try scene.close(0, preview: true)
        #expect(try scene.contents() == before)
        let closed = try scene.close(0)
        #expect(preview.closing == closed.closing)
        #expect(preview.statements.map(\.document) == closed.statements.map(\.document))
    }

    @Test("Periods close in order, after their grace, unless forced")
    func order() throws {
        let scene = try scene()
        let early = Instant.at("2026-02-01T23:59:59.999Z")
        #expect(throws: CloseRefusal.tooEarly(period: "2026-01", closesFrom: .at("2026-02-02T00:00:00Z"))) {
            try scene.store.close(0, at: early, forced: false) { try scene.settle($0) }
        }
        #expect(throws: CloseRefusal.notNext(asked: "2026-02", next: "2026-01")) {
            try scene.store.close(1, at: early, forced: true) { try scene.settle($0) }
        }
        _ = try scene.store.close(0, at: early, forced: true) { try scene.settle($0) }
        #expect(throws: CloseRefusal.notNext(asked: "2026-01", next: "2026-02")) {
            try scene.store.close(0, at: early, forced: true) { try scene.settle($0) }
        }
        #expect(try scene.store.periods().first?.close?.forced == true)
        #expect(try scene.store.audit(limit: 1).first?.reason == "2026-01, forced")
        _ = try scene.store.close(1, at: .at("2026-03-02T00:00:00Z"), forced: false) { try scene.settle($0) }
    }

    @Test("Members come in the order of their ids, each once, with all that is theirs")
    func memberOrder() throws {
        let scene = try scene()
        var seen: [String] = []
        try scene.close(0) { input in
            seen.append("\(input.member) \(input.events.map(\.record.id.text).sorted()) \(input.lots.count)")
        }
        #expect(seen == [#"x ["a", "r"] 0"#, #"y ["b"] 0"#, #"z ["c"] 0"#])
        seen = []
        try scene.send(
            "b2", 2, [record("e", .earn, "w", 1, "2026-02-03T00:00:00Z")],
            received: .at("2026-02-04T00:00:00Z"))
        try scene.close(1) { input in
            seen.append("\(input.member) \(input.events.map(\.record.id.text).sorted()) \(input.lots.count)")
        }
        #expect(seen == [#"w ["e"] 0"#, #"x ["d"] 1"#, #"y [] 1"#, #"z ["c"] 0"#])
    }

    @Test("Late, carried and opening records take effect at the start of the period")
    func effective() throws {
        let scene = try scene()
        try scene.send(
            "o1", 1, [record("p", .opening, "p", 9, "2020-01-01T00:00:00Z")], byOperator: true)
        var events: [String] = []
        let note = { (input: MemberInput) in
            for event in input.events {
                events.append("\(event.record.id) \(event.effective) \(event.late) \(event.attempts)")
            }
        }
        try scene.close(0, watching: note)
        #expect(events.contains("p 2026-01-01T00:00:00.000Z false 0"))
        #expect(events.contains("a 2026-01-05T10:00:00.000Z false 0"))
        events = []
        try scene.send(
            "b2", 2, [record("l", .earn, "l", 1, "2026-01-20T00:00:00Z")],
            received: .at("2026-02-03T00:00:00Z"))
        try scene.send(
            "o2", 2, [record("q", .opening, "q", 9, "2020-01-01T00:00:00Z")], byOperator: true,
            received: .at("2026-02-03T00:00:00Z"))
        try scene.close(1, watching: note)
        #expect(
            events == [
                "l 2026-02-01T00:00:00.000Z true 0", "q 2026-02-01T00:00:00.000Z true 0",
                "d 2026-02-01T00:00:00.000Z false 0", "c 2026-02-01T00:00:00.000Z false 1",
            ])
    }

    @Test("A close lists the batches since the one before, and what is missing")
    func intake() throws {
        let scene = try scene()
        try scene.send("b3", 3, [], received: .at("2026-01-31T23:59:00Z"))
        var intakes: [PeriodIntake] = []
        let look = { (transaction: ClosingRun) in
            intakes.append(try transaction.intake())
            return try scene.settle(transaction)
        }
        _ = try scene.store.close(0, at: .at("2026-02-02T00:00:00Z"), forced: false, look)
        try scene.send("b2", 2, [], received: .at("2026-02-03T00:00:00Z"))
        _ = try scene.store.close(1, at: .at("2026-03-02T00:00:00Z"), forced: false, look)
        #expect(intakes.map { $0.batches.map(\.batch) } == [["b1", "b1", "b3"], ["b2"]])
        #expect(intakes.map { $0.missing.map(\.sequence) } == [[2], []])
        #expect(intakes.first?.batches.first?.accepted == 4)
    }
}
