import GRDB
import Store
import Testing

@testable import Service

/// Disputes stand beside what was signed: one that was changed keeps no statement from being read.
@Suite("Statements beside disputes that cannot be read")
struct UnreadDisputesTests {
    @Test("A statement is shown in every form, and its page says that disputes cannot be read")
    func changed() throws {
        let story = try LongStory()
        defer { withExtendedLifetime(story) {} }
        let folder = try DamagedFolder(story.folder)
        let whole = try shown(folder)
        #expect(whole.text(.english).contains("not ours") && !whole.text(.english).contains("cannot be read"))
        try folder.write { try $0.execute(sql: "UPDATE disputes SET line = 9 WHERE dispute = 1") }
        let shown = try shown(folder)
        #expect(shown.json == whole.json && shown.table == whole.table)
        let sentence = "Disputes cannot be read: disputes, row 1 is not as it was written."
        for form in [shown.text(.english), shown.page(.english)] {
            let words = form.split { $0.isWhitespace }.joined(separator: " ")
            #expect(words.contains(sentence), "\(words)")
            #expect(!words.contains("not ours"))
        }
        #expect(shown.page(.chinese).contains("无法读取争议：数据表 disputes 第 1 行与写入时不符。"))
        let desk = try ReadingDesk(folder.folder)
        defer { try? desk.store.shut() }
        let closing = try desk.closing(period: "2026-01")
        #expect(!closing.text(.english).contains("cannot be read"))
        #expect(try desk.flows(period: "2026-01").closings.count == 1)
    }

    private func shown(_ folder: DamagedFolder) throws -> ShownStatement {
        let desk = try ReadingDesk(folder.folder)
        defer { try? desk.store.shut() }
        return try desk.statement(of: "M", period: "2026-01")
    }
}
