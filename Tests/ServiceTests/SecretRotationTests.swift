import Foundation
import GRDB
import Settlement
import Signing
import Store
import Testing

@testable import Service

@Suite("A new version of the master secret")
struct SecretRotationTests {
    private static let changed = instant("2026-02-10T00:00:00Z")

    private func settle(_ open: OpenFolder, _ ordinal: Int) throws {
        let end = try open.store.schedule().calendar.period(ordinal).end.advanced(byHours: 25)
        try PeriodCloser(store: open.store, signer: open.signer).close(ordinal, at: end)
    }

    private func sealKeyID(_ answer: Intake.Answer) throws -> String {
        try DetachedJWS(parsing: answer.document.seal).keyID
    }

    /// January is closed, then the secret is rotated and taken into use, then February is closed.
    private func rotated() throws -> (estate: Estate, open: OpenFolder) {
        let estate = try Estate()
        #expect(try sealKeyID(estate.take(Estate.batch("B-1", sequence: 1))) == "seal/1")
        try settle(estate.open, 0)
        _ = try SecretRotation(estate.open.folder)
        let open = try estate.open.folder.open().takingUpSecret(at: Self.changed)
        let batch = Estate.batch("B-2", sequence: 2, at: "2026-02-12T10:00:00Z")
        let answer = try open.intake().take(
            batch, form: .ndjson, signature: estate.merchantKey.sign(batch),
            received: instant("2026-02-13T00:00:00Z"))
        #expect(try sealKeyID(answer) == "seal/2", "what is received now is signed by the new one")
        try settle(open, 1)
        return (estate, open)
    }

    @Test("Rotating puts a line behind the others, for the owner alone, and shows no secret")
    func file() throws {
        let estate = try Estate()
        let path = estate.open.folder.secretPath
        let before = try text(of: path)
        let rotation = try SecretRotation(estate.open.folder)
        let after = try text(of: path)
        let lines = after.split(separator: "\n")
        #expect(after.hasPrefix(before) && lines.count == 2 && lines[1].count == 64 && lines[0] != lines[1])
        #expect(try mode(of: path) == 0o600)
        #expect(rotation.version == 2 && rotation.inUse == 1 && rotation.path == path)
        #expect(rotation.json == #"{"file":"\#(path)","version":2,"in_use":1}"#)
        #expect(!rotation.lines.joined().contains(lines[1]))
        #expect(estate.scratch.names == ["data"])
        let names = try FileManager.default.contentsOfDirectory(atPath: estate.open.folder.path)
        #expect(!names.contains { $0.hasPrefix(".settled-") }, "\(names)")
    }

    @Test(
        "What a killed rotation left is told by the doctor, and taken away by the next one; another's stays")
    func abandoned() throws {
        let estate = try Estate()
        let folder = estate.open.folder
        let left = folder.path + "/.settled-secret-master.secret-0123456789abcdef.tmp"
        let other = folder.path + "/.settled-secret-north.secret-0123456789abcdef.tmp"
        func findings() throws -> [String] {
            try Diagnosis(Diagnosis.Request(data: folder, now: Self.changed)).findings
                .filter { $0.what == "secret" && $0.state == .warning }.map(\.text)
        }
        #expect(try findings().isEmpty)
        for path in [left, other] { try Data("ab".utf8).write(to: URL(fileURLWithPath: path)) }
        let found = try findings()
        #expect(found.count == 2 && found[0].hasPrefix(left) && found[1].hasPrefix(other), "\(found)")
        _ = try SecretRotation(folder)
        #expect(!WholeFile.exists(left) && WholeFile.exists(other))
    }

