import Foundation
import GRDB

/// A database as SQL that any SQLite reads: its tables, rows and indexes, as a file that a review shows.
enum DatabaseDump {
    /// All of a file, one statement a line but for what the schema itself breaks.
    static func text(ofFile path: String) throws -> String {
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        return try queue.read { database in
            var lines: [String] = []
            for name in ["page_size", "application_id", "user_version"] {
                lines.append("PRAGMA \(name) = \(try Int64.fetchOne(database, sql: "PRAGMA \(name)") ?? 0);")
            }
            let parts = try Row.fetchAll(
                database,
                sql: """
                    SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
                    ORDER BY type DESC, rowid
                    """)
            for part in parts {
                let (type, name, sql): (String, String, String) = (part["type"], part["name"], part["sql"])
                lines.append(sql + ";")
                guard type == "table" else { continue }
                for row in try Row.fetchAll(database, sql: "SELECT * FROM \(name)") {
                    let values = row.databaseValues.map { literal($0.storage) }
                    lines.append("INSERT INTO \(name) VALUES (\(values.joined(separator: ", ")));")
                }
            }
            return lines.map { $0 + "\n" }.joined()
        }
    }

    /// Makes a file of it.
    static func write(_ text: String, to path: String) throws {
        var configuration = Configuration()
        // Rows come by tables, not in the order in which they refer to each other.
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { try $0.execute(sql: text) }
        try queue.close()
        chmod(path, 0o600)
    }

    private static func literal(_ value: DatabaseValue.Storage) -> String {
        switch value {
        case .null: "NULL"
        case .int64(let number): "\(number)"
        case .double(let number): "\(number)"
        case .string(let text): "'" + text.replacing("'", with: "''") + "'"
        case .blob(let bytes): "X'" + bytes.map { String(format: "%02X", $0) }.joined() + "'"
        }
    }
}
