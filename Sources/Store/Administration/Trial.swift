import GRDB

extension Store {
    /// Writes what is written already, durably: it succeeds when a batch could be stored now, and waits as long
    /// as one would. Throws `StoreTrouble`.
    public func tryWriting() throws {
        try writing("write to the store") { database in
            let number = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            precondition(number == Schema.present, "a store that is open has the present schema")
            // The page with this number goes to the disk, though it stays as it was.
            try database.execute(sql: "PRAGMA user_version = \(number)")
        }
    }
}
