import GRDB

/// What is in a database at one moment, in numbers: what a copy of it is held against.
public struct DatabaseContents: Hashable, Sendable {
    /// The number of its schema.
    public let schema: Int
    /// How many rows each table has, by the table's name.
    public let rows: [Table]

    public struct Table: Hashable, Sendable {
        public let name: String
        public let rows: Int64
    }

    /// How many rows a table has; 0 if there is none of that name.
    public func count(_ table: String) -> Int64 { rows.first { $0.name == table }?.rows ?? 0 }

    /// Counts a database that is ours. Throws `StoreTrouble` for another program's, and for one of a newer program.
    init(_ database: Database, path: String) throws {
        schema = try Schema.requireKnown(database, path: path)
        let names = try String.fetchAll(
            database,
            sql:
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
        rows = try names.map { name in
            let count = try Int64.fetchOne(
                database, sql: "SELECT count(*) FROM \(name.quotedDatabaseIdentifier)")
            return Table(name: name, rows: count ?? 0)
        }
    }

    /// Counts a file. Throws `StoreTrouble` where it cannot be read, is another program's or of a newer one.
    public init(ofFile path: String) throws {
        self = try trying("read \(path)") {
            let source = try Connection.openToRead(path)
            defer { try? source.close() }
            return try source.read { try DatabaseContents($0, path: path) }
        }
    }
}
