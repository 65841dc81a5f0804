import Dispatch
import Foundation
import GRDB
import Settlement
import Signing
import Synchronization
import Testing

@testable import Store

@Suite("Details on reading")
struct DetailsTests {
    /// Two closed months of two merchants; the second gives points of the first back.
    private func scene() throws -> Scene {
        let scene = try Scene()
        try scene.send(
            "b1", 1,
            [
                record("a", .earn, "x", 100, "2026-01-05T10:00:00Z"),
                record("b", .earn, "y", 50, "2026-01-06T10:00:00Z"),
                record("p", .redeem, "z", 10, "2026-01-07T10:00:00Z"),
            ], received: .at("2026-01-31T23:59:00Z"))
        try scene.send("b1", 1, [record("r", .redeem, "x", 30, "2026-01-08T10:00:00Z")], of: "N")
        try scene.close(0)
        try scene.send(
            "b2", 2, [record("v", .redeemReversal, "x", 10, "2026-02-08T10:00:00Z", ref: "r")], of: "N",
            received: .at("2026-02-09T00:00:00Z"))
        try scene.close(1)
        return scene
    }

    @Test("All files of a period in one pass are those of each merchant, with the digests that were signed")
    func onePass() throws {
        let scene = try scene()
        for period in [0, 1] {
            var together: [MerchantID: [UInt8]] = [:]
            try scene.store.details(period: period) { together[$0, default: []] += $1 }
            #expect(together.keys.sorted() == ["M", "N"])
            for (merchant, bytes) in together {
                var alone: [UInt8] = []
                try scene.store.details(of: merchant, period: period) { alone += $0 }
                #expect(alone == bytes)
                let statement = try #require(try scene.store.statement(of: merchant, period: period))
                #expect(SHA256Digest(of: bytes).text == statement.detailsDigest)
            }
        }
    }

    @Test("Whoever reads one keeps no batch from being stored, and reads on as it was")
    func beside() throws {
        let scene = try scene()
        let received = Instant.at("2026-03-05T10:00:00Z")
        let batch = try scene.verified(
            "b3", 3, [record("c", .earn, "x", 7, "2026-03-04T10:00:00Z")], received: received)
        let (store, signer) = (scene.store, scene.signer)
        var (alone, beside, outcomes) = ([UInt8](), [UInt8](), [Bool]())
        try store.details(of: "M", period: 0) { alone += $0 }
        try store.details(of: "M", period: 0) { piece in
            beside += piece
            guard outcomes.isEmpty else { return }
            let done = DispatchSemaphore(value: 0)
            let isStored = Mutex(false)
            Thread {
                let appended = try? store.append(batch, received: received) {
                    signer.seal($0.bytes, for: $0.merchant.text)
                }
                if case .stored? = appended { isStored.withLock { $0 = true } }
                done.signal()
            }.start()
            // If it waited for who reads here, it would for ever.
            guard done.wait(timeout: .now() + 60) == .success else { return outcomes.append(false) }
            outcomes.append(isStored.withLock(\.self))
        }
        #expect(outcomes == [true])
        #expect(beside == alone)
        #expect(try store.record("c", of: "M") != nil)
    }

    @Test("There are none of a period that is open, nor of a merchant without a statement")
    func none() throws {
        let scene = try scene()
        try scene.store.details(period: 2) { merchant, _ in Issue.record("details of \(merchant)") }
        try scene.store.details(of: "Q", period: 0) { _ in Issue.record("details of nobody") }
    }

    @Test("What was changed behind the program's back is not passed off as what was signed")
    func changed() throws {
        let scene = try scene()
        // Behind the version and the length stands the first member's id: x becomes w.
        func tamper(_ sum: Bool) throws {
            try scene.store.writing("tamper") { database in
                let query = try Prepared(
                    database, "SELECT bytes, first_member, last_member FROM settlements WHERE period = 0")
                let row = try #require(
                    try query.first { (bytes: $0.bytes(0), first: $0.text(1), last: $0.text(2)) })
                var bytes = row.bytes
                bytes[2] = UInt8(ascii: "w")
                if sum {
                    bytes.removeLast(RowSum.byteCount)
                    var sum = RowSum(0)
                    for text in [row.first, row.last] { Array(text.utf8).withUnsafeBytes { sum.add($0) } }
                    sum.append(to: &bytes)
                }
                try database.execute(
                    sql: "UPDATE settlements SET bytes = ? WHERE period = 0", arguments: [Data(bytes)])
            }
        }
        // Whoever only changes bytes is told by the row's sum, who makes that fit by the digest that was signed.
        for (sum, cause) in [(false, "are not those that were written"), (true, "was signed with")] {
            try tamper(sum)
            let trouble = #expect(throws: StoreTrouble.self) {
                try scene.store.details(of: "M", period: 0) { _ in }
            }
            #expect(trouble?.cause.contains(cause) == true)
            #expect(trouble?.isDamage == !sum)
            #expect(throws: StoreTrouble.self) { try scene.store.details(period: 0) { _, _ in } }
            try scene.store.details(period: 1) { _, _ in }
        }
    }
}
