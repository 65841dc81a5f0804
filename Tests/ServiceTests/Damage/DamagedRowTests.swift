import Fixtures
import Foundation
import GRDB
import Service
import Settlement
import Signing
import Store
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
    private static func flip(_ column: Column, in path: String, _ chance: inout SeededNumbers) throws
        -> String
    {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.write { database in
            try database.execute(sql: "PRAGMA ignore_check_constraints = ON")
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

    /// What is found by a close, a batch, reading all there is, and a rederivation.
    private func faults(_ folder: DataFolder) throws -> [String] {
        var faults: [String] = []
        func attempt(_ work: () throws -> Void) {
            do { try work() } catch { faults.append("\(error)") }
        }
        attempt {
            let open = try folder.open()
            defer { open.shut() }
            let store = open.store
            attempt {
                _ = try PeriodCloser(store: store, signer: open.signer).close(
                    3, at: instant("2026-05-03T00:00:00Z"))
            }
            attempt {
                let bytes = Estate.batch(
                    "B-4", sequence: 4, records: 1, merchant: "N", at: "2026-05-02T10:00:00Z")
                _ = try open.intake().take(
                    bytes, form: .ndjson,
                    signature: open.master.batchKey(merchant: "N", version: 1).sign(bytes),
                    received: instant("2026-05-03T00:00:01Z"))
            }
            for period in 0..<3 {
                attempt { try store.details(period: period) { _, _ in } }
                attempt { try store.settledMembers(period: period) { _ in } }
                attempt {
                    for statement in try store.statements(period: period) { try explain(statement, store) }
                }
                attempt { _ = try store.closing(of: period) }
            }
            attempt { _ = try store.origins(of: (1...store.recordCount()).map { RecordNumber($0) }) }
            attempt { _ = try store.pendingRecords() }
            for member in ["ana", "ben", "cem", "dan"] {
                attempt { _ = try store.debts(of: MemberID(verified: member)) }
            }
        }
        attempt {
            let report = try Rederivation(
                .init(
                    data: folder.path, secret: folder.secretPath, jwks: nil, from: nil, through: nil,
                    scratch: nil)
            ).run()
            if !report.isGood { faults += report.lines }
        }
        return faults
    }

    private func explain(_ statement: StoredStatement, _ store: Store) throws {
        let explainer = try Explainer(statement, in: store, for: .operator)
        for number in 1...max(1, explainer.statement.lines.count) { _ = try explainer.line(number) }
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
                let scratch = try Scratch()
                let folder = try copy(of: original, in: scratch)
                let what = try Self.flip(column, in: folder.databasePath, &chance)
                let found = try faults(folder)
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
        let scratch = try Scratch()
        #expect(try faults(copy(of: original, in: scratch)) == [])
    }

    private func copy(of original: DataFolder, in scratch: Scratch) throws -> DataFolder {
        let folder = DataFolder(scratch.file("copy"), secret: original.secretPath)
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: original.databasePath, toPath: folder.databasePath)
        return folder
    }
}