    @Test("Behind a symbolic link the file itself is replaced")
    func link() throws {
        let estate = try Estate()
        let (path, real) = (estate.open.folder.secretPath, estate.scratch.file("real.secret"))
        try FileManager.default.moveItem(atPath: path, toPath: real)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: real)
        _ = try SecretRotation(estate.open.folder)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == real)
        #expect(try text(of: real).split(separator: "\n").count == 2)
    }

    @Test(
        "Root leaves the file to whom it belonged", .enabled(if: geteuid() == 0, "only root gives files away")
    )
    func owner() throws {
        let estate = try Estate()
        let path = estate.open.folder.secretPath
        #expect(chown(path, 12_345, 12_346) == 0)
        _ = try SecretRotation(estate.open.folder)
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_uid == 12_345 && status.st_gid == 12_346)
    }

    @Test("Until it is taken into use nothing changes; it is taken once, and data that knows it wants it")
    func taken() throws {
        let estate = try Estate()
        let folder = estate.open.folder
        let old = try estate.scratch.write(text(of: folder.secretPath), to: "old.secret", mode: 0o600)
        _ = try SecretRotation(folder)
        let waiting = try folder.open()
        #expect(waiting.keyVersion == 1 && waiting.master.latest == 2)
        #expect(try sealKeyID(estate.take(Estate.batch("B-1", sequence: 1))) == "seal/1")
        #expect(try DataFolder(folder.path, secret: old).open().keyVersion == 1, "the old file is enough")
        let taken = try waiting.takingUpSecret(at: Self.changed)
        #expect(taken.keyVersion == 2)
        #expect(try taken.takingUpSecret(at: Self.changed).keyVersion == 2)
        #expect(try folder.open().store.audit(AuditFilter(act: .secretRotated)).count == 1)
        let failure = #expect(throws: Failure.self) { try DataFolder(folder.path, secret: old).open() }
        #expect(
            failure?.kind == .refused && failure?.problem.hasPrefix("secret_outdated: has 1 of the 2") == true
        )
    }

    @Test("What waits, another's file, a credential and another rotation at work are refused by their codes")
    func refused() throws {
        let estate = try Estate()
        let folder = estate.open.folder
        func code(_ folder: DataFolder) -> String? {
            let failure = #expect(throws: Failure.self) { try SecretRotation(folder) }
            return failure.map { String($0.problem.prefix { $0 != ":" }) }
        }
        let other = estate.scratch.file("other.secret")
        _ = try MasterSecretFile.create(at: other)
        #expect(code(DataFolder(folder.path, secret: other)) == "secret_mismatch")
        let lock = open(folder.secretPath, O_RDONLY)
        #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
        #expect(code(folder) == "secret_busy")
        close(lock)
        #expect(try text(of: folder.secretPath).split(separator: "\n").count == 1, "nothing was written")
        _ = try SecretRotation(folder)
        #expect(code(folder) == "secret_waiting")
        #expect(
            MasterSecretFile.isCredential(
                "/run/credentials/x/master.secret",
                environment: ["CREDENTIALS_DIRECTORY": "/run/credentials/x"]))
    }

    @Test("Where the data or its secret is not, it is said which, and how the secret is named")
    func notThere() throws {
        let estate = try Estate()
        let folder = estate.open.folder
        func failure(_ folder: DataFolder) -> Failure? {
            #expect(throws: Failure.self) { try SecretRotation(folder) }
        }
        let wrong = failure(DataFolder(estate.scratch.file("wrong"), secret: folder.secretPath))
        #expect(wrong?.kind == .misused && wrong?.problem.contains("the data folder of an alliance") == true)
        let elsewhere = DataFolder(folder.path, secret: folder.path + "/none.secret")
        let opened = #expect(throws: Failure.self) { try elsewhere.open() }
        for found in [failure(elsewhere), opened] {
            #expect(found?.kind == .misused && found?.hint?.contains("--secret FILE") == true)
        }
    }

    @Test("While a daemon serves the folder nobody else takes the version into use")
    func served() throws {
        let estate = try Estate()
        let folder = estate.open.folder
        _ = try SecretRotation(folder)
        let served = try TokenFile(in: folder.path)
        let waiting = try folder.open()
        let failure = #expect(throws: Failure.self) { try waiting.takingUpSecret(at: Self.changed) }
        withExtendedLifetime(served) {}
        #expect(failure?.kind == .misused)
        #expect(try folder.open().keyVersion == 1)
    }

    @Test("Both periods' documents verify by the published seals and the statement keys of their versions")
    func documents() throws {
        let (estate, open) = try rotated()
        let set = estate.open.folder.keysPath + "/seal.jwks"
        let published = try KeyFile.readSet(set)
        #expect(published.map(\.id) == ["seal/1", "seal/2"], "the set in the folder is written anew")
        let keys = try DocumentKeys(keyFile: nil, jwks: nil, folder: open.folder)
        for (period, version) in [(0, 1), (1, 2)] {
            let documents = try open.store.documents(period: period)
            #expect(documents.count == 3)
            for stored in documents {
                let owner = stored.owner ?? "operator"
                let signature = try DetachedJWS(parsing: stored.document.signature)
                #expect(signature.keyID == "statement/\(owner)/\(version)")
                let key = try #require(try keys.key(signature.keyID))
                try signature.verify(payload: stored.document.bytes, key: key)
                let seal = try DetachedJWS(parsing: stored.document.seal)
                #expect(seal.keyID == "seal/\(version)")
                try seal.verify(payload: stored.document.bytes, key: published[version - 1])
            }
        }
        let register = KeyRegister(open)
        for id in ["statement/M/1", "statement/M/2", "seal/1", "seal/2"] {
            #expect(try String(decoding: register.file(of: id), as: UTF8.self).contains(#""kid":"\#(id)""#))
        }
        #expect(throws: KeyRegistryRefusal.self) { try register.file(of: "statement/M/3") }
        #expect(try keys.key("seal/3") == nil && keys.key("statement/M/3") == nil)
        #expect(try keys.key("batch/M/1") != nil && keys.key("batch/M/7") == nil)
    }

    @Test("A key that is added now comes of the new version, and both sign batches")
    func batchKeys() throws {
        let (estate, open) = try rotated()
        let register = KeyRegister(open)
        let added = try register.addDerived(for: MerchantID(verified: "M"), now: Self.changed)
        let key = open.master.batchKey(merchant: "M", version: 2, secret: 2)
        #expect(
            try text(of: try #require(added.file)) == String(decoding: KeyFile.bytes(of: key), as: UTF8.self))
        for (sequence, key) in [(Int64(3), key), (4, estate.merchantKey)] {
            let batch = Estate.batch("B-\(sequence)", sequence: sequence, at: "2026-03-12T10:00:00Z")
            _ = try open.intake().take(
                batch, form: .ndjson, signature: key.sign(batch), received: instant("2026-03-13T00:00:00Z"))
        }
    }

    private func rederive(_ folder: DataFolder, secret: Bool) throws -> RederivationReport {
        try Rederivation(
            Rederivation.Request(
                folder: folder, master: secret ? try MasterSecretFile.read(folder.secretPath) : nil,
                sealKeys: try KeyFile.readSet(folder.keysPath + "/seal.jwks"))
        ).run()
    }

    @Test("Both periods come again byte for byte, with the secret and without")
    func rederived() throws {
        let (estate, open) = try rotated()
        try open.store.shut()
        for secret in [true, false] {
            let report = try rederive(estate.open.folder, secret: secret)
            #expect(report.isGood && report.periods == ["2026-01", "2026-02"], "\(report.lines)")
            #expect(report.batches == 2 && report.seals == 2 + 6, "\(report.lines)")
        }
    }

    @Test("That the data no longer knows a version which was taken into use is told")
    func forgotten() throws {
        let (estate, open) = try rotated()
        try open.store.shut()
        let queue = try DatabaseQueue(path: estate.open.folder.databasePath)
        try queue.write { try $0.execute(sql: "DELETE FROM secret_marks WHERE version = 2") }
        try queue.close()
        let report = try rederive(estate.open.folder, secret: true)
        let told = report.findings.first { $0.place == "secret_marks" }
        #expect(told?.derived == "2" && told?.stored == "1", "\(report.lines)")
    }

    @Test(
        "A file that lacks a version is told as such, and archives are checked by what the data itself knows")
    func outdated() throws {
        let story = try ArchivedStory()
        let old = try story.scratch.write(text(of: story.folder.secretPath), to: "old.secret", mode: 0o600)
        let new = try story.scratch.write(text(of: old), to: "new.secret", mode: 0o600)
        _ = try SecretRotation(DataFolder(story.folder.path, secret: new))
        let taken = try DataFolder(story.folder.path, secret: new).open().takingUpSecret(at: ArchivedStory.at)
        let archive = story.scratch.file("a.zst")
        _ = try Retention(.init(folder: taken, periods: 1, file: archive, at: ArchivedStory.at))
        taken.shut()
        let folder = DataFolder(story.folder.path, secret: old)
        let failure = #expect(throws: Failure.self) {
            try Rederivation(
                .init(
                    data: folder.path, secret: old, jwks: nil, from: nil, through: nil, scratch: nil,
                    archives: [archive])
            ).run()
        }
        #expect(failure?.problem.hasPrefix("secret_outdated: ") == true, "\(failure?.problem ?? "")")
        let findings = try Diagnosis(.init(data: folder, archives: [archive], now: ArchivedStory.at)).findings
        #expect(findings.first { $0.what == "archives" }?.state == .ok)
        #expect(findings.first { $0.what == "secret" }?.text.contains("secret_outdated") == true)
        let held = try MemberFile(
            of: MemberID(verified: "ben"), in: folder, archives: [archive], at: ArchivedStory.at)
        #expect(held.unread.isEmpty && !held.copies.isEmpty)
        let sealed = try ArchiveFile(archive, sealKeys: [taken.master.sealKey(version: 2).verification])
        #expect(sealed.index.entries.count == 7)
    }

    @Test("A clock that stands back at the restart is no reason to doubt what was signed before it")
    func clockStandsBack() throws {
        let estate = try Estate()
        _ = try estate.take(Estate.batch("B-1", sequence: 1))
        try settle(estate.open, 0)
        _ = try SecretRotation(estate.open.folder)
        let early = instant("2026-01-12T00:00:00Z")
        let open = try estate.open.folder.open().takingUpSecret(at: early)
        // Still by the clock that stands back.
        let batch = Estate.batch("B-2", sequence: 2, at: "2026-01-11T10:00:00Z")
        let answer = try open.intake().take(
            batch, form: .ndjson, signature: estate.merchantKey.sign(batch), received: early)
        #expect(try sealKeyID(answer) == "seal/2")
        try settle(open, 1)
        try open.store.shut()
        for secret in [true, false] {
            let report = try rederive(estate.open.folder, secret: secret)
            #expect(report.isGood && report.batches == 2, "\(report.lines)")
        }
    }

    @Test("What an old version signed after a new one had taken its place is told")
    func retired() throws {
        let (estate, open) = try rotated()
        let batch = Estate.batch("B-3", sequence: 3, at: "2026-03-12T10:00:00Z")
        let old = Intake(
            store: open.store, master: open.master, signer: DocumentSigner(master: open.master, version: 1),
            pseudonyms: .none, limitBytes: 1 << 20)
        _ = try old.take(
            batch, form: .ndjson, signature: estate.merchantKey.sign(batch),
            received: instant("2026-03-13T00:00:00Z"))
        try open.store.shut()
        let report = try rederive(estate.open.folder, secret: true)
        #expect(
            !report.isGood && report.lines.contains { $0.contains("receipt of batch B-3") }, "\(report.lines)"
        )
    }

    @Test(
        "Each receiver's webhook secret stays while it is in force, and its next one comes of the new version"
    )
    func webhooks() throws {
        let alliance = Estate.alliance.replacing(
            "  name: Merchant N",
            with: "  name: Merchant N\n  delivery: {webhook: {url: 'https://n.example/x', secret: 5}}"
        ).replacing(
            "  name: Merchant M",
            with: "  name: Merchant M\n  delivery: {webhook: {url: 'https://m.example/x'}}")
        let estate = try Estate(alliance: alliance)
        func file(_ id: String, _ open: OpenFolder) throws -> [UInt8] { try KeyRegister(open).file(of: id) }
        let stays = ["webhook/M/1", "webhook/N/4", "webhook/N/5"]
        let changes = ["webhook/M/2", "webhook/N/6", "webhook/operator/1"]
        let before = try (stays + changes).map { try file($0, estate.open) }
        for id in stays { #expect(try KeyRegister(estate.open).caution(of: id) == nil) }
        for id in changes {
            let caution = try KeyRegister(estate.open).caution(of: id)
            #expect(caution?.contains("version 1 of the master secret") == true, "\(caution ?? "none")")
        }
        _ = try SecretRotation(estate.open.folder)
        let waiting = try estate.open.folder.open()
        for id in changes {
            let failure = #expect(throws: Failure.self) { try file(id, waiting) }
            #expect(failure?.problem.hasPrefix("secret_waiting: ") == true, "\(failure?.problem ?? "")")
        }
        #expect(try stays.map { try file($0, waiting) } == Array(before.prefix(3)))
        let open = try waiting.takingUpSecret(at: Self.changed)
        #expect(try stays.map { try file($0, open) } == Array(before.prefix(3)))
        for (id, old) in zip(changes, before.suffix(3)) {
            #expect(try file(id, open) != old, "\(id) comes of the new version")
            #expect(try KeyRegister(open).caution(of: id)?.contains("version 2 of the") == true)
        }
        for id in ["webhook/M/0", "webhook/M/1001", "webhook/X/1", "webhook/M", "webhook/M/01"] {
            #expect(throws: KeyRegistryRefusal.self) { try file(id, open) }
        }
    }

    @Test("The list says which version is in use, which is retired and which waits")
    func listing() throws {
        let (estate, open) = try rotated()
        try open.store.shut()
        _ = try SecretRotation(estate.open.folder)
        let again = try estate.open.folder.open()
        defer { again.shut() }
        let listing = try SecretListing(again)
        #expect(
            listing.json
                == #"[{"version":1,"seal":"seal/1","state":"retired"},"#
                + #"{"version":2,"seal":"seal/2","state":"in use","since":"2026-02-10T00:00:00+00:00"},"#
                + #"{"version":3,"seal":"seal/3","state":"waits"}]"#)
        #expect(listing.text.split(separator: "\n").count == 4)
        let found = try Diagnosis(
            Diagnosis.Request(data: estate.open.folder, now: instant("2026-03-20T00:00:00Z"))
        ).findings.filter { $0.what == "secret" }
        #expect(found.map(\.state) == [.warning] && found[0].text.contains("version 3 waits"))
    }
}
