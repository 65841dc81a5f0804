import GRDB

extension Store {
    /// One transaction, of which a trial leaves nothing.
    func rehearsing<Value>(
        _ attempt: String, trial: Bool, _ body: (Database) throws -> Value
    ) throws -> Value {
        try writing(attempt) { database in
            guard trial else { return try body(database) }
            var value: Value?
            try database.inSavepoint {
                value = try body(database)
                return .rollback
            }
            guard let value else { preconditionFailure("what is rehearsed comes to its end, or throws") }
            return value
        }
    }
}
