import Foundation
import GRDB
import Settlement
import Testing

@testable import Service
@testable import Store

@Suite("The doctor")
struct DoctorTests {
    private func diagnosis(
        _ estate: Estate, at now: String = "2026-01-25T00:00:00Z", backups: String? = nil,
        isFull: Bool = false,
        _ configure: (inout DaemonConfiguration) -> Void = { _ in }
    ) throws -> Diagnosis {
        var configuration = DaemonConfiguration()
        configure(&configuration)
        return try Diagnosis(
            Diagnosis.Request(
                data: estate.open.folder, configuration: configuration, backups: backups, isFull: isFull,
                now: instant(now)))
    }

    private func states(_ diagnosis: Diagnosis, of what: String) -> [Diagnosis.State] {
        diagnosis.findings.filter { $0.what == what }.map(\.state)
    }

    private func estate() throws -> Estate {
        let estate = try Estate()
        _ = try estate.take(Estate.batch("B-1", sequence: 1, records: 40))
        return estate
    }

    @Test("Of a well installation every line is ok, in colours on a terminal only", arguments: [false, true])
    func well(isFull: Bool) throws {
        let estate = try estate()
        _ = try Backup.noted(
            Backup.Request(
                data: estate.open.folder, target: estate.scratch.file("b.sqlite"), isPacked: false, keep: nil,
                at: instant("2026-01-24T02:00:00Z"))
        ) { Issue.record("\($0)") }
        let found = try diagnosis(estate, isFull: isFull)
        #expect(found.isWell && found.findings.allSatisfy { $0.state == .ok }, "\(found.findings)")
        #expect(
            found.findings.map(\.what) == [
                "rights", "secret", "database", "disk", "clock", "periods", "deliveries", "keys", "backups",
                "versions",
            ])
        #expect(
            found.lines(isColoured: false).allSatisfy { !$0.contains("\u{1B}") && $0.hasPrefix("ok       ") })
        #expect(found.lines(isColoured: true).allSatisfy { $0.hasPrefix("\u{1B}[32mok") })
        #expect(try members(Array(found.json.utf8))["well"] as? Bool == true)
        #expect(try #require(found.findings.last).text.contains("SQLite 3."))
    }

    @Test("A folder, a database or a secret that others may use is told")
    func rights() throws {
        let estate = try estate()
        chmod(estate.open.folder.path, 0o755)
        chmod(estate.open.folder.databasePath, 0o644)
        var found = try diagnosis(estate)
        #expect(states(found, of: "rights") == [.warning, .warning] && found.isWell)
        chmod(estate.open.folder.secretPath, 0o644)
        found = try diagnosis(estate)
        #expect(states(found, of: "secret") == [.trouble] && !found.isWell)
        unlink(estate.open.folder.secretPath)
        #expect(try states(diagnosis(estate), of: "secret") == [.trouble])
    }

    @Test("A clock behind the last receipt is trouble")
    func clock() throws {
        let estate = try estate()
        let found = try diagnosis(estate, at: "2026-01-20T11:59:00Z")
        #expect(states(found, of: "clock") == [.trouble])
        #expect(found.findings.contains { $0.text.contains("60 s behind") })
    }

    @Test(
        "A period that is not closed in time is a warning, one that cannot be closed trouble; missing batches too"
    )
    func periods() throws {
        let estate = try estate()
        _ = try estate.take(Estate.batch("B-9", sequence: 9, records: 1))
        #expect(try states(diagnosis(estate, at: "2026-03-25T00:00:00Z"), of: "periods") == [.warning])
        #expect(try states(diagnosis(estate), of: "batches") == [.warning])
        try estate.open.store.noteFailedClose(of: 0, because: "a figure", at: instant("2026-02-05T00:00:00Z"))
        let found = try diagnosis(estate, at: "2026-03-25T00:00:00Z")
        #expect(states(found, of: "periods") == [.trouble])
        #expect(found.findings.contains { $0.text.contains("a figure") })
    }

    @Test("A merchant whose last key ends soon, or that has none, is told")
    func keys() throws {
        let estate = try estate()
        let now = instant("2026-01-25T00:00:00Z")
        try estate.open.store.revokeKey("batch/M/1", from: now.advanced(byHours: 48), at: now)
        try estate.open.store.revokeKey("batch/N/1", from: now.advanced(byHours: -1), at: now)
        let found = try diagnosis(estate).findings.filter { $0.what == "keys" }
        #expect(found.map(\.state) == [.warning, .warning])
        #expect(
            found.first?.text.contains("last key of M") == true
                && found.last?.text.hasPrefix("N has no key") == true)
        _ = try estate.open.store.addDerivedKey(for: MerchantID("M"), at: now)
        _ = try estate.open.store.addDerivedKey(for: MerchantID("N"), at: now)
        #expect(try states(diagnosis(estate), of: "keys") == [.ok])
    }

    @Test("A spool that is missing and a certificate that is none are trouble")
    func configured() throws {
        let estate = try estate()
        let found = try diagnosis(estate) {
            $0.spool = SpoolSettings(folder: estate.scratch.file("spool"))
            $0.tls = TLSFiles(certificate: estate.scratch.file("c.pem"), key: estate.scratch.file("k.pem"))
        }
        #expect(states(found, of: "spool") == [.trouble] && states(found, of: "certificate") == [.trouble])
        try FileManager.default.createDirectory(
            atPath: estate.scratch.file("spool"), withIntermediateDirectories: false)
        let made = try diagnosis(estate) { $0.spool = SpoolSettings(folder: estate.scratch.file("spool")) }
        #expect(states(made, of: "spool") == [.ok])
    }

    @Test("As root the spool is judged by the daemon's account, whom the database belongs to")
    func spoolAsRoot() throws {
        let scratch = try Scratch()
        func state(_ mode: mode_t, _ user: uid_t, _ group: gid_t) -> Diagnosis.State {
            #expect(chmod(scratch.path, mode) == 0)
            return ConfigurationCheck.spool(
                scratch.path, asRootFor: ConfigurationCheck.Account(user: user, group: group)
            ).state
        }
        var own = stat()
        #expect(stat(scratch.path, &own) == 0)
        let (other, others) = (own.st_uid + 1, own.st_gid + 1)
        #expect(state(0o700, own.st_uid, others) == .ok)
        #expect(state(0o700, other, others) == .warning && state(0o700, other, own.st_gid) == .warning)
        #expect(state(0o770, other, own.st_gid) == .ok && state(0o770, other, others) == .warning)
        #expect(state(0o777, other, others) == .ok)
    }

    @Test(
        "A secret outside the data folder may be another's, one in it may not",
        .enabled(if: geteuid() == 0, "only root can give files away"))
    func secretsOwner() throws {
        let estate = try estate()
        let folder = estate.open.folder
        let elsewhere = estate.scratch.file("elsewhere.secret")
        try FileManager.default.copyItem(atPath: folder.secretPath, toPath: elsewhere)
        #expect(chown(elsewhere, 12_345, 12_345) == 0)
        let outside = RightsCheck(DataFolder(folder.path, secret: elsewhere)).findings
        #expect(outside.map(\.state) == [.ok], "\(outside)")
        #expect(chown(folder.secretPath, 12_345, 12_345) == 0)
        #expect(RightsCheck(folder).findings.map(\.state) == [.trouble])
    }

    @Test("A delivery that was given up is told with its receiver")
    func deliveries() throws {
        let alliance = Estate.alliance.replacing(
            "  name: Merchant M", with: "  name: Merchant M\n  delivery: {folder: true}", maxReplacements: 1)
        let estate = try Estate(alliance: alliance)
        _ = try estate.take(Estate.batch("B-1", sequence: 1, records: 40))
        #expect(try states(diagnosis(estate), of: "deliveries") == [.ok])
        try estate.open.store.note(
            DeliveryAttempt(1, .parked, at: instant("2026-01-24T00:00:00Z"), answer: "no"))
        let found = try diagnosis(estate)
        #expect(states(found, of: "deliveries") == [.warning] && found.isWell)
        #expect(found.findings.contains { $0.text.hasPrefix("M misses 1 that were given up, by folder;") })
    }

    @Test("The last backup's age counts, and a folder without one is trouble")
    func backups() throws {
        let estate = try estate()
        let folder = estate.scratch.file("backups")
        #expect(try states(diagnosis(estate, backups: folder), of: "backups") == [.trouble])
        _ = try Backup(
            Backup.Request(
                data: estate.open.folder, target: folder + "/", isPacked: true, keep: nil,
                at: instant("2026-01-24T02:00:00Z")))
        for (now, state) in [
            ("2026-01-25T00:00:00Z", Diagnosis.State.ok), ("2026-01-26T00:00:00Z", .warning),
            ("2026-02-26T00:00:00Z", .trouble),
        ] {
            #expect(
                try states(diagnosis(estate, at: now, backups: folder), of: "backups") == [state], "\(now)")
        }
    }

    @Test("A changed row is found when all are looked at, and a database that is none at once")
    func damage() throws {
        let estate = try estate()
        try estate.open.store.shut()
        let damaged = try DamagedFolder(estate.open.folder)
        try damaged.write { try $0.execute(sql: "UPDATE batches SET bytes = zeroblob(length(bytes))") }
        func state(isFull: Bool) throws -> [Diagnosis.State] {
            try states(
                Diagnosis(
                    Diagnosis.Request(
                        data: damaged.folder, isFull: isFull, now: instant("2026-01-25T00:00:00Z"))),
                of: "database")
        }
        #expect(try state(isFull: false) == [.ok])
        #expect(try state(isFull: true) == [.trouble])
        try Data("none".utf8).write(to: URL(fileURLWithPath: damaged.folder.databasePath))
        #expect(try state(isFull: false) == [.trouble])
    }

    @Test("The disk's days are reckoned by what came lately and by the room that all before took")
    func forecast() {
        func forecast(_ days: Int64, recent: Int64, free: Int64) -> DiskForecast {
            let now = instant("2026-02-01T00:00:00Z")
            return DiskForecast(
                StoreGrowth(
                    fileBytes: 3_000_000_000, batchBytes: 1_000_000_000, recentBytes: recent,
                    recentSince: now.advanced(byMilliseconds: -days * 86_400_000), lastReceived: now),
                free: free, now: now)
        }
        let plain = forecast(10, recent: 100_000_000, free: 3_000_000_000)
        #expect(plain.bytesOfDay == 30_000_000 && plain.daysLeft == 100 && plain.state(reserve: 1) == .ok)
        #expect(forecast(10, recent: 200_000_000, free: 3_000_000_000).state(reserve: 1) == .warning)
        #expect(forecast(10, recent: 900_000_000, free: 600_000_000).state(reserve: 1) == .trouble)
        #expect(plain.state(reserve: 3_000_000_000) == .trouble)
        let idle = forecast(10, recent: 0, free: 3_000_000_000)
        #expect(idle.daysLeft == nil && idle.state(reserve: 1) == .ok && idle.text.contains("no forecast"))
    }
}
