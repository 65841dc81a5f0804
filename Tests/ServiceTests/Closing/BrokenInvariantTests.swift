import Foundation
import GRDB
import Settlement
import Signing
import Testing

@testable import Service
@testable import Store

/// What a close proves before it ends, each broken by a row that was changed behind the program's back: the daemon says
/// which figure of which merchant it is, with the record where one makes it so, writes nothing, is not ready, and has it
/// on the stuck list.
///
/// That a line is the sum of its details no row can break before they are written, as both come of the same movements:
/// a test of the store writes a row of them twice.
@Suite("A close that a changed row forbids", .timeLimit(.minutes(5)))
struct BrokenInvariantTests {
    private static let story = Result { try LongStory() }

    struct Breach: CustomTestStringConvertible, Sendable {
        let invariant: String
        let change: @Sendable (Database) throws -> Void
        /// What is said of it begins with this.
        let told: String

        var testDescription: String { invariant }

        init(_ invariant: String, told: String, _ change: @escaping @Sendable (Database) throws -> Void) {
            self.invariant = invariant
            self.change = change
            self.told = told
        }

        init(_ invariant: String, _ sql: String, told: String) {
            self.init(invariant, told: told) { try $0.execute(sql: sql) }
        }
    }

    static let breaches = [
        Breach(
            "positions sum to zero, with the operator's",
            "UPDATE journal SET closing = closing + 1 WHERE period = 2 AND account = 'receivable:M'",
            told: "M, account receivable:M: the account opens with what it closed with: expected "),
        Breach(
            "points conserve",
            told: "M, record M/m4: open lots at the start hold what the last statement closed with: expected "
        ) { database in
            try changeLot(database) { bytes in bytes[bytes.count - 4] -= 1 }
        },
        Breach(
            "state counts add up", "DELETE FROM batch_periods WHERE period = 3",
            told: "the alliance, record M/m6: records by state add up: expected "),
        Breach(
            "the journal balances",
            "UPDATE journal SET closing = closing + 1 WHERE period = 2 AND account = 'bank'",
            told: "the alliance, account bank: the account opens with what it closed with: expected "),
        Breach(
            "the journal balances, whatever the last closing says",
            told: "the alliance: the accounts sum to zero: expected 0, found 1"
        ) { database in
            try changeClosing(database, "\"account\":\"bank\"[^}]*\"closing\":(-?[0-9]+)")
            try database.execute(
                sql: "UPDATE journal SET closing = closing + 1 WHERE period = 2 AND account = 'bank'")
        },
        Breach(
            "pool is worth the open prepaid points",
            told: "the alliance, account pool, record M/m4: pool is worth the open prepaid points: expected "
        ) { database in
            // Behind the version and the number of debts stands what the lot is: it is no longer prepaid.
            try changeLot(database) { bytes in bytes[2] |= 1 }
        },
        Breach(
            "closing = opening + activity + payments: the opening",
            "UPDATE statements SET balance = balance + 1 WHERE period = 2 AND merchant = 1",
            told: "M: the balance is the last closing's: expected "),
        Breach(
            "closing = opening + activity + payments, whatever the last closing says",
            told: "M, account receivable:M: the receivable is minus the balance: expected "
        ) { database in
            try changeClosing(
                database, "\"merchant\":\"M\",\"activity\":-?[0-9]+,\"closing\":(-?[0-9]+)")
            try database.execute(
                sql: "UPDATE statements SET balance = balance + 1 WHERE period = 2 AND merchant = 1")
        },
        Breach(
            "closing = opening + activity + payments: a payment",
            "UPDATE bookings SET amount = amount + 1 WHERE booking = 3",
            told: "cannot read bookings, row 3: "),
    ]

    @Test("It is told, nothing is written, and the daemon is not ready", arguments: breaches)
    func breach(_ breach: Breach) async throws {
        let folder = try DamagedFolder(try Self.story.get().folder)
        try folder.write(breach.change)
        let before = try folder.documents()
        let open = try folder.folder.open()
        defer { open.shut() }
        let now = instant("2026-05-03T00:00:00Z")
        try await closing(open, at: .standing(at: now)) { health in
            try await until { health.reason() != nil }
            #expect(
                health.reason()?.contains("a period cannot be closed: \(breach.told)") == true,
                "\(health.reason() ?? "")")
            try await until { try open.store.failedClose() != nil }
            let status = try StatusReport(open.store, now: now)
            let stuck = "2026-04 cannot be closed since 2026-05-03T00:00:00+00:00: \(breach.told)"
            #expect(status.text.contains(stuck), "\(status.text)")
            #expect(status.json.contains(#""stuck":{"period":"2026-04""#))
        }
        #expect(try folder.documents() == before)
        #expect(try open.store.earliestOpen() == 3 && open.store.unfinishedClose() == nil)
    }

    @Test("Nothing changed, it closes")
    func unchanged() async throws {
        let folder = try DamagedFolder(try Self.story.get().folder)
        let open = try folder.folder.open()
        defer { open.shut() }
        try await closing(open, at: .standing(at: instant("2026-05-03T00:00:00Z"))) { health in
            try await until { try open.store.earliestOpen() == 4 }
            #expect(health.reason() == nil)
        }
    }

    /// Changes what is packed of cem's only lot, and makes its sum anew.
    private static func changeLot(_ database: Database, _ change: (inout [UInt8]) -> Void) throws {
        let row = try #require(
            try Row.fetchOne(database, sql: "SELECT bytes, period FROM holdings WHERE member = 'cem'"))
        var bytes = [UInt8](row["bytes"] as Data)
        bytes.removeLast(RowSum.byteCount)
        // Last stands what is open, expired, expired and met, and reversed.
        #expect(bytes[bytes.count - 4] == 100)
        change(&bytes)
        HoldingsSum.append(to: &bytes, of: MemberID(verified: "cem"), period: row["period"])
        try database.execute(
            sql: "UPDATE holdings SET bytes = ? WHERE member = 'cem'", arguments: [Data(bytes)])
    }

    /// Makes a number of the last closing more by one, and its digest anew.
    private static func changeClosing(_ database: Database, _ pattern: String) throws {
        let document = try #require(
            try Data.fetchOne(database, sql: "SELECT document FROM closings WHERE period = 2"))
        var text = String(decoding: document, as: UTF8.self)
        let found = try #require(text.firstMatch(of: try Regex(pattern)))
        let old = try #require(found.output[1].range)
        let number = try #require(Int64(text[old]))
        text.replaceSubrange(old, with: "\(number + 1)")
        try database.execute(
            sql: "UPDATE closings SET document = ?, digest = ? WHERE period = 2",
            arguments: [Data(text.utf8), SHA256Digest(of: Array(text.utf8)).text])
    }
}
