import Foundation
import GRDB
import Signing
import Testing

@testable import Settlement
@testable import Store

/// A row changed behind the program's back stops the next close, which says where, and changes nothing.
@Suite("Figures that were changed on purpose")
struct BrokenFiguresTests {
    struct Change: CustomTestStringConvertible, Sendable {
        let sql: String
        let invariant: String
        var merchant: MerchantID?
        var account: String?
        var record: String?

        var testDescription: String { sql }
    }

    static let changes = [
        Change(
            sql: "UPDATE statements SET balance = balance + 1 WHERE merchant = 1",
            invariant: "the balance is the last closing's", merchant: "M"),
        Change(
            sql: "UPDATE statements SET points = points + 1 WHERE merchant = 2",
            invariant: "open lots at the start hold what the last statement closed with", merchant: "N"),
        Change(
            sql: "UPDATE statements SET digest = 'sha256:00' WHERE merchant = 2",
            invariant: "the last statement is the one that the last closing names", merchant: "N"),
        Change(
            sql: "UPDATE statements SET number = 7 WHERE merchant = 1",
            invariant: "the last statement is the one that the last closing names", merchant: "M"),
        Change(
            sql: "DELETE FROM statements WHERE merchant = 1",
            invariant: "the last statement is the one that the last closing names", merchant: "M"),
        Change(
            sql: "UPDATE closings SET digest = 'sha256:00'",
            invariant: "the last closing has the digest that was stored with it"),
        Change(
            sql: "UPDATE closings SET document = CAST(document || ' ' AS BLOB)",
            invariant: "the last closing has the digest that was stored with it"),
        Change(sql: "UPDATE closings SET number = 3", invariant: "the number is the last closing's"),
        Change(
            sql: "UPDATE journal SET closing = closing + 1 WHERE account = 'pool'",
            invariant: "the account opens with what it closed with", account: "pool"),
        Change(
            sql: "DELETE FROM journal WHERE account = 'receivable:M'",
            invariant: "the account opens with what it closed with", merchant: "M", account: "receivable:M"),
        Change(
            sql: "DELETE FROM holdings WHERE member = 'y'",
            invariant: "open lots at the start hold what the last statement closed with", merchant: "M"),
        Change(
            sql: "UPDATE outcomes SET state = 'refused'",
            invariant: "as many records are pending as the last closing left", record: "M/c"),
        Change(
            sql: "DELETE FROM outcomes", invariant: "as many records are pending as the last closing left",
            record: "M/c"),
        Change(
            sql: "DELETE FROM batch_periods WHERE period = 1", invariant: "records by state add up",
            record: "M/d"),
    ]

