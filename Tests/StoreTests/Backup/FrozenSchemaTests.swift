import Fixtures
import Foundation
import GRDB
import Migrations
import Signing
import Testing

/// A step of the schema that was released is in databases that nobody can change behind their owners' backs: it is
/// never edited, what is new is another step. Before the first release, and for each new step once it is done:
///
///     (cd Migrations/SQL && sha256sum *.sql) > Tests/Fixtures/Schema/SHA256SUMS
///
/// The last step may lack its digest: it is being written. `Deploy/package` packs none without.
@Suite("The schema's steps stay as they were released")
struct FrozenSchemaTests {
    private static let folder = SharedFolder.repository.appendingPathComponent("Tests/Fixtures/Schema")

    /// The digests by file name.
    private func frozen() throws -> [String: String] {
        let text = try String(contentsOf: Self.folder.appendingPathComponent("SHA256SUMS"), encoding: .utf8)
        let pairs = text.split(separator: "\n").map { line in
            let words = line.split(separator: " ", maxSplits: 1)
            return (words.last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "", String(words[0]))
        }
        return Dictionary(pairs) { first, _ in first }
    }

    @Test(
        "Each step is, byte for byte, what its digest was taken of, and every one before the last has a digest"
    )
    func digests() throws {
        let frozen = try frozen()
        let names = Migrations.all.map { step in
            String(repeating: "0", count: 3 - "\(step.number)".count) + "\(step.number)-\(step.name).sql"
        }
        #expect(Set(names).isSuperset(of: frozen.keys) && Set(frozen.keys).isSuperset(of: names.dropLast()))
        for (step, name) in zip(Migrations.all, names) {
            guard let known = frozen[name] else { continue }
            #expect(
                SHA256Digest(of: Array(step.sql.utf8)).text == "sha256:" + known, "\(name) is not what it was"
            )
        }
    }

    @Test(
        "What is kept of a schema was made by the steps as they are, not by what they were while being written"
    )
    func databases() throws {
        for step in Migrations.all {
            let file = Self.folder.appendingPathComponent("schema-\(step.number).sql")
            guard FileManager.default.fileExists(atPath: file.path) else { continue }
            let steps = Migrations.all.prefix(step.number).map(\.sql).joined()
            #expect(
                try schema(made: String(contentsOf: file, encoding: .utf8)) == schema(made: steps),
                "\(file.lastPathComponent) is of another schema \(step.number): keep one again")
        }
    }

    /// What SQLite knows of the tables and indexes that such statements make, by name.
    private func schema(made sql: String) throws -> [String: String] {
        var configuration = Configuration()
        // Rows come by tables, not in the order in which they refer to each other.
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(configuration: configuration)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        return try queue.read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
            return Dictionary(rows.map { ($0["name"] as String, $0["sql"] as String) }) { first, _ in first }
        }
    }
}
