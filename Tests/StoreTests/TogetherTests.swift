import Dispatch
import Foundation
import GRDB
import Settlement
import Signing
import Synchronization
import Testing

@testable import Store

@Suite("Batches stored together")
struct TogetherTests {
    private let received = Instant.at("2026-01-31T12:00:00Z")

    private func earn(_ id: String, _ points: Int64 = 10) -> Settlement.Record {
        record(RecordID(verified: id), .earn, "x", points, "2026-01-05T10:00:00Z")
    }

    /// Appends the batches so that one transaction takes them all, in this order: another batch holds the
    /// writer until they all wait.
    private func together(
        _ scene: Scene, _ batches: [VerifiedBatch], gate: Int64 = 1, turningAway turnedAway: String? = nil
    ) throws -> [Result<Appended, any Error>] {
        let holding = try scene.verified("gate-\(gate)", gate, [], of: "N", byOperator: true)
        let (entered, open) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let outcomes = Mutex<[Int: Result<Appended, any Error>]>([:])
        let (store, signer, received) = (scene.store, scene.signer, received)
        let done = DispatchGroup()
        let start = { (place: Int, batch: VerifiedBatch, wait: @escaping @Sendable () -> Void) in
            done.enter()
            Thread {
                let outcome = Result {
                    try store.append(
                        batch, received: received,
                        admit: { if $0.batch.text == turnedAway { throw NoRoom() } }
                    ) { receipt in
                        wait()
                        return signer.seal(receipt.bytes, for: receipt.merchant.text)
                    }
                }
                outcomes.withLock { $0[place] = outcome }
                done.leave()
            }.start()
        }
        start(-1, holding) {
            entered.signal()
            open.wait()
        }
        entered.wait()
        let before = store.memory.arrivals.waiting
        for (place, batch) in batches.enumerated() {
            start(place, batch) {}
            while store.memory.arrivals.waiting < before + place + 1 { usleep(100) }
        }
        open.signal()
        done.wait()
        return try outcomes.withLock { outcomes in
            try batches.indices.map { try #require(outcomes[$0]) }
        }
    }

    private func receipt(_ outcome: Result<Appended, any Error>) throws -> Receipt? {
        guard case .stored(_, let receipt) = try outcome.get() else { return nil }
        return receipt
    }

    private func code(_ outcome: Result<Appended, any Error>) -> BatchRefusalCode? {
        #expect(throws: BatchRefusal.self) { try outcome.get() }
        guard case .failure(let error) = outcome, let refusal = error as? BatchRefusal else { return nil }
        return refusal.code
    }

    @Test("They are numbered in the order in which they came, as if each had come alone")
    func order() throws {
        let scene = try Scene()
        let batches = try (1...9).map {
            try scene.verified("b\($0)", $0, [earn("e\($0)"), earn("e\($0 - 1)")])
        }
        let outcomes = try together(scene, batches)
        let receipts = try outcomes.map { try #require(try receipt($0)) }
        #expect(receipts.map(\.counts.accepted) == [2, 1, 1, 1, 1, 1, 1, 1, 1])
        #expect(receipts.map(\.counts.duplicates) == [0, 1, 1, 1, 1, 1, 1, 1, 1])
        #expect(receipts.allSatisfy { $0.warnings.isEmpty })
        #expect(
            try scene.store.batches(of: "M").map(\.summary.batch.text) == (1...9).reversed().map { "b\($0)" })
        #expect(try scene.store.recordCount() == 10)
        // The gate's transaction, and one for the nine.
        let firsts = try scene.store.reading("look") {
            try Prepared($0, "SELECT first_record FROM batches WHERE merchant = 1 ORDER BY batch").all {
                $0.integer(0)
            }
        }
        #expect(firsts == [1, 3, 4, 5, 6, 7, 8, 9, 10])
    }

    @Test("A refusal of one leaves the others as they would be without it")
    func refusals() throws {
        let scene = try Scene()
        try scene.send("b0", 1, [earn("old")])
        let batches = [
            try scene.verified("b1", 2, [earn("a"), earn("b")]),
            // Strict, with an id that is used: neither its ids nor its sequence are taken.
            try scene.verified("b2", 3, [earn("c"), earn("a", 99)], strict: true),
            try scene.verified("b3", 3, [earn("c", 5), earn("a", 99), earn("b")]),
            try scene.verified("b4", 3, [earn("d")]),
            try scene.verified("b1", 7, [earn("e")]),
            try scene.verified("b5", 5, [earn("old", 3), earn("d", 4), earn("e", 2)]),
        ]
        let outcomes = try together(scene, batches)
        #expect(
            try receipt(outcomes[0])?.counts
                == Receipt.Counts(records: 2, accepted: 2, duplicates: 0, refused: 0))
        #expect(code(outcomes[1]) == .recordsRefused)
        let third = try #require(try receipt(outcomes[2]))
        #expect(third.counts == Receipt.Counts(records: 3, accepted: 1, duplicates: 1, refused: 1))
        #expect(code(outcomes[3]) == .sequenceReused)
        #expect(code(outcomes[4]) == .batchReused)
        let last = try #require(try receipt(outcomes[5]))
        #expect(last.refused == [RefusedRecord(line: 2, id: "old", code: .idReused)])
        #expect(last.counts.accepted == 2)
        #expect(last.warnings == ["sequence_gap"])
        let points = try ["old", "a", "b", "c", "d", "e"].map {
            try scene.store.record(RecordID(verified: $0), of: "M")?.record.points.count
        }
        #expect(points == [10, 10, 10, 5, 4, 2])
        #expect(try scene.store.recordCount() == 6)
    }

