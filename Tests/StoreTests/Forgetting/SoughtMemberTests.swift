import GRDB
import Settlement
import Testing

@testable import Store

@Suite("A member that is looked for among stored records")
struct SoughtMemberTests {
    @Test("Nobody is found of whom nothing is stored, and every record was asked about")
    func nobody() throws {
        let empty = try Scene()
        #expect(try empty.store.member { _ in true } == nil)
        let scene = try ForgettingStory.scene()
        var asked = 0
        let found = try scene.store.member { _ in
            asked += 1
            return false
        }
        let stored = try scene.rows("first,records", of: "record_chunks").count
        #expect(found == nil && asked > stored && stored > 1)
    }

    @Test("The first that is said to be the one is, and nothing behind it is asked about")
    func first() throws {
        let scene = try ForgettingStory.scene()
        var asked: [String] = []
        let found = try scene.store.member { id in
            asked.append(String(decoding: id, as: UTF8.self))
            return asked.last == "zed" || asked.last == "henry"
        }
        #expect(found == "henry")
        #expect(asked == Array(repeating: ForgettingStory.member.text, count: 3) + ["henry"])
    }

    @Test("A row that is not as it was written is trouble")
    func damaged() throws {
        let scene = try ForgettingStory.scene()
        try scene.store.writing("harm") { database in
            try database.execute(
                sql: "UPDATE record_chunks SET bytes = zeroblob(length(bytes)) WHERE first = 1")
        }
        let trouble = #expect(throws: StoreTrouble.self) { try scene.store.member { _ in false } }
        #expect(trouble?.isDamage == true)
    }
}
