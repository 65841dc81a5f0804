import GRDB
import Service
import Store
import Testing

/// Every table that bears sums or digests of its rows is looked through by the check of all rows: what a backup, a
/// restore and `doctor --full` stand on.
@Suite("Rows of every table that bears sums")
struct ChangedSumTests {
    private static let story = Result { try LongStory(.cut, tail: 2) }

    /// Tables whose sums stand in what is packed, or in another table, and what changes one of their rows.
    private static let packed = [
        "alliances": "UPDATE alliances SET digest = zeroblob(32) WHERE version = 1",
        "zones": "UPDATE zones SET digest = zeroblob(32)",
        "record_chunks": "UPDATE record_chunks SET bytes = zeroblob(length(bytes)) WHERE first = 1",
        "identity_runs": "UPDATE identity_runs SET first = first + 1 WHERE whole = 1 AND first = 1",
        "identity_pages": """
        UPDATE identity_pages SET bytes = zeroblob(length(bytes))
        WHERE page = (SELECT max(page) FROM identity_pages)
        """,
        "holdings": """
        UPDATE holdings SET bytes = zeroblob(length(bytes))
        WHERE (member, period) = (SELECT max(member), max(period) FROM holdings WHERE member = 'ana')
        """,
        "settlements": """
        UPDATE settlements SET bytes = zeroblob(length(bytes))
        WHERE settlement = (SELECT max(settlement) FROM settlements)
        """,
        "outcomes": """
        UPDATE outcomes SET attempts = attempts + 1
        WHERE (period, record) IN (SELECT period, record FROM outcomes ORDER BY period DESC LIMIT 1)
        """,
    ]

    /// Tables without sums. What statements, closings and the journal say is held against each other as documents.
    private static let sumless: Set = [
        "audit", "closings", "identity_form", "journal", "keys", "merchants", "record_refusals",
        "secret_marks",
        "statements",
    ]

    /// Of these the story has no row: StoreTests' `RowCheckTests`, `BankChargeTests`, `ArchiveRowsTests` and
    /// `ForgottenRowsTests` change some.
    private static let empty: Set = [
        "archived_batches", "archives", "bank_balances", "bank_charges", "forgotten_members", "outbox",
        "redacted_batches", "redacted_details",
    ]

    private func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        let queue = try DatabaseQueue(path: try Self.story.get().folder.databasePath)
        defer { try? queue.close() }
        return try queue.read(body)
    }

    private func tables(where condition: String) throws -> Set<String> {
        try read { database in
            Set(
                try String.fetchAll(
                    database,
                    sql: """
                        SELECT name FROM sqlite_schema AS t
                        WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND \(condition)
                        """))
        }
    }

    /// Those with a column of their rows' sums.
    private func summed() throws -> Set<String> {
        try tables(where: "EXISTS (SELECT 1 FROM pragma_table_info(t.name) AS c WHERE c.name = 'sum')")
    }

    private func found(after sql: String?) throws -> [StoreTrouble] {
        let folder = try DamagedFolder(try Self.story.get().folder)
        if let sql {
            try folder.write { database in
                try database.execute(sql: sql)
                #expect(database.changesCount == 1, "\(sql)")
            }
        }
        let store = try Store.openToRead(folder: folder.folder.path)
        defer { try? store.shut() }
        return try store.changedRows()
    }

    @Test("Every table bears sums that are changed below, or is said to bear none")
    func tables() throws {
        let summed = try summed()
        #expect(summed.count == 24)
        let all = try tables(where: "true")
        #expect(all == summed.union(Self.packed.keys).union(Self.sumless))
        #expect(all.count == summed.count + Self.packed.count + Self.sumless.count)
        let bare = try read { database in
            try all.filter { try Int.fetchOne(database, sql: "SELECT count(*) FROM \($0)") == 0 }
        }
        #expect(Set(bare) == Self.empty)
    }

    @Test("Nothing changed, nothing is found")
    func unchanged() throws { #expect(try found(after: nil) == []) }

    @Test("One row that was changed is found, with its table")
    func changed() throws {
        var changes = Self.packed
        for table in try summed().subtracting(Self.empty) {
            changes[table] = "UPDATE \(table) SET sum = ~sum WHERE sum = (SELECT max(sum) FROM \(table))"
        }
        #expect(changes.count == 24)
        for (table, sql) in changes {
            let found = try found(after: sql)
            #expect(
                found.contains { $0.isDamage && $0.attempt.hasPrefix("read \(table),") }, "\(table): \(found)"
            )
        }
    }
}
