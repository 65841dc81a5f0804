import Settlement
import Signing
import Testing

@testable import Store

@Suite("The cut of a close: what comes while it is at work")
struct CutTests {
    private struct Stop: Error {}
    private let end = Instant.at("2026-02-02T00:00:00Z")
    private let later = Instant.at("2026-02-02T00:00:01Z")

    /// Member x earns and spends; member y names an original that is not there yet.
    private func scene() throws -> Scene {
        let scene = try Scene()
        try scene.send(
            "b1", 1,
            [
                record("a", .earn, "x", 100, "2026-01-05T10:00:00Z"),
                record("b", .redeem, "x", 30, "2026-01-06T10:00:00Z"),
                record("v", .earnReversal, "y", 5, "2026-01-07T10:00:00Z", ref: "o"),
            ])
        return scene
    }

    /// What comes while January closes: a record of January, the original that was missing, a gap of sequences.
    private func send(to scene: Scene) throws -> Receipt {
        let sent = try scene.send(
            "b3", 3,
            [
                record("late", .earn, "x", 7, "2026-01-30T10:00:00Z"),
                record("o", .redeem, "y", 5, "2026-01-07T09:00:00Z"),
                record("next", .earn, "z", 1, "2026-02-01T10:00:00Z"),
            ], received: later)
        guard case .stored(_, let receipt) = sent else { throw Stop() }
        return receipt
    }

    @Test("Batches are stored while a close is at work, and settle in the next period")
    func batches() throws {
        let scene = try scene()
        var receipt: Receipt?
        let closed = try scene.store.close(0, at: end, forced: false) { run in
            #expect(try scene.store.unfinishedClose()?.period == 0)
            receipt = try send(to: scene)
            let intake = try run.intake()
            #expect(intake.batches.map(\.batch) == ["b1"])
            #expect(intake.missing == [])
            let settled = try scene.settle(run)
            #expect(try scene.store.earliestOpen() == 0)
            return settled
        }
        // Its receipt told the truth.
        #expect(receipt?.periods.map(\.period) == ["2026-02"])
        #expect(receipt?.periods.map(\.records) == [3])
        #expect(closed.records.settled == 2)
        #expect(closed.records.pending == 1)
        #expect(try scene.store.unfinishedClose() == nil)
        #expect(try scene.store.stateCounts() == StateCounts(open: 3, settled: 2, pending: 1, refused: 0))
        // The close is the one that is gone on with from a cut before they came.
        let twin = try self.scene()
        try twin.store.beginClose(0, at: end, forced: false)
        _ = try send(to: twin)
        let resumed = try twin.store.close(0, at: later, forced: false) { try twin.settle($0) }
        #expect(resumed.closing.bytes == closed.closing.bytes)
        #expect(try twin.contentsWithoutChance() == scene.contentsWithoutChance())
        #expect(try scene.close(1).closing.bytes == twin.close(1).closing.bytes)
        #expect(try scene.store.record("late", of: "M")?.late == true)
        // "o" is a redemption: the reversal of an earn finds another type, now that it is there.
        #expect(try scene.store.record("v", of: "M")?.state == .refused(.originalMismatch, period: 1))
    }

    @Test("Bookings and terms that come while a close is at work belong to later periods")
    func bookings() throws {
        let scene = try scene()
        let booking = Booking(
            merchant: "M", kind: .payment, reference: BookingReference(verified: "p"), amount: Money(5),
            date: .on("2026-01-20"), reason: "r")
        _ = try scene.store.close(0, at: end, forced: false) { run in
            try scene.store.book([booking], by: Person("ana"), at: later)
            #expect(try run.bookings() == [])
            return try scene.settle(run)
        }
        #expect(try scene.store.bookings().map(\.period) == [1])
        #expect(try scene.close(1).statements.first?.balance == scene.close(2).statements.first?.balance)
    }

