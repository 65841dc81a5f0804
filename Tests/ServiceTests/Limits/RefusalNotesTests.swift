import Settlement
import Store
import Testing

@testable import Service

@Suite("The audit of refusals without a signature")
struct RefusalNotesTests {
    @Test("A rush of them is counted, and only its beginning noted one by one")
    func rush() throws {
        let estate = try Estate()
        let begin = ContinuousClock.now
        let notes = RefusalNotes(store: estate.open.store)
        let most = 2 * RefusalNotes.perSecond
        for _ in 0..<(most + 500) {
            try notes.note(
                BatchRefusal(.keyUnknown, reason: "no key"), digest: nil, keyID: "x", at: Estate.received,
                now: begin)
        }
        func noted() throws -> [AuditEntry] {
            try estate.open.store.audit(limit: 10_000).filter { $0.act == .batchRefused }
        }
        #expect(try noted().count == most)
        try notes.settle(at: Estate.received)
        let entries = try noted()
        #expect(entries.count == most + 1)
        #expect(entries.first?.code == "key_unknown")
        #expect(entries.first?.reason?.hasPrefix("500 more batches") == true)
        try notes.settle(at: Estate.received)
        #expect(try noted().count == most + 1)
        #expect(entries.first?.times == 500)
        #expect(try estate.open.store.refusalCounts().map(\.count) == [Int64(most + 500)])
    }

    @Test("A merchant's own rush is counted as its own, and takes nobody else's entries")
    func ofMerchants() throws {
        let estate = try Estate()
        let begin = ContinuousClock.now
        let notes = RefusalNotes(store: estate.open.store)
        let most = 2 * RefusalNotes.perSecond
        let merchants = ["M", "N"].map { MerchantID(verified: $0) }
        func note(_ merchant: MerchantID?) throws {
            try notes.note(
                BatchRefusal(.countMismatch, reason: "wrong"), digest: nil, keyID: nil, merchant: merchant,
                at: Estate.received, now: begin)
        }
        for _ in 0..<(most + 7) { try note(merchants[0]) }
        try note(merchants[1])
        try note(nil)
        try notes.settle(at: Estate.received)
        let noted = try estate.open.store.audit(limit: 10_000).filter { $0.act == .batchRefused }
        let own = noted.filter { $0.merchant == merchants[0] }
        #expect(own.count == most + 1 && own.map(\.times).reduce(0, +) == Int64(most + 7))
        #expect(noted.filter { $0.merchant == merchants[1] }.map(\.times) == [1])
        #expect(noted.filter { $0.merchant == nil }.map(\.times) == [1])
    }

    @Test("What cannot be written down now is counted on")
    func kept() throws {
        let estate = try Estate()
        let begin = ContinuousClock.now
        let notes = RefusalNotes(store: estate.open.store)
        for _ in 0..<(2 * RefusalNotes.perSecond + 3) {
            try notes.note(
                BatchRefusal(.tooLarge, reason: "large"), digest: nil, keyID: nil, at: Estate.received,
                now: begin)
        }
        try estate.open.store.shut()
        #expect(throws: (any Error).self) { try notes.settle(at: Estate.received) }
        #expect(throws: (any Error).self) { try notes.settle(at: Estate.received) }
    }
}
