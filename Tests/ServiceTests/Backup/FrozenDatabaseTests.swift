import Fixtures
import Foundation
import Settlement
import Signing
import Store
import Testing

@testable import Service

/// A small alliance as a released program left it: January closed, batches of February stored. Every later program
/// opens it, derives January again byte for byte, and closes February to the statements that the program before made
/// of it.
///
/// Before a release, once the digest of a new step is written, the present one is kept for good; until then
/// `Deploy/package` packs it for trying alone:
///
///     SETTLED_FREEZE=1 Deploy/test --filter FrozenDatabaseTests
@Suite("Databases of every schema that was released")
struct FrozenDatabaseTests {
    private static let folder = SharedFolder.repository.appendingPathComponent("Tests/Fixtures/Schema")
    private static let close = instant("2026-03-05T00:00:00Z")

    /// Those that are kept, by name; and one that this program makes now, which is as good as kept. Where the folder
    /// cannot be read there is one that nothing can be made of.
    static let names: [String] = {
        let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return ["now"]
            + (files ?? ["schema-none.sql"]).filter { $0.hasPrefix("schema-") && $0.hasSuffix(".sql") }
            .sorted()
    }()

    /// The schema of a file that is kept; nil: this program's.
    private static func schema(_ name: String) -> Int? {
        name.hasPrefix("schema-") ? Int(name.dropFirst("schema-".count).dropLast(".sql".count)) : nil
    }

    @Test("One is kept of each step that is frozen, from the second on, which is the first that was released")
    func kept() throws {
        let digests = try String(
            contentsOf: Self.folder.appendingPathComponent("SHA256SUMS"), encoding: .utf8)
        let frozen = digests.split(separator: "\n").count
        // The step that is being written is neither: whoever writes it is not held to it yet.
        #expect((Store.presentSchema - 1...Store.presentSchema).contains(frozen))
        #expect(frozen >= 2 && Self.names.compactMap(Self.schema).sorted() == Array(2...max(2, frozen)))
    }

    /// The alliance, with what its February came to behind the dump, a remark a document.
    private static let made = Result<String, any Error> {
        let scratch = try Scratch()
        let secret = scratch.file("secret")
        _ = try MasterSecretFile.write(Simulation.publicSecret, at: secret)
        let alliance = try AllianceFile.parse(text: Estate.alliance, fileName: "alliance.yaml")
        let open = try Founding(
            alliance: alliance, at: scratch.file("data"), secretFile: secret, now: Estate.founded
        ).folder.open()
        try fill(open)
        try open.store.shut()
        let dump = try DatabaseDump.text(ofFile: open.folder.databasePath)
        let again = try open.folder.open()
        defer { again.shut() }
        return try dump + february(again).map { "-- \($0)\n" }.joined()
    }

    private static func fill(_ open: OpenFolder) throws {
        let key = open.master.batchKey(merchant: "M", version: 1)
        func take(_ id: String, _ sequence: Int64, _ at: String, _ received: String) throws {
            let batch = Estate.batch(id, sequence: sequence, at: at)
            _ = try open.intake().take(
                batch, form: .ndjson, signature: key.sign(batch), received: instant(received))
        }
        try take("B-1", 1, "2026-01-10T10:00:00Z", "2026-01-20T12:00:00Z")
        try PeriodCloser(store: open.store, signer: open.signer).close(0, at: instant("2026-02-05T00:00:00Z"))
        try take("B-2", 2, "2026-01-30T10:00:00Z", "2026-02-06T12:00:00Z")
        try take("B-4", 4, "2026-02-10T10:00:00Z", "2026-02-20T12:00:00Z")
    }

    /// Closes February; gives whose each document is, and its digest.
    private static func february(_ open: OpenFolder) throws -> [String] {
        try PeriodCloser(store: open.store, signer: open.signer).close(1, at: close)
        return try open.store.documents(period: 1)
            .map { "\($0.owner ?? "operator") \($0.document.digest) \($0.document.seal)" }.sorted()
    }

    private static func text(_ name: String) throws -> String {
        guard name != "now" else { return try made.get() }
        return try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    @Test(
        "It is opened, an older one behind a copy, its closed period comes again, the open one closes to the same bytes",
        arguments: names)
    func opened(name: String) throws {
        let text = try Self.text(name)
        #expect(text.utf8.count < 100_000, "\(text.utf8.count) bytes are too many to be kept")
        let scratch = try Scratch()
        let folder = DataFolder(scratch.file("data"))
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: false)
        _ = try MasterSecretFile.write(Simulation.publicSecret, at: folder.secretPath)
        try DatabaseDump.write(text, to: folder.databasePath)
        var upgrades: [SchemaUpgrade] = []
        let open = try folder.open { upgrades.append($0) }
        defer { open.shut() }
        let expected = text.split(separator: "\n").filter { $0.hasPrefix("-- ") && $0.contains("sha256:") }
        let copy = folder.databasePath + ".before-\(Store.presentSchema)"
        if let schema = Self.schema(name), schema < Store.presentSchema {
            #expect(upgrades.map(\.from) == [schema, schema] && upgrades.allSatisfy { $0.copy == copy })
            #expect(
                try DatabaseDump.text(ofFile: copy) + expected.map { $0 + "\n" }.joined() == text,
                "what it was before is not what stands in \(copy)")
        } else {
            #expect(upgrades.isEmpty && !FileManager.default.fileExists(atPath: copy))
        }
        let report = try Rederivation(
            Rederivation.Request(folder: folder, master: open.master)
        ).run()
        #expect(report.isGood && report.periods == ["2026-01"] && report.batches == 3, "\(report.lines)")
        #expect(try Self.february(open).map { "-- \($0)" } == expected.map(String.init))
        #expect(expected.count == 3)
    }

    @Test(
        "What this program makes is kept as that of its schema",
        .enabled(
            if: ProcessInfo.processInfo.environment["SETTLED_FREEZE"] == "1", "SETTLED_FREEZE is not set"))
    func keep() throws {
        let file = Self.folder.appendingPathComponent("schema-\(Store.presentSchema).sql")
        try Data(Self.made.get().utf8).write(to: file)
        #expect(try String(contentsOf: file, encoding: .utf8) == Self.made.get())
    }
}
