import Fixtures
import Foundation
import GRDB
import Service
import Testing

/// Bits of stored bytes are flipped at random: nothing that reads them ends the process, and what is packed is told by
/// its table.
@Suite("Rows that were changed behind the program's back")
struct DamagedRowTests {
    private static let story = Result { try LongStory() }

    /// A column in one of whose rows a bit is flipped.
    private struct Column {
        let table: String
        let name: String
    }

    /// All columns of bytes that hold any.
    private static func columns(_ path: String) throws -> [Column] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { database in
            let found = try Row.fetchAll(
                database,
                sql: """
                    SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
                    WHERE t.type = 'table' AND c.type = 'BLOB' ORDER BY 1, 2
                    """
            ).map { Column(table: $0[0], name: $0[1]) }
            return try found.filter {
                try Int.fetchOne(
                    database, sql: "SELECT count(*) FROM \($0.table) WHERE length(\($0.name)) > 0") ?? 0 > 0
            }
        }
    }

    /// Flips a bit of a row; says which.
    private static func flip(
        _ column: Column, in folder: DamagedFolder, _ chance: inout SeededNumbers
    ) throws -> String {
        try folder.write { database in
            let keys = try String.fetchAll(
                database,
                sql: "SELECT name FROM pragma_table_info('\(column.table)') WHERE pk > 0 ORDER BY pk")
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT \(column.name), \(keys.joined(separator: ", ")) FROM \(column.table) "
                    + "WHERE length(\(column.name)) > 0")
            let row = rows[Int(chance.next() % UInt64(rows.count))]
            var bytes = row[0] as Data
            let (place, bit) = (Int(chance.next() % UInt64(bytes.count)), chance.next() % 8)
            bytes[place] ^= 1 << UInt8(bit)
            try database.execute(
                sql: "UPDATE \(column.table) SET \(column.name) = ? WHERE "
                    + keys.map { "\($0) = ?" }.joined(separator: " AND "),
                arguments: StatementArguments(
                    [bytes.databaseValue] + (1...keys.count).map { row[$0] as DatabaseValue }))
            return "bit \(bit) of byte \(place) of \(column.name) of \(column.table), row \(row.dropFirst())"
        }
    }

    @Test("No flipped bit ends the process, and what is packed is named by its table")
    func flips() throws {
        let original = try Self.story.get().folder
        let columns = try Self.columns(original.databasePath)
        #expect(columns.count >= 13, "\(columns)")
        let packed: Set = ["record_chunks", "holdings", "settlements", "zones"]
        var chance = SeededNumbers(seed: 2_026_05)
        var flips = 0
        for column in columns {
            for _ in 0..<(packed.contains(column.table) ? 8 : 3) {
                let copy = try DamagedFolder(original)
                let what = try Self.flip(column, in: copy, &chance)
                let found = try copy.faults(batch: 4)
                flips += 1
                guard packed.contains(column.table) else { continue }
                #expect(found.contains { $0.contains("cannot read \(column.table), ") }, "\(what): \(found)")
            }
        }
        #expect(flips > 60)
    }

    @Test("Nothing changed, nothing is found")
    func unchanged() throws {
        let original = try Self.story.get().folder
        #expect(try DamagedFolder(original).faults(batch: 4) == [])
    }
}
