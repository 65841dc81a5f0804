import GRDB
import Settlement
import Testing

@testable import Store

@Suite("Disputes that were changed behind the program's back")
struct ChangedDisputeTests {
    /// Four disputes: one that was rejected, two that are open, and one that its merchant signed and that was assigned.
    private func scene() throws -> Scene {
        let scene = try Scene()
        let (ana, now) = (Person("ana"), Instant.at("2026-02-10T00:00:00Z"))
        for subject in [.line(1, period: 0), .line(2, period: 0), .record("T-1")] as [Dispute.Subject] {
            _ = try scene.store.openDispute(
                against: subject, of: "M", reason: "twice", owner: "ben", due: .on("2026-02-20"), by: ana,
                at: now)
        }
        try scene.store.endDisputes(
            [DisputeEnding(dispute: 1, text: "two sales", adjustment: nil)], by: ana, at: now)
        _ = try scene.contest("C-1", .record("T-2"), at: now)
        try scene.store.assignDispute(4, to: "ben", due: .on("2026-02-25"), "his", by: ana, at: now)
        return scene
    }

    @Test(
        "It is told with its row, and ends no process",
        arguments: [
            ("UPDATE disputes SET merchant = 2 WHERE dispute = 1", "disputes, row 1"),
            ("UPDATE disputes SET own_number = 9 WHERE dispute = 1", "disputes, row 1"),
            ("UPDATE disputes SET period = 9223372036854775807 WHERE dispute = 1", "disputes, row 1"),
            ("UPDATE disputes SET line = 9 WHERE dispute = 2", "disputes, row 2"),
            ("UPDATE disputes SET record = 'T-2' WHERE dispute = 3", "disputes, row 3"),
            ("UPDATE disputes SET owner = 'cem' WHERE dispute = 1", "disputes, row 1"),
            ("UPDATE disputes SET due = -9223372036854775807 WHERE dispute = 1", "disputes, row 1"),
            ("UPDATE disputes SET sum = sum + 1 WHERE dispute = 1", "disputes, row 1"),
            ("UPDATE disputes SET reference = 'C-2' WHERE dispute = 4", "disputes, row 4"),
            ("UPDATE disputes SET bytes = x'7b7d' WHERE dispute = 4", "disputes, row 4"),
            ("UPDATE disputes SET signature = 'a..b' WHERE dispute = 4", "disputes, row 4"),
            (
                "UPDATE disputes SET reference = NULL, bytes = NULL, signature = NULL WHERE dispute = 4",
                "disputes, row 4"
            ),
            ("DELETE FROM disputes WHERE dispute = 1", "disputes, row 1"),
            ("DELETE FROM disputes WHERE dispute = 3", "disputes, row 3"),
            ("DELETE FROM disputes WHERE dispute = 4", "disputes, row 4"),
            ("UPDATE dispute_steps SET owner = 'cem' WHERE step = 6", "dispute_steps, row 6"),
            ("UPDATE dispute_steps SET due = due + 1 WHERE step = 6", "dispute_steps, row 6"),
            ("UPDATE dispute_steps SET owner = NULL WHERE step = 6", "dispute_steps, row 6"),
            ("UPDATE dispute_steps SET dispute = 2 WHERE step = 1", "dispute_steps, row 1"),
            ("UPDATE dispute_steps SET act = 'commented' WHERE step = 4", "dispute_steps, row 4"),
            ("UPDATE dispute_steps SET at = 9223372036854775807 WHERE step = 2", "dispute_steps, row 2"),
            ("UPDATE dispute_steps SET person = 'cem' WHERE step = 2", "dispute_steps, row 2"),
            ("UPDATE dispute_steps SET text = 'once' WHERE step = 3", "dispute_steps, row 3"),
            ("UPDATE dispute_steps SET sum = sum + 1 WHERE step = 3", "dispute_steps, row 3"),
            ("DELETE FROM dispute_steps WHERE step = 2", "dispute_steps, row 2"),
            ("DELETE FROM dispute_steps WHERE step >= 3", "disputes, row 3"),
            ("DELETE FROM dispute_steps", "disputes, row 1"),
        ])
    func told(sql: String, row: String) throws {
        let scene = try scene()
        try scene.store.pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA foreign_keys = OFF")
            try database.execute(sql: "PRAGMA ignore_check_constraints = ON")
            try database.execute(sql: sql)
            #expect(database.changesCount > 0)
        }
        let trouble = #expect(throws: StoreTrouble.self) { try scene.store.disputes() }
        #expect(trouble?.isDamage == true && trouble?.attempt == "read \(row)")
    }

    @Test(
        "Who speaks of one is told what was changed of it, and of another goes on",
        arguments: [
            ("UPDATE disputes SET owner = 'cem' WHERE dispute = 2", "disputes, row 2"),
            ("DELETE FROM disputes WHERE dispute = 2", "disputes, row 2"),
            ("UPDATE dispute_steps SET text = 'once' WHERE step = 2", "dispute_steps, row 2"),
            ("DELETE FROM dispute_steps WHERE step = 2", "disputes, row 2"),
        ])
    func apart(sql: String, row: String) throws {
        let scene = try scene()
        try scene.store.pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA foreign_keys = OFF")
            try database.execute(sql: sql)
            #expect(database.changesCount > 0)
        }
        let later = Instant.at("2026-02-11T00:00:00Z")
        let comment = { try scene.store.commentDispute($0, "asked", by: Person("ana"), at: later) }
        for attempt in [
            { _ = try comment(2) }, { _ = try scene.store.dispute(2) },
        ] as [() throws -> Void] {
            let trouble = #expect(throws: StoreTrouble.self) { try attempt() }
            #expect(trouble?.isDamage == true && trouble?.attempt == "read \(row)")
        }
        let commented = try comment(3)
        #expect(commented.steps.map(\.text) == ["twice", "asked"])
        #expect(try scene.store.dispute(3) == commented)
        for number in [0, -1, 5, Int64.max] { #expect(try scene.store.dispute(number) == nil) }
    }

    @Test(
        "Every row that was changed or is gone is told, the last one too, as the steps and the audit have it",
        arguments: [
            ("UPDATE disputes SET owner = 'cem' WHERE dispute <> 2", [1, 3, 4], []),
            ("DELETE FROM disputes WHERE dispute >= 2", [2, 3, 4], []),
            ("UPDATE dispute_steps SET text = 'once' WHERE step = 3", [], [3]),
            ("DELETE FROM dispute_steps WHERE step = 4", [], [4]),
            ("DELETE FROM dispute_steps WHERE step < 3", [], [1, 2]),
            ("DELETE FROM dispute_steps", [], [1, 2, 3, 4, 5, 6]),
        ] as [(String, [Int64], [Int64])])
    func history(sql: String, disputes: [Int64], steps: [Int64]) throws {
        let scene = try scene()
        try scene.store.pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA foreign_keys = OFF")
            try database.execute(sql: sql)
            #expect(database.changesCount > 0)
        }
        let history = try scene.store.history()
        #expect(history.changedDisputes == disputes && history.changedSteps == steps)
    }

    @Test("Nothing changed, nothing is refused")
    func unchanged() throws {
        let scene = try scene()
        #expect(try scene.store.disputes().map(\.state) == [.rejected, .open, .open, .open])
        let history = try scene.store.history()
        #expect(history.changedDisputes == [] && history.changedSteps == [])
    }
}
