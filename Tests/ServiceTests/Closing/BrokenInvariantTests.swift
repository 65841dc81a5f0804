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
/// a test of the store writes a row of them twice. Nor can one break that positions sum to zero and that the journal
/// balances in a period, as both sides are of the same postings: `CloseFailureTests` breaks these. What the journal opens
/// with is another matter.
@Suite("A close that a changed row forbids", .timeLimit(.minutes(5)))
struct BrokenInvariantTests {
    private static let story = Result { try LongStory() }

    struct Breach: CustomTestStringConvertible, Sendable {
        let changed: String
        let change: @Sendable (Database) throws -> Void
        /// What is said of it begins with this.
        let told: String

        var testDescription: String { changed }

        init(_ changed: String, told: String, _ change: @escaping @Sendable (Database) throws -> Void) {
            self.changed = changed
            self.change = change
            self.told = told
        }

        init(_ changed: String, _ sql: String, told: String) {
            self.init(changed, told: told) { try $0.execute(sql: sql) }
        }
    }

    static let breaches = [
        Breach(
            "a receivable's closing in the journal",
            "UPDATE journal SET closing = closing + 1 WHERE period = 2 AND account = 'receivable:M'",
            told: "M, account receivable:M: the account opens with what it closed with: expected "),
        Breach(
            "the points of a lot, with its sum",
            told: "M, record M/m4: open lots at the start hold what the last statement closed with: expected "
        ) { database in
            try changeLot(database) { bytes in bytes[bytes.count - 4] -= 1 }
        },
        Breach(
            "the row of a batch's period, taken away", "DELETE FROM batch_periods WHERE period = 3",
            told: "the alliance, record M/m6: records by state add up: expected "),
        Breach(
            "the bank's closing in the journal",
            "UPDATE journal SET closing = closing + 1 WHERE period = 2 AND account = 'bank'",
            told: "the alliance, account bank: the account opens with what it closed with: expected "),
        Breach(
            "the bank's closing in the journal and in the last closing, with its digest",
            told: "the alliance: the accounts sum to zero: expected 0, found 1"
        ) { database in
            try changeClosing(database, "\"account\":\"bank\"[^}]*\"closing\":(-?[0-9]+)")
            try database.execute(
                sql: "UPDATE journal SET closing = closing + 1 WHERE period = 2 AND account = 'bank'")
        },
        Breach(
            "what funds a lot, with its sum",
            told: "the alliance, account pool, record M/m4: pool is worth the open prepaid points: expected "
        ) { database in
            // Behind the version and the number of debts stands what the lot is: it is no longer prepaid.
            try changeLot(database) { bytes in bytes[2] |= 1 }
        },
        Breach(
            "a merchant's last balance",
            "UPDATE statements SET balance = balance + 1 WHERE period = 2 AND merchant = 1",
            told: "M: the balance is the last closing's: expected "),
        Breach(
            "a merchant's last balance, and in the last closing, with its digest",
            told: "M, account receivable:M: the receivable is minus the balance: expected "
        ) { database in
            try changeClosing(
                database, "\"merchant\":\"M\",\"activity\":-?[0-9]+,\"closing\":(-?[0-9]+)")
            try database.execute(
                sql: "UPDATE statements SET balance = balance + 1 WHERE period = 2 AND merchant = 1")
        },
        Breach(
            "a payment, but not its sum",
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
            let hasClosed = { try open.store.earliestOpen() > 3 }
            try await until { try health.reason() != nil || hasClosed() }
            #expect(
                health.reason()?.contains("a period cannot be closed: \(breach.told)") == true,
                "\(health.reason() ?? "")")
            try await until { try open.store.failedClose() != nil || hasClosed() }
            let status = try StatusReport(open.store, now: now)
            let stuck = "2026-04 cannot be closed since 2026-05-03T00:00:00+00:00: \(breach.told)"
            #expect(status.text.contains(stuck), "\(status.text)")
            #expect(status.json.contains(#""stuck":{"period":"2026-04""#))
        }
        #expect(try folder.documents() == before)
        #expect(try open.store.earliestOpen() == 3 && open.store.unfinishedClose() == nil)
    }

    @Test("A payment of a closed period that was changed, sum and all, is told by a rederivation")
    func payment() throws {
        let folder = try DamagedFolder(try Self.story.get().folder)
        try folder.write { database in
            let row = try #require(
                try Row.fetchOne(
                    database,
                    sql: """
                        SELECT booking, merchant, amount + 1, date, booked, period, reference, kind, reason, person,
                            drafter, undoes FROM bookings WHERE booking = 3
                        """))
            let sum = BookingRows.sum(
                (0..<6).map { row[$0] as Int64 }, (6..<10).map { row[$0] as String }, drafter: row[10],
                undoes: row[11])
            try database.execute(
                sql: "UPDATE bookings SET amount = amount + 1, sum = ? WHERE booking = 3", arguments: [sum])
        }
        let report = try Rederivation(
            .init(
                data: folder.folder.path, secret: folder.folder.secretPath, jwks: nil, from: nil,
                through: nil,
                scratch: nil)
        ).run()
        let payment = report.findings.filter { $0.place == "booking PAY-1 of P" }.map(\.problem)
        #expect(payment == ["is not among those that the audit says were made"], "\(report.lines)")
        #expect(
            report.findings.contains {
                $0.place == "statement of P for 2026-03" && $0.problem.contains("`balance.payments`")
            }, "\(report.lines)")
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