    private struct NoRoom: Error {}

    @Test("One that is not admitted leaves the others as they would be without it, and may come again")
    func turnedAway() throws {
        let scene = try Scene()
        let batches = [
            try scene.verified("b1", 1, [earn("e1")]),
            try scene.verified("b2", 2, [earn("e1"), earn("e2"), earn("e3")]),
            try scene.verified("b3", 3, [earn("e2", 7)]),
        ]
        let outcomes = try together(scene, batches, turningAway: "b2")
        #expect(try receipt(outcomes[0])?.counts.accepted == 1)
        #expect(throws: NoRoom.self) { try outcomes[1].get() }
        // Its ids and its number are not taken.
        let third = try #require(try receipt(outcomes[2]))
        #expect(third.counts.accepted == 1 && third.warnings == [Receipt.sequenceGap])
        #expect(try scene.store.recordCount() == 2)

        let again = try #require(try receipt(try together(scene, [batches[1]], gate: 2)[0]))
        #expect(again.counts.accepted == 1 && again.counts.duplicates == 1 && again.counts.refused == 1)
        #expect(try scene.store.recordCount() == 3)
    }

    @Test("Trouble is everybody's: nothing is kept, and all of it may come again")
    func trouble() throws {
        let scene = try Scene()
        try scene.store.writing("obstruct") {
            try $0.execute(
                sql: """
                    CREATE TRIGGER obstruction BEFORE INSERT ON batches WHEN NEW.id = 'b2'
                    BEGIN SELECT RAISE(ABORT, 'obstructed'); END
                    """)
        }
        let batches = try (1...3).map { try scene.verified("b\($0)", $0, [earn("e\($0)")]) }
        for outcome in try together(scene, batches) {
            let trouble = #expect(throws: StoreTrouble.self) { try outcome.get() }
            #expect(trouble?.cause == "obstructed")
        }
        #expect(try scene.store.recordCount() == 0)
        #expect(try scene.store.record("e1", of: "M") == nil)
        try scene.store.writing("clear") { try $0.execute(sql: "DROP TRIGGER obstruction") }
        let again = try together(scene, batches, gate: 2)
        #expect(try again.map { try receipt($0)?.counts.accepted } == [1, 1, 1])
        #expect(try scene.store.recordCount() == 3)
    }

    @Test("The same bytes several times at once are stored once, and each gets the one receipt")
    func copies() throws {
        let scene = try Scene()
        let batch = try scene.verified("b1", 1, [earn("a"), earn("b")])
        let other = try scene.verified("b2", 2, [earn("a"), earn("c")])
        let outcomes = try together(scene, [batch, batch, other, batch])
        guard case .stored(let document, _) = try outcomes[0].get() else {
            Issue.record("the first of them is new")
            return
        }
        for place in [1, 3] {
            guard case .copy(let copy) = try outcomes[place].get() else {
                Issue.record("copy \(place) was stored")
                continue
            }
            #expect(copy == document)
        }
        #expect(try receipt(outcomes[2])?.counts.duplicates == 1)
        #expect(try scene.store.recordCount() == 3)
    }

    @Test("More than fit into one transaction are all done, by whoever leads")
    func crowd() throws {
        let scene = try Scene()
        let batches = try (1...100).map {
            try scene.verified("b\($0)", $0, [earn("e\($0)"), earn("e\($0 % 7)")])
        }
        let outcomes = try together(scene, batches)
        #expect(try outcomes.allSatisfy { try receipt($0) != nil })
        #expect(try scene.store.batches(of: "M").count == 100)
        // e0 … e6 and e7 … e100.
        #expect(try scene.store.recordCount() == 101)
    }
}
