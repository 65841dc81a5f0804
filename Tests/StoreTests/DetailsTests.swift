import GRDB
import Settlement
import Signing
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
        try scene.store.writing("tamper") {
            try $0.execute(
                sql: """
                    UPDATE settlements
                    SET bytes = CAST(substr(bytes, 1, 2) || x'77' || substr(bytes, 4) AS BLOB)
                    WHERE period = 0
                    """)
        }
        let trouble = #expect(throws: StoreTrouble.self) {
            try scene.store.details(of: "M", period: 0) { _ in }
        }
        #expect(trouble?.cause.contains("was signed with") == true)
        #expect(throws: StoreTrouble.self) { try scene.store.details(period: 0) { _, _ in } }
        try scene.store.details(period: 1) { _, _ in }
    }
}
