import GRDB
import Settlement
import Signing
import Testing

@testable import Service
@testable import Store

@Suite("Disputes that merchants signed, held against what they signed")
struct RederivedContestsTests {
    /// A row that was changed with its sum, as whoever knows how sums are made can.
    private func forge(_ sql: String, _ path: String, sum: (Database) throws -> Int64) throws {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        try queue.write { database in
            try database.execute(sql: sql, arguments: [try sum(database)])
            #expect(database.changesCount == 1)
        }
    }

    private func findings(_ story: LongStory, secret: Bool = true) throws -> [RederivationReport.Finding] {
        try Rederivation(
            .init(
                folder: story.folder, master: secret ? story.estate.open.master : nil)
        ).run().findings
    }

    @Test(
        "Nothing is found of those that say what was signed, with the secret and without",
        arguments: [true, false])
    func whole(secret: Bool) throws {
        #expect(try findings(try LongStory(), secret: secret).isEmpty)
    }

    @Test(
        "Words that are not those that were signed are found, however well their row is summed",
        arguments: [true, false])
    func words(secret: Bool) throws {
        let story = try LongStory()
        try forge(
            "UPDATE dispute_steps SET text = 'we owe you', sum = ? WHERE step = 6", story.folder.databasePath
        ) { database in
            let row = try #require(
                try Row.fetchOne(database, sql: "SELECT at FROM dispute_steps WHERE step = 6"))
            return RowSum.of(columns: [6, 4, row[0], nil], ["opened", "M", "we owe you", nil, nil])
        }
        let found = try findings(story, secret: secret)
        #expect(
            found.map(\.place) == ["dispute 4"] && found[0].problem.contains("`text`"), "\(found)")
    }

    @Test("So is an instant of opening at which what was signed would have opened nothing")
    func opened() throws {
        let story = try LongStory()
        try forge(
            "UPDATE dispute_steps SET at = at + 3600000, sum = ? WHERE step = 6", story.folder.databasePath
        ) { database in
            let row = try #require(
                try Row.fetchOne(database, sql: "SELECT at + 3600000 FROM dispute_steps WHERE step = 6"))
            return RowSum.of(
                columns: [6, 4, row[0], nil], ["opened", "M", "was a test of the till", nil, nil])
        }
        let found = try findings(story)
        #expect(
            found.map(\.place) == ["dispute 4"] && found[0].problem.contains("contest_expired"), "\(found)")
    }

    @Test("So is a record that another one stands in the place of")
    func subject() throws {
        let story = try LongStory()
        try forge(
            "UPDATE disputes SET record = 'm1', sum = ? WHERE dispute = 4", story.folder.databasePath
        ) { database in
            let row = try #require(
                try Row.fetchOne(
                    database,
                    sql: "SELECT merchant, due, owner, reference, signature FROM disputes WHERE dispute = 4")
            )
            return RowSum.of(
                columns: [4, row[0], nil, nil, row[1], 4], ["m1", row[2], row[3], row[4]],
                bytes: LongStory.contested)
        }
        let found = try findings(story)
        #expect(
            found.map(\.place) == ["dispute 4"] && found[0].problem.contains("`record`"), "\(found)")
        #expect(found[0].derived == "m4" && found[0].stored == "m1")
    }
}