    @Test("A close that fails leaves its cut only where something stands on it", arguments: [false, true])
    func failure(_ hasCome: Bool) throws {
        let scene = try scene()
        #expect(throws: Stop.self) {
            try scene.store.close(0, at: end, forced: false) { run in
                if hasCome { _ = try send(to: scene) }
                _ = try scene.settle(run)
                throw Stop()
            }
        }
        #expect(try scene.store.unfinishedClose()?.since == (hasCome ? end : nil))
        #expect(try scene.store.stateCounts().open == (hasCome ? 6 : 3))
        if !hasCome { _ = try send(to: scene) }
        // What came after the cut is late, what came before a new one is not.
        let closed = try scene.store.close(0, at: later, forced: false) { try scene.settle($0) }
        #expect(closed.records.all == (hasCome ? 3 : 5))
        #expect(try scene.store.record("late", of: "M")?.late == hasCome)
    }

    @Test(
        "After a check has forbidden a close, other prices may be given to its period, though more has come since"
    )
    func otherPrices() throws {
        let scene = try scene()
        let other = Scene.alliance(merchants: [Scene.merchant("M", price: 20_000), Scene.merchant("N")])
        let failure = CloseFailure.doesNotFit(what: "a line", merchant: "M")
        #expect(throws: failure) {
            try scene.store.close(0, at: end, forced: false) { run in
                _ = try send(to: scene)
                #expect(throws: AllianceChangeRefusal.self) {
                    try scene.store.apply(other, zone: Scene.utc, at: later)
                }
                throw failure
            }
        }
        _ = try scene.store.apply(other, zone: Scene.utc, at: later)
        let preview = try scene.store.close(0, at: later, forced: false, preview: true) {
            try scene.settle($0)
        }
        let closed = try scene.store.close(0, at: later, forced: false) { try scene.settle($0) }
        #expect(closed.records.all == 3)
        let document = String(decoding: try #require(closed.statements.first).document.bytes, as: UTF8.self)
        #expect(document.contains(#""price":"0.02""#))
        #expect(preview.closing.bytes == closed.closing.bytes)
    }

    @Test("A forced close that was interrupted goes on without force, whoever closes")
    func forced() throws {
        let scene = try scene()
        let early = Instant.at("2026-01-20T00:00:00Z")
        try scene.store.beginClose(0, at: early, forced: true)
        #expect(
            try scene.store.unfinishedClose() == UnfinishedClose(period: 0, since: early, forced: true))
        _ = try scene.store.close(0, at: .at("2026-01-20T00:00:05Z"), forced: false) { try scene.settle($0) }
        let close = try #require(try scene.store.periods().first?.close)
        #expect(close.forced)
        #expect(close.at == early)
    }

    @Test("Of two closes at once the second waits, and is told that the period has closed")
    func two() async throws {
        let scene = try scene()
        let store = scene.store
        let end = end
        let (begun, isBegun) = AsyncStream.makeStream(of: Void.self)
        let second = Task.detached {
            for await _ in begun { break }
            _ = try store.close(0, at: end, forced: false) { _ in throw Stop() }
        }
        _ = try scene.store.close(0, at: end, forced: false) { run in
            isBegun.yield()
            return try scene.settle(run)
        }
        await #expect(throws: CloseRefusal.notNext(asked: "2026-01", next: "2026-02")) {
            try await second.value
        }
    }

    @Test(
        "Whoever ends its work beside a close waits neither for it nor keeps anybody waiting",
        .timeLimit(.minutes(4)))
    func shut() throws {
        let scene = try scene()
        let other = try Store.open(folder: scene.folder)
        _ = try scene.store.close(0, at: end, forced: false) { run in
            // The close sees the file as it was before this, and would be waited for.
            _ = try send(to: scene)
            try other.shut()
            return try scene.settle(run)
        }
        #expect(try scene.store.stateCounts().all == 6)
    }

    @Test("Members that hold nothing any more are counted too where so many are taken at a time")
    func emptied() throws {
        let scene = try Scene()
        let members = (0..<600).map { "m\($0)" }
        try scene.send(
            "b1", 1,
            members.map {
                record(RecordID(verified: "e" + $0), .earn, MemberID(verified: $0), 5, "2026-01-09T10:00:00Z")
            })
        try scene.close(0)
        try scene.send(
            "b2", 2,
            members.map {
                record(
                    RecordID(verified: "r" + $0), .redeem, MemberID(verified: $0), 5, "2026-02-09T10:00:00Z")
            }, received: .at("2026-02-10T00:00:00Z"))
        try scene.close(1)
        var groups: [Int] = []
        _ = try scene.store.close(2, at: .at("2026-04-02T00:00:00Z"), forced: false) { run in
            run.holdingsBytes = 4_096
            var stream = try run.members()
            while let group = try stream.nextGroup(byteCount: 4_096) { groups.append(group.members.count) }
            return try scene.settle(run)
        }
        #expect(groups.reduce(0, +) == 600)
        #expect(groups.allSatisfy { $0 <= 4_096 / HoldingsSource.rowBytes + 1 }, "\(groups)")
        #expect(try scene.integer("SELECT count(*) FROM holdings") == 0)
    }

    @Test("A preview makes no cut, and writes nothing though batches come")
    func preview() throws {
        let scene = try scene()
        let before = try scene.contents()
        let preview = try scene.close(0, preview: true)
        #expect(try scene.contents() == before)
        let seen = try scene.store.close(0, at: end, forced: false, preview: true) { run in
            let receipt = try send(to: scene)
            #expect(receipt.periods.map(\.period) == ["2026-01", "2026-02"])
            return try scene.settle(run)
        }
        #expect(seen.closing.bytes == preview.closing.bytes)
    }

    @Test("What members hold stands in one row, or two while the earlier of them may be needed")
    func generations() throws {
        let scene = try scene()
        try scene.close(0)
        #expect(try scene.integer("SELECT count(*) FROM holdings WHERE member = 'x'") == 1)
        try scene.send(
            "b2", 2, [record("c", .redeem, "x", 70, "2026-02-06T10:00:00Z")],
            received: .at("2026-02-07T00:00:00Z"))
        try scene.close(1)
        // Nothing is left, which a row says.
        #expect(try scene.integer("SELECT count(*) FROM holdings WHERE member = 'x'") == 2)
        #expect(try scene.holdings().allSatisfy { $0.member != "x" })
        try scene.close(2)
        #expect(try scene.integer("SELECT count(*) FROM holdings WHERE member = 'x'") == 0)
    }
}

extension Scene {
    /// The rows that every file of the same history has.
    fileprivate func contentsWithoutChance() throws -> String {
        try [
            closedRows(),
            store.stateCounts().all.description,
            "\(store.pendingRecords())",
        ].joined(separator: "\n")
    }
}
