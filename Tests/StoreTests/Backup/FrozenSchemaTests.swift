import Fixtures
import Foundation
import Migrations
import Signing
import Testing

/// A step of the schema that was released is in databases that nobody can change behind their owners' backs: it is
/// never edited, what is new is another step. Before the first release, and for each new step once it is done:
///
///     (cd Migrations/SQL && sha256sum *.sql) > Tests/Fixtures/Schema/SHA256SUMS
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

    @Test("Each step is, byte for byte, what its digest was taken of, and every one has a digest")
    func digests() throws {
        let frozen = try frozen()
        let names = Migrations.all.map { step in
            String(repeating: "0", count: 3 - "\(step.number)".count) + "\(step.number)-\(step.name).sql"
        }
        #expect(Set(frozen.keys) == Set(names))
        for (step, name) in zip(Migrations.all, names) {
            let digest = SHA256Digest(of: Array(step.sql.utf8)).text
            #expect(digest == "sha256:" + (frozen[name] ?? "none"), "\(name) is not what it was")
        }
    }
}
