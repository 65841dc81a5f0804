import Fixtures
import Foundation
import GRDB
import Settlement
import Signing
import Synchronization
import Testing

@testable import Store

/// The index of ids, made small so that a few thousand records write runs and merge them.
@Suite("The index of ids")
struct IdentityIndexTests {
    private static let received = Instant.at("2026-01-31T12:00:00Z")

    /// An alliance whose file keeps its ids so.
    private func scene(bits: Int, tail: Int, fanOut: Int) throws -> Scene {
        let scene = try Scene()
        try scene.store.writing("form") {
            try $0.execute(
                sql: "UPDATE identity_form SET bits = ?, tail = ?, fan_out = ?",
                arguments: [bits, tail, fanOut])
        }
        return scene
    }

    private func earn(_ id: String, _ points: Int64) -> Settlement.Record {
        record(RecordID(verified: id), .earn, "x", points, "2026-01-05T10:00:00Z")
    }

    /// What a plain dictionary would make of the batches: the slow, obvious index.
    private struct Model {
        private(set) var borne: [String: Int64] = [:]

        /// Counts of accepted, duplicates and refused; nothing is taken of a strict batch with a refusal.
        mutating func take(_ records: [(id: String, points: Int64)], strict: Bool) -> Receipt.Counts? {
            var after = borne
            var (accepted, duplicates, refused) = (Int64(0), Int64(0), Int64(0))
            for (id, points) in records {
                if let earlier = after[id] {
                    if earlier == points { duplicates += 1 } else { refused += 1 }
                } else {
                    after[id] = points
                    accepted += 1
                }
            }
            if strict, refused > 0 { return nil }
            borne = after
            return Receipt.Counts(
                records: Int64(records.count), accepted: accepted, duplicates: duplicates, refused: refused)
        }
    }

    @Test(
        "However few bits and however small the runs, it finds what a dictionary finds",
        arguments: [(48, 100, 2), (12, 64, 3), (6, 40, 2), (3, 33, 4), (1, 25, 2)])
    func collisions(_ bits: Int, _ tail: Int, _ fanOut: Int) throws {
        let scene = try scene(bits: bits, tail: tail, fanOut: fanOut)
        var random = SeededNumbers(seed: UInt64(bits * 1_000 + tail))
        var models: [MerchantID: Model] = ["M": Model(), "N": Model()]
        var sequences: [MerchantID: Int64] = ["M": 0, "N": 0]
        var strictRefusals = 0
        for batch in 0..<120 {
            let merchant: MerchantID = Bool.random(using: &random) ? "M" : "N"
            let records = (0..<Int.random(in: 1...30, using: &random)).map { _ in
                (
                    id: "id\(Int.random(in: 0..<1_500, using: &random))",
                    points: Int64.random(in: 1...3, using: &random)
                )
            }
            let strict = Int.random(in: 0..<4, using: &random) == 0
            var model = try #require(models[merchant])
            let expected = model.take(records, strict: strict)
            models[merchant] = model
            let sequence = try #require(sequences[merchant]) + 1
            let send = {
                try scene.send(
                    "b\(batch)", sequence, records.map { earn($0.id, $0.points) }, of: merchant,
                    strict: strict,
                    received: Self.received)
            }
            if let expected {
                sequences[merchant] = sequence
                guard case .stored(_, let receipt) = try send() else {
                    Issue.record("batch \(batch) was taken for a copy")
                    return
                }
                #expect(receipt.counts == expected)
            } else {
                strictRefusals += 1
                #expect(throws: BatchRefusal.self) { try send() }
            }
            // As after a restart: all is read from the file again.
            if batch.isMultiple(of: 17) { scene.store.memory.identities.withLock { $0 = nil } }
        }
        #expect(strictRefusals > 5)
        try expect(scene, finds: models)
        #expect(try #require(try scene.integer("SELECT max(level) FROM identity_runs WHERE whole = 1")) > 0)
        try expectWhole(scene)
    }

    /// Every id that is borne is found with its points, and others are not.
    private func expect(_ scene: Scene, finds models: [MerchantID: Model]) throws {
        try scene.store.reading("look") { database in
            let lookup = try IdentityLookup(database)
            let chunks = try RecordChunks(database)
            var found = 0
            for (merchant, number) in [("M", 1), ("N", 2)] as [(MerchantID, Int64)] {
                for id in 0..<1_500 {
                    let bearer = try lookup.find(RecordID(verified: "id\(id)"), of: number)
                    let points = try bearer.map { try chunks.record($0).record.points.count }
                    #expect(points == models[merchant]?.borne["id\(id)"])
                    found += bearer == nil ? 0 : 1
                }
            }
            #expect(found == Int(try RecordChunks.lastNumber(database).value))
        }
    }