    @Test("The close is refused with the place", arguments: changes)
    func refused(_ change: Change) throws {
        let scene = try scene()
        try scene.store.writing("tamper") { try $0.execute(sql: change.sql) }
        let before = try scene.countingContents()
        for _ in 0..<2 {
            #expect {
                try scene.close(1)
            } throws: { error in
                guard
                    case .broken(let invariant, let merchant, _, _, let account, _, let record)? =
                        error as? CloseFailure
                else { return false }
                return invariant == change.invariant && merchant == change.merchant
                    && account == change.account && record?.description == change.record
            }
            #expect(try scene.countingContents() == before)
            #expect(try scene.store.earliestOpen() == 1)
        }
    }

    /// Figures that were changed together with the closing that they are held against, and its digest.
    struct Forgery: CustomTestStringConvertible, Sendable {
        /// By account, what its closing becomes more.
        let accounts: [String: Int64]
        /// By merchant, what its balance becomes more.
        var balances: [String: Int64] = [:]
        let invariant: String
        var merchant: MerchantID?
        var account: String?

        var testDescription: String { "\(accounts) \(balances)" }
    }

    static let forgeries = [
        Forgery(accounts: ["margin": 1], invariant: "the accounts sum to zero"),
        Forgery(
            accounts: ["receivable:M": 1], invariant: "the accounts sum to zero", merchant: "M",
            account: "receivable:M"),
        Forgery(
            accounts: ["pool": 1, "margin": -1], invariant: "pool is worth the open prepaid points",
            account: "pool"),
        Forgery(
            accounts: ["receivable:M": 1, "margin": -1], invariant: "the receivable is minus the balance",
            merchant: "M", account: "receivable:M"),
        Forgery(
            accounts: [:], balances: ["M": 1], invariant: "the receivable is minus the balance",
            merchant: "M",
            account: "receivable:M"),
        Forgery(
            accounts: ["receivable:M": -1], balances: ["M": 1], invariant: "the accounts sum to zero"),
    ]

    @Test(
        "Figures that were changed with all that speaks of them are refused by the next check",
        arguments: forgeries)
    func forged(_ forgery: Forgery) throws {
        let scene = try scene()
        try forge(scene, forgery)
        #expect {
            try scene.close(1)
        } throws: { error in
            guard
                case .broken(let invariant, let merchant, _, _, let account, _, _)? = error as? CloseFailure
            else { return false }
            return invariant == forgery.invariant && merchant == forgery.merchant
                && account == forgery.account
        }
        #expect(try scene.store.earliestOpen() == 1)
    }

    private func forge(_ scene: Scene, _ forgery: Forgery) throws {
        try scene.store.writing("forge") { database in
            var text = try #require(
                try Prepared(database, "SELECT document FROM closings").first { $0.text(0) })
            for (account, more) in forgery.accounts {
                let row = try #require(
                    text.firstMatch(of: try Regex("\"account\":\"\(account)\"[^}]*\"closing\":(-?[0-9]+)")))
                let old = try #require(row.output[1].range)
                text.replaceSubrange(old, with: "\((Int64(text[old]) ?? 0) + more)")
                try database.execute(
                    sql: """
                        INSERT INTO journal (period, account, closing) VALUES (0, ?1, ?2)
                        ON CONFLICT DO UPDATE SET closing = closing + ?2
                        """, arguments: [account, more])
            }
            for (merchant, more) in forgery.balances {
                let row = try #require(
                    text.firstMatch(
                        of: try Regex(
                            "\"merchant\":\"\(merchant)\",\"activity\":-?[0-9]+,\"closing\":(-?[0-9]+)")))
                let old = try #require(row.output[1].range)
                text.replaceSubrange(old, with: "\((Int64(text[old]) ?? 0) + more)")
                try database.execute(
                    sql: "UPDATE statements SET balance = balance + ? WHERE merchant = 1", arguments: [more])
            }
            let bytes = Array(text.utf8)
            try database.execute(
                sql: "UPDATE closings SET document = ?, digest = ?",
                arguments: [Data(bytes), SHA256Digest(of: bytes).text])
        }
    }

    @Test("A lot that was changed, sum and all, is refused with its merchant and its record")
    func changedLot() throws {
        let scene = try scene()
        try changeLot(of: scene) { bytes in
            #expect(bytes[bytes.count - 4] == 50)
            bytes[bytes.count - 4] = 49
        }
        #expect {
            try scene.close(1)
        } throws: { error in
            "\(error)" == "M, record M/b: open lots at the start hold what the last statement closed with: "
                + "expected 120, found 119"
        }
    }

    @Test("A lot that is no longer prepaid, sum and all, is refused with its record, as pool is worth less")
    func changedFunding() throws {
        let scene = try scene()
        // Behind the version and the number of debts stands what the lot is.
        try changeLot(of: scene) { bytes in bytes[2] |= 1 }
        #expect {
            try scene.close(1)
        } throws: { error in
            "\(error)".hasPrefix(
                "the alliance, account pool, record M/b: pool is worth the open prepaid points: expected ")
        }
        #expect(try scene.store.earliestOpen() == 1)
    }

    @Test("A lot of which no figure speaks, and that was changed, sum and all, is told with its record")
    func changedQuietly() throws {
        let scene = try scene()
        try changeLot(of: scene) { bytes in bytes[bytes.count - 1] = 1 }
        let trouble = #expect(throws: StoreTrouble.self) { try scene.close(1) }
        #expect(trouble?.isDamage == true && trouble?.attempt == "read holdings, all rows")
        #expect(trouble?.cause.hasSuffix("; the first that differs is of record M/b") == true)
    }

    @Test("A member that has spent a lot and kept another is not named for the lot of someone behind it")
    func spentLot() throws {
        let scene = try spendingScene()
        try changeLot(of: scene) { bytes in
            #expect(bytes[bytes.count - 4] == 50)
            bytes[bytes.count - 4] = 49
        }
        #expect {
            try scene.close(2)
        } throws: { error in
            "\(error)" == "M, record M/c: open lots at the start hold what the last statement closed with: "
                + "expected 90, found 89"
        }
    }

    @Test("An older row that is put back names the lot that a later close left otherwise")
    func olderRow() throws {
        let scene = try Scene()
        try scene.send("b1", 1, [record("a", .earn, "w", 100, "2026-01-05T10:00:00Z")])
        try scene.close(0)
        let older = try scene.store.reading("keep") { database in
            try #require(
                try Prepared(database, "SELECT bytes FROM holdings WHERE member = 'w'").first { $0.bytes(0) })
        }
        try scene.send(
            "b2", 2, [record("b", .redeem, "w", 30, "2026-02-04T10:00:00Z")],
            received: .at("2026-02-05T00:00:00Z"))
        try scene.close(1)
        try scene.store.writing("tamper") { database in
            try database.execute(sql: "DELETE FROM holdings WHERE member = 'w'")
            try database.execute(
                sql: "INSERT INTO holdings (member, period, bytes) VALUES ('w', 0, ?)",
                arguments: [Data(older)])
        }
        #expect {
            try scene.close(2)
        } throws: { error in
            "\(error)" == "M, record M/a: open lots at the start hold what the last statement closed with: "
                + "expected 70, found 100"
        }
    }

    @Test("Where every lot is as it was left, no record is named")
    func noLot() throws {
        let scene = try spendingScene()
        try scene.store.writing("tamper") {
            try $0.execute(sql: "UPDATE statements SET points = points + 1 WHERE period = 1 AND merchant = 1")
        }
        #expect {
            try scene.close(2)
        } throws: { error in
            "\(error)" == "M: open lots at the start hold what the last statement closed with: "
                + "expected 91, found 90"
        }
    }

    /// Two months are closed: w earned twice in January and spent the first lot in February, y holds its only one.
    private func spendingScene() throws -> Scene {
        let scene = try Scene()
        try scene.send(
            "b1", 1,
            [
                record("a", .earn, "w", 100, "2026-01-05T10:00:00Z"),
                record("b", .earn, "w", 40, "2026-01-06T10:00:00Z"),
                record("c", .earn, "y", 50, "2026-01-07T10:00:00Z"),
            ])
        try scene.close(0)
        try scene.send(
            "b2", 2, [record("d", .redeem, "w", 100, "2026-02-04T10:00:00Z")],
            received: .at("2026-02-05T00:00:00Z"))
        try scene.close(1)
        return scene
    }

    /// Changes what is packed of the lot of y's, and makes its sum anew. Last stands what is open, expired, expired and
    /// met, and reversed.
    private func changeLot(of scene: Scene, _ change: (inout [UInt8]) -> Void) throws {
        try scene.store.writing("tamper") { database in
            var bytes = try #require(
                try Prepared(database, "SELECT bytes FROM holdings WHERE member = 'y'").first { $0.bytes(0) })
            bytes.removeLast(RowSum.byteCount)
            change(&bytes)
            HoldingsSum.append(to: &bytes, of: "y", period: 0)
            try database.execute(
                sql: "UPDATE holdings SET bytes = ? WHERE member = 'y'", arguments: [Data(bytes)])
        }
    }

    @Test(
        "Of a batch over two periods the first record is named whose period has no row",
        arguments: [(1, "e"), (2, "d")])
    func strayRecord(period: Int, record id: String) throws {
        let scene = try Scene()
        try scene.send("b1", 1, [record("a", .earn, "x", 100, "2026-01-05T10:00:00Z")])
        try scene.close(0)
        try scene.send(
            "b2", 2,
            [
                record("d", .earn, "x", 5, "2026-03-01T10:00:00Z"),
                record("e", .earn, "y", 6, "2026-02-03T10:00:00Z"),
                record("f", .earn, "z", 7, "2026-02-04T10:00:00Z"),
            ], received: .at("2026-03-01T12:00:00Z"))
        try scene.store.writing("tamper") {
            try $0.execute(sql: "DELETE FROM batch_periods WHERE period = \(period)")
        }
        #expect {
            try scene.close(1)
        } throws: { error in
            "\(error)".hasPrefix("the alliance, record M/\(id): records by state add up: expected 4, found ")
        }
    }

    @Test("A row of details that is written twice is refused with its line, and nothing is changed")
    func detailsTwice() throws {
        let scene = try scene()
        let before = try scene.countingContents()
        #expect {
            try scene.store.close(1, at: .at("2026-03-02T01:00:00Z"), forced: false) { run in
                var settlement = try scene.settlement(run)
                try run.settle(&settlement)
                var share = settlement.makeShare()
                let earn = Event(
                    number: RecordNumber(5), merchant: "M",
                    record: record("d", .earn, "x", 5, "2026-02-03T10:00:00Z"),
                    effective: .at("2026-02-03T10:00:00Z"), late: false, attempts: 0)
                share.renderer.write(
                    Settlement.settle(
                        MemberInput(member: "x", events: [earn]), period: run.period, schedule: run.schedule
                    ).settled)
                settlement.add(share.takeSheets())
                try settlement.add(share)
                return try settlement.finish(signer: scene.signer)
            }
        } throws: { error in
            "\(error)".hasPrefix(
                "M, line issue price 0.01: the line is the sum of its details: expected 10 points, ")
                && "\(error)".hasSuffix(", found 5 points, -5")
        }
        #expect(try scene.countingContents() == before && scene.store.earliestOpen() == 1)
    }

    @Test("Nothing changed, nothing is refused")
    func unchanged() throws { #expect(try scene().close(1).records.all == 3) }

    /// January is closed, with a record that stayed pending; February waits.
    private func scene() throws -> Scene {
        let scene = try Scene()
        try scene.send(
            "b1", 1,
            [
                record("a", .earn, "x", 100, "2026-01-05T10:00:00Z"),
                record("b", .earn, "y", 50, "2026-01-06T10:00:00Z"),
                record("c", .redeem, "z", 10, "2026-01-07T10:00:00Z"),
            ])
        try scene.send("b1", 1, [record("r", .redeem, "x", 30, "2026-01-08T10:00:00Z")], of: "N")
        try scene.close(0)
        try scene.send(
            "b2", 2,
            [
                record("d", .earn, "x", 5, "2026-02-03T10:00:00Z"),
                record("e", .redeem, "y", 20, "2026-02-04T10:00:00Z"),
            ], received: .at("2026-02-05T00:00:00Z"))
        return scene
    }
}
