import Foundation
import GRDB
import Service
import Settlement
import Store
import Testing

@Suite("How the intake stands where something of it cannot be read")
struct UnreadStatusTests {
    @Test("What cannot be read keeps neither the stuck list nor the rest from being shown, and is told")
    func unread() throws {
        let estate = try Estate()
        for (id, sequence) in [("B-1", 1), ("B-2", 2)] as [(String, Int64)] {
            _ = try estate.take(Estate.batch(id, sequence: sequence))
        }
        #expect(throws: BatchRefusal.self) { try estate.take(Estate.batch("B-3", sequence: 2)) }
        #expect(throws: BatchRefusal.self) {
            try estate.intake.take([1], form: .ndjson, signature: nil, received: Estate.received)
        }
        let store = estate.open.store
        let now = instant("2026-02-10T00:00:00Z")
        try store.noteFailedClose(of: 0, because: "M: a figure", at: now)
        #expect(try StatusReport(store, now: now).trouble == nil)
        let queue = try DatabaseQueue(path: estate.open.folder.databasePath)
        defer { try? queue.close() }
        try queue.write { database in
            try database.execute(sql: "PRAGMA ignore_check_constraints = ON")
            try database.execute(sql: "UPDATE batches SET duplicates = 9223372036854775807")
            try database.execute(
                sql: """
                    UPDATE audit SET times = 9223372036854775807, merchant = NULL, code = 'x'
                    WHERE act = 'batch_refused'
                    """)
        }
        let report = try StatusReport(store, now: now)
        #expect(report.trouble?.isDamage == true)
        let text = report.text
        #expect(text.contains("next to close: 2026-01"), "\(text)")
        #expect(
            text.contains("Stuck\n  2026-01 cannot be closed since 2026-02-10T00:00:00+00:00: M: a figure\n"))
        #expect(text.contains("What came\n  could not be read: cannot "), "\(text)")
        #expect(
            text.contains(
                "What was refused\n  could not be read: cannot count what was refused: integer overflow"))
        let json = try members(Array(report.json.utf8))
        #expect((json["stuck"] as? [String: String])?["reason"] == "M: a figure")
        #expect(json["merchants"] == nil && json["quiet"] == nil && json["refused"] == nil)
        #expect(json["drafts"] != nil)
        let unread = try #require(json["unread"] as? [[String: String]])
        #expect(unread.prefix(2).map { $0["what"] } == ["merchants", "refused"])
        #expect(unread.last?["reason"]?.contains("integer overflow") == true, "\(unread)")
    }
}