    /// The whole runs cover the records from the first on, each once and each with its own fingerprint, and
    /// fewer lie behind them than make a run.
    private func expectWhole(_ scene: Scene) throws {
        try scene.store.reading("look") { database in
            let index = try IdentityIndex(database)
            let rows = try IdentityRuns(database)
            let chunks = try RecordChunks(database)
            // What the process knows, if no other has written since.
            let known = scene.store.memory.identities.withLock { $0 }
            let own = known?.last == index.last ? known : nil
            var covered: Int64 = 0
            for run in index.runs {
                #expect(run.first == covered + 1)
                covered = run.last
                var records: [Int64] = []
                try rows.forEach(in: 0..<1 << 48, of: run) { entry in records.append(entry.record) }
                #expect(records.sorted() == Array(run.first...run.last))
                for record in records {
                    let fingerprint = try chunks.withRecord(RecordNumber(record)) {
                        index.form.fingerprint(of: $0.view.id, of: $0.merchant)
                    }
                    #expect(try rows.records(with: fingerprint, in: run).contains(record))
                    let marks = index.marks(of: [fingerprint])[0]
                    let position = try #require(index.runs.firstIndex { $0.run == run.run })
                    #expect(marks & 1 << min(position, 62) != 0)
                    // A group lets less pass than the filters of its runs, and never what is in one of them.
                    if let ours = own?.marks(of: [fingerprint])[0] {
                        #expect(ours & 1 << min(position, 62) != 0 && ours & ~marks == 0)
                    }
                }
            }
            #expect(index.last - covered < index.form.tail)
        }
    }

