import GRDB
import Settlement
import Testing

@testable import Store

/// A row changed behind the program's back stops the next close, which says where, and changes nothing.
@Suite("Figures that were changed on purpose")
struct BrokenFiguresTests {
    struct Change: CustomTestStringConvertible, Sendable {
        let sql: String
        let invariant: String
        var merchant: MerchantID?
        var account: String?

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
            invariant: "the account opens with what it closed with", account: "receivable:M"),
        Change(
            sql: "DELETE FROM holdings WHERE member = 'y'",
            invariant: "open lots at the start hold what the last statement closed with", merchant: "M"),
        Change(
            sql: "UPDATE outcomes SET state = 'refused'",
            invariant: "as many records are pending as the last closing left"),
        Change(
            sql: "DELETE FROM outcomes", invariant: "as many records are pending as the last closing left"),
        Change(
            sql: "UPDATE batch_periods SET records = records + 1 WHERE period = 1",
            invariant: "every record due is read once"),
        Change(sql: "DELETE FROM batch_periods WHERE period = 1", invariant: "records by state add up"),
        Change(sql: "UPDATE periods SET settled = settled + 1", invariant: "records by state add up"),
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
                    case .broken(let invariant, let merchant, _, _, let account, _)? = error as? CloseFailure
                else { return false }
                return invariant == change.invariant && merchant == change.merchant
                    && account == change.account
            }
            #expect(try scene.countingContents() == before)
            #expect(try scene.store.earliestOpen() == 1)
        }
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
