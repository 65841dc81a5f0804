import Foundation
import GRDB
import Settlement
import Signing
import Store
import Testing

@testable import Service

@Suite("Backup and restore")
struct BackupTests {
    /// A closed January of one batch, and a batch of February.
    private func estate() throws -> Estate {
        let estate = try Estate()
        _ = try estate.take(Estate.batch("B-1", sequence: 1, records: 40))
        let end = try estate.open.store.schedule().calendar.period(0).end.advanced(byHours: 100)
        _ = try PeriodCloser(store: estate.open.store, signer: estate.open.signer).close(
            0, at: end, forced: false)
        _ = try estate.take(
            Estate.batch("B-2", sequence: 2, records: 3, at: "2026-02-10T10:00:00Z"),
            received: instant("2026-02-20T12:00:00Z"))
        return estate
    }

    private func backup(
        _ estate: Estate, _ target: String, isPacked: Bool = false, keep: Int? = nil,
        at now: String = "2026-02-21T00:00:00Z"
    ) throws -> Backup {
        try Backup(
            Backup.Request(
                data: estate.open.folder, target: target, isPacked: isPacked, keep: keep, at: instant(now)))
    }

    /// The folder in which it is to be restored, with the estate's secret.
    private func place(_ estate: Estate, secret: Bool = true) throws -> DataFolder {
        let folder = DataFolder(estate.scratch.file("restored-\(UUID())"))
        guard secret else { return folder }
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: false)
        try FileManager.default.copyItem(atPath: estate.open.folder.secretPath, toPath: folder.secretPath)
        return folder
    }

    @Test(
        "What is backed up beside the open store comes back as it was, packed or not",
        arguments: [false, true])
    func roundTrip(isPacked: Bool) throws {
        let estate = try estate()
        let made = try backup(estate, estate.scratch.file("b.sqlite"), isPacked: isPacked)
        #expect(try mode(of: made.path) == 0o600)
        #expect(made.contents.count("batches") == 2 && made.lastReceived == instant("2026-02-20T12:00:00Z"))
        #expect(isPacked == (made.fileBytes < made.databaseBytes / 4))
        let file = try Data(contentsOf: URL(fileURLWithPath: made.path))
        #expect(SHA256Digest(of: [UInt8](file)) == made.digest)
        #expect(estate.scratch.names.allSatisfy { !$0.hasPrefix(".settled") })
        let folder = try place(estate)
        let restored = try Restoration(made.path, into: folder)
        #expect(restored.contents == made.contents && restored.hasSecret && restored.upgradedFrom == nil)
        // Who starts the daemon first takes batches in that name them again.
        let lines = restored.lines
        let forgetting = lines.firstIndex { $0.contains("settled member forget forgotten-") }
        let start = lines.firstIndex { $0.contains("--no-automatic-close") }
        #expect(try #require(forgetting) < #require(start), "\(lines)")
        #expect(try mode(of: folder.databasePath) == 0o600)
        let open = try folder.open()
        defer { open.shut() }
        #expect(try open.store.statements(period: 0) == estate.open.store.statements(period: 0))
        #expect(try open.store.closing(of: 0) == estate.open.store.closing(of: 0))
    }

    @Test("The master secret is in no backup, neither as bytes nor as digits, and that is said")
    func noSecret() throws {
        let estate = try estate()
        let secret = try MasterSecretFile.readBytes(estate.open.folder.secretPath).withBytes { Array($0) }
        let made = try backup(estate, estate.scratch.file("b.sqlite"))
        let file = try Data(contentsOf: URL(fileURLWithPath: made.path))
        for form in [secret, Array(Hexadecimal.text(secret).utf8)] {
            #expect(file.range(of: Data(form)) == nil)
        }
        #expect(made.lines.last?.contains("keep a copy of that apart") == true)
    }

    @Test("A file that is there is never overwritten, and nothing is left beside it")
    func existing() throws {
        let estate = try estate()
        let path = try estate.scratch.write("mine", to: "b.sqlite")
        let failure = #expect(throws: Failure.self) { try backup(estate, path) }
        #expect(failure?.kind == .refused && failure?.hint?.contains("{date}") == true)
        #expect(try text(of: path) == "mine")
        #expect(estate.scratch.names.sorted() == ["b.sqlite", "data"])
    }

    @Test(
        "A folder gets names with alliance and date, of which the last stay; what others put there stays too")
    func folder() throws {
        let estate = try estate()
        let folder = estate.scratch.file("backups")
        for day in 1...4 {
            _ = try backup(
                estate, folder + "/", isPacked: day % 2 == 0, keep: 2, at: "2026-03-0\(day)T02:00:00Z")
            _ = try estate.scratch.write("theirs", to: "backups/settled-other-20200101T000000Z.sqlite")
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
                "settled-other-20200101T000000Z.sqlite", "settled-test-20260303T020000Z.sqlite",
                "settled-test-20260304T020000Z.sqlite.zst",
            ])
        let named = try backup(estate, folder + "/x-{date}.db", keep: 1)
        #expect(named.path == folder + "/x-20260221T000000Z.db" && named.removed == [])
        let failure = #expect(throws: Failure.self) { try backup(estate, folder + "/one.db", keep: 1) }
        #expect(failure?.kind == .misused)
    }

    /// What is done to a backup's file.
    enum Harm: String, CaseIterable, Sendable { case cut, flipped, emptied, foreign, newer, row }

    @Test(
        "What is not as it was written is refused, and leaves nothing in the folder",
        arguments: Harm.allCases, [false, true])
    func harmed(_ harm: Harm, isPacked: Bool) throws {
        let estate = try estate()
        let path = try backup(estate, estate.scratch.file("b.sqlite")).path
        switch harm {
        case .newer: try change(path, "PRAGMA user_version = 77")
        case .foreign: try change(path, "PRAGMA application_id = 7")
        // Whole for SQLite, and a digest of a document is another one.
        case .row: try change(path, "UPDATE statements SET document = CAST('{}' AS BLOB)")
        default: break
        }
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        if isPacked { bytes = Zstd.pack(bytes) }
        switch harm {
        case .cut: bytes.removeLast(bytes.count / 3)
        // In a batch, or in the middle of what is packed.
        case .flipped: bytes[isPacked ? bytes.count / 2 : try place(of: "B-1-39", in: bytes)] ^= 0x10
        case .emptied: bytes = []
        default: break
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let folder = try place(estate)
        let failure = #expect(throws: Failure.self) { try Restoration(path, into: folder) }
        #expect(failure?.kind == .refused, "\(String(describing: failure))")
        if harm == .newer { #expect(failure?.problem.contains("77") == true) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["master.secret"])
    }

    private func place(of text: String, in bytes: [UInt8]) throws -> Int {
        try #require(Data(bytes).range(of: Data(text.utf8))).lowerBound
    }

    private func change(_ path: String, _ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    }

    @Test("A database that is there, or a log that another one left, is not overwritten")
    func taken() throws {
        let estate = try estate()
        let path = try backup(estate, estate.scratch.file("b.sqlite")).path
        #expect(throws: Failure.self) { try Restoration(path, into: estate.open.folder) }
        let folder = try place(estate)
        try Data([1]).write(to: URL(fileURLWithPath: folder.databasePath + "-wal"))
        let failure = #expect(throws: Failure.self) { try Restoration(path, into: folder) }
        #expect(failure?.kind == .refused && failure?.place.hasSuffix("-wal") == true)
        #expect(!FileManager.default.fileExists(atPath: folder.databasePath))
    }

    @Test("Another's master secret is refused; without one it says to copy it")
    func secrets() throws {
        let estate = try estate()
        let path = try backup(estate, estate.scratch.file("b.sqlite")).path
        let other = try place(estate, secret: false)
        try FileManager.default.createDirectory(atPath: other.path, withIntermediateDirectories: false)
        _ = try MasterSecretFile.create(at: other.secretPath)
        let failure = #expect(throws: Failure.self) { try Restoration(path, into: other) }
        #expect(failure?.problem.contains("secret_mismatch") == true)
        let bare = try place(estate, secret: false)
        let restored = try Restoration(path, into: bare)
        #expect(!restored.hasSecret && restored.lines.contains { $0.contains("copy the master secret") })
        #expect(try mode(of: bare.path) == 0o700)
    }

    @Test(
        "Of a backup from before a rotation it is said that a version waits, and what comes before the start")
    func waiting() throws {
        let estate = try estate()
        let path = try backup(estate, estate.scratch.file("b.sqlite")).path
        let folder = try place(estate)
        #expect(try Restoration(path, into: folder).waitingVersion == nil)
        try FileManager.default.removeItem(atPath: folder.databasePath)
        let merchant = MerchantID(verified: "M")
        let late = try KeyRegister(estate.open).addDerived(for: merchant, now: Estate.received)
        let handedOut = try KeyRegister(estate.open).file(of: late.key.id)
        _ = try SecretRotation(estate.open.folder)
        let rotated = DataFolder(folder.path, secret: estate.open.folder.secretPath)
        let restored = try Restoration(path, into: rotated)
        #expect(restored.waitingVersion == 2 && restored.json.contains(#""waiting_version":2"#))
        #expect(restored.lines.contains { $0.contains("version 2 of the master secret waits") })
        let again = try rotated.open()
        defer { again.shut() }
        let added = try KeyRegister(again).addDerived(for: merchant, now: Estate.received)
        #expect(added.key.id == late.key.id)
        #expect(
            try KeyRegister(again).file(of: added.key.id) == handedOut, "before the start it is the same key")
    }

    @Test("What is restored belongs to the data folder's owner and group, also where root restores it")
    func owner() throws {
        let estate = try estate()
        let path = try backup(estate, estate.scratch.file("b.sqlite")).path
        let folder = try place(estate)
        if geteuid() == 0 { #expect(chown(folder.path, 12_345, 23_456) == 0) }
        _ = try Restoration(path, into: folder)
        var (home, file) = (stat(), stat())
        #expect(stat(folder.path, &home) == 0 && stat(folder.databasePath, &file) == 0)
        #expect(file.st_uid == home.st_uid && file.st_mode & 0o777 == 0o600)
        if geteuid() == 0 { #expect(file.st_uid == 12_345 && file.st_gid == 23_456) }
    }

    @Test("A backup of an older schema is taken forward, and nothing stays beside it")
    func older() throws {
        let estate = try estate()
        let path = try backup(estate, estate.scratch.file("b.sqlite")).path
        try change(
            path,
            """
            DROP TABLE secret_marks; DROP TABLE forgotten_members; DROP TABLE redacted_batches;
            DROP TABLE redacted_details; PRAGMA user_version = 1
            """)
        let folder = try place(estate)
        let restored = try Restoration(path, into: folder)
        #expect(restored.upgradedFrom == 1 && restored.contents.schema == Store.presentSchema)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
                "master.secret", "settled.sqlite",
            ])
    }

    @Test("Of a database that is damaged no backup appears")
    func damaged() throws {
        let estate = try estate()
        try estate.open.store.shut()
        try change(
            estate.open.folder.databasePath,
            "UPDATE batches SET bytes = zeroblob(length(bytes)) WHERE batch = 1")
        let failure = #expect(throws: Failure.self) { try backup(estate, estate.scratch.file("b.sqlite")) }
        #expect(failure?.problem.contains("batches") == true)
        #expect(estate.scratch.names == ["data"])
    }
}