    @Test("Merges go on beside the batches, page by page, and leave few runs")
    func merging() throws {
        let scene = try scene(bits: 48, tail: 400, fanOut: 4)
        var unfinished = 0
        for batch in 0..<140 {
            let records = (0..<100).map { earn("e\(batch)-\($0)", 1) }
            try scene.send("b\(batch)", Int64(batch + 1), records)
            unfinished += try scene.integer("SELECT count(*) FROM identity_runs WHERE whole = 0") == 0 ? 0 : 1
        }
        #expect(unfinished > 20)
        #expect(try scene.integer("SELECT max(level) FROM identity_runs WHERE whole = 1") == 2)
        #expect(try #require(try scene.integer("SELECT count(*) FROM identity_runs")) < 12)
        try expectWhole(scene)
        // Groups go with the runs that are merged.
        let groups = scene.store.memory.identities.withLock { $0?.groups.count }
        #expect(try (1...2).contains(#require(groups)))
        // Nothing is left of what was merged.
        #expect(
            try scene.integer(
                "SELECT count(*) FROM identity_pages WHERE page >> 24 NOT IN (SELECT run FROM identity_runs)")
                == 0)
    }

    @Test("Whatever a crash leaves covers every record, also in the middle of a merge")
    func crashes() throws {
        let scene = try scene(bits: 10, tail: 300, fanOut: 2)
        var merging = 0
        for batch in 0..<40 {
            let records = (0..<100).map { earn("e\(batch)-\($0)", 1) }
            try scene.send("b\(batch)", Int64(batch + 1), records)
            merging += try scene.integer("SELECT count(*) FROM identity_runs WHERE whole = 0") == 0 ? 0 : 1
            // A process that dies here leaves the file; another reads it.
            scene.store.memory.identities.withLock { $0 = nil }
            if batch.isMultiple(of: 7) { try expectWhole(scene) }
            let again = (0..<3).map { earn("e\(batch / (1 + $0))-\($0)", 1) }
            guard
                case .stored(_, let receipt) = try scene.send(
                    "a\(batch)", Int64(batch + 1), again, byOperator: true)
            else { return }
            #expect(receipt.counts.duplicates == 3)
        }
        #expect(merging > 5)
        try expectWhole(scene)
    }

    @Test("Runs that do not cover the records are told, not guessed around")
    func incomplete() throws {
        let scene = try scene(bits: 48, tail: 50, fanOut: 8)
        for batch in 0..<4 {
            try scene.send("b\(batch)", Int64(batch + 1), (0..<60).map { earn("e\(batch)-\($0)", 1) })
        }
        #expect(try scene.integer("SELECT count(*) FROM identity_runs") == 4)
        try scene.store.writing("harm") { try $0.execute(sql: "DELETE FROM identity_runs WHERE run = 2") }
        let trouble = #expect(throws: StoreTrouble.self) { try scene.store.record("e0-0", of: "M") }
        #expect(trouble?.cause == "record 61 is in no run, or in two: expected a run from it on, found 121")
    }

    @Test(
        "A filter or a page that was changed is told by its row",
        arguments: [
            (
                "UPDATE identity_runs SET filter = zeroblob(length(filter)) WHERE run = 2",
                "read identity_runs, row 2"
            ),
            ("UPDATE identity_pages SET bytes = zeroblob(length(bytes))", "read identity_pages, row "),
            ("UPDATE identity_form SET seed_low = seed_low + 1", "read identity_runs, row 1"),
            ("UPDATE identity_form SET seed_high = seed_high + 1", "read identity_runs, row 1"),
            ("UPDATE identity_form SET bits = 40", "read identity_runs, row 1"),
            ("UPDATE identity_runs SET first = first + 1 WHERE run = 1", "read identity_runs, row 1"),
        ])
    func damaged(_ sql: String, _ attempt: String) throws {
        let scene = try scene(bits: 48, tail: 50, fanOut: 8)
        for batch in 0..<4 {
            try scene.send("b\(batch)", Int64(batch + 1), (0..<60).map { earn("e\(batch)-\($0)", 1) })
        }
        try scene.store.writing("harm") { try $0.execute(sql: sql) }
        let trouble = #expect(throws: StoreTrouble.self) { try scene.store.record("e0-0", of: "M") }
        #expect(trouble?.isDamage == true)
        #expect(trouble?.attempt.hasPrefix(attempt) == true, "\(trouble?.attempt ?? "")")
        // Nor does a restart take for new what is there already.
        let restarted = try Store.open(folder: scene.folder)
        defer { try? restarted.shut() }
        let (again, signer) = (try scene.verified("again", 5, [earn("e0-0", 1)]), scene.signer)
        #expect(throws: StoreTrouble.self) {
            try restarted.append(
                again, received: Self.received, seal: { signer.seal($0.bytes, for: $0.merchant.text) })
        }
    }

    @Test("Another form before the first run is written finds every id all the same")
    func otherForm() throws {
        let scene = try scene(bits: 48, tail: 50, fanOut: 8)
        try scene.send("b", 1, (0..<10).map { earn("e\($0)", 1) })
        try scene.store.writing("change") {
            try $0.execute(sql: "UPDATE identity_form SET seed_low = seed_low + 1")
        }
        scene.store.memory.identities.withLock { $0 = nil }
        guard case .stored(_, let receipt) = try scene.send("again", 2, [earn("e3", 1), earn("new", 1)])
        else {
            Issue.record("it was taken for a copy")
            return
        }
        #expect(receipt.counts.duplicates == 1 && receipt.counts.accepted == 1)
    }

    @Test("What one process stores is known to another that stores after it")
    func twoProcesses() throws {
        let scene = try scene(bits: 48, tail: 30, fanOut: 2)
        let other = try Store.open(folder: scene.folder)
        defer { try? other.shut() }
        for batch in 0..<8 {
            let records =
                (0..<20).map { earn("e\(batch)-\($0)", 1) } + (batch == 0 ? [] : [earn("e\(batch - 1)-3", 1)])
            let verified = try scene.verified("b\(batch)", Int64(batch + 1), records)
            let (store, signer) = (batch.isMultiple(of: 2) ? scene.store : other, scene.signer)
            guard
                case .stored(_, let receipt) = try store.append(
                    verified, received: Self.received, seal: { signer.seal($0.bytes, for: $0.merchant.text) })
            else { return }
            #expect(receipt.counts.accepted == 20)
            #expect(receipt.counts.duplicates == (batch == 0 ? 0 : 1))
        }
        try expectWhole(scene)
    }

    @Test("Fingerprints are spread evenly and differ from file to file")
    func fingerprints() throws {
        let (one, two) = (try Scene(), try Scene())
        let forms = try [one, two].map { try $0.store.reading("look") { try IdentityForm($0) } }
        var counts = [Int](repeating: 0, count: 64)
        var all: Set<UInt64> = []
        var same = 0
        for number in 0..<64_000 {
            let id = Array("receipt-2026-01-\(number)".utf8)
            let found = forms.map { form in id.withUnsafeBytes { form.fingerprint(of: $0, of: 1) } }
            counts[Int(found[0] >> 42)] += 1
            all.insert(found[0])
            same += found[0] == found[1] ? 1 : 0
        }
        #expect(all.count == 64_000)
        #expect(same == 0)
        #expect(counts.allSatisfy { (800...1_200).contains($0) })
        // Every length by itself, and every merchant.
        let text = [UInt8](repeating: 7, count: 64)
        let lengths = Set(
            (1...64).flatMap { length in
                (1...5).map { merchant in
                    text[..<length].withUnsafeBytes { forms[0].fingerprint(of: $0, of: Int64(merchant)) }
                }
            })
        #expect(lengths.count == 320)
    }

    @Test("A filter passes what is in it and little else")
    func filter() throws {
        var random = SeededNumbers(seed: 4)
        let inside = (0..<20_000).map { _ in random.next() >> 16 }
        let outside = (0..<100_000).map { _ in random.next() >> 16 }
        var filter = IdentityFilter(capacity: inside.count)
        for fingerprint in inside { filter.insert(fingerprint) }
        filter = try #require(filter.bytes.withUnsafeBytes { IdentityFilter($0) })
        var marks = [UInt64](repeating: 0, count: inside.count)
        filter.mark(inside.map { IdentityFilter.Probe($0) }, with: 4, in: &marks)
        #expect(marks.allSatisfy { $0 == 4 })
        marks = [UInt64](repeating: 1, count: outside.count)
        filter.mark(outside.map { IdentityFilter.Probe($0) }, with: 4, in: &marks)
        #expect(marks.count { $0 == 5 } < 400)
        #expect(marks.allSatisfy { $0 & 1 == 1 })
    }
}
