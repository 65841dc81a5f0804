import Foundation
import Settlement
import Testing

@testable import Service
@testable import Store

@Suite("What is known of the last backup")
struct LastBackupTests {
    private func request(_ estate: Estate, _ target: String, keep: Int? = nil, at: String) -> Backup.Request {
        Backup.Request(
            data: estate.open.folder, target: target, isPacked: false, keep: keep, at: instant(at))
    }

    private func make(_ estate: Estate, _ target: String, keep: Int? = nil, at: String) throws -> Backup {
        try Backup.noted(request(estate, target, keep: keep, at: at)) { Issue.record("\($0)") }
    }

    private func last(_ estate: Estate) throws -> LastBackup? { try LastBackup(in: estate.open.folder.path) }

    private func finding(_ estate: Estate, _ now: String) throws -> Diagnosis.Finding? {
        try Diagnosis(Diagnosis.Request(data: estate.open.folder, now: instant(now)))
            .findings.first { $0.what == "backups" }
    }

    @Test("One that was made is noted, one that could not be made beside it, and a wrong call not at all")
    func noted() throws {
        let estate = try Estate()
        #expect(try last(estate) == nil)
        let made = try make(estate, estate.scratch.file("b/"), keep: 5, at: "2026-01-25T02:00:00Z")
        let expected = LastBackup.Made(
            at: instant("2026-01-25T02:00:00Z"), file: made.path, bytes: made.fileBytes,
            keep: 5)
        #expect(try last(estate) == LastBackup(made: expected, failed: nil))
        #expect(throws: Failure.self) { try make(estate, made.path, at: "2026-01-26T02:00:00Z") }
        let failed = try #require(try last(estate)?.failed)
        #expect(failed.at == instant("2026-01-26T02:00:00Z") && failed.problem.contains("already there"))
        #expect(try last(estate)?.made == expected, "the one that was made stays noted")
        #expect(throws: Failure.self) {
            try make(estate, estate.scratch.file("one.sqlite"), keep: 2, at: "2026-01-27T02:00:00Z")
        }
        #expect(try last(estate)?.failed == failed, "what was asked wrongly was no try")
        _ = try make(estate, estate.scratch.file("b/"), at: "2026-01-28T02:00:00Z")
        #expect(try last(estate)?.failed == nil && last(estate)?.made?.keep == nil)
        #expect(try mode(of: estate.open.folder.path + "/backup.last") == 0o644)
    }

    @Test("A note that is none is told, and written anew by the next backup")
    func malformed() throws {
        let estate = try Estate()
        for text in ["", "{", #"{"made":{"at":"soon","file":"x","bytes":1}}"#] {
            _ = try estate.scratch.write(text, to: "data/backup.last")
            let failure = #expect(throws: Failure.self) { try last(estate) }
            #expect(failure?.kind == .refused)
            #expect(try finding(estate, "2026-01-25T00:00:00Z")?.state == .trouble)
        }
        _ = try make(estate, estate.scratch.file("b/"), at: "2026-01-25T02:00:00Z")
        #expect(try last(estate)?.made != nil)
    }

    @Test("Where it cannot be written down, the backup is made all the same, and that is said")
    func unwritable() throws {
        let estate = try Estate()
        let note = estate.open.folder.path + "/backup.last"
        try FileManager.default.createDirectory(atPath: note + "/x", withIntermediateDirectories: true)
        var told: [Failure] = []
        let backup = try Backup.noted(
            request(estate, estate.scratch.file("b.sqlite"), at: "2026-01-25T02:00:00Z")
        ) { told.append($0) }
        #expect(told.count == 1 && told[0].place == note)
        #expect(WholeFile.exists(backup.path))
    }

    @Test("The doctor tells its age, a try that failed since, and that it is not there any more")
    func doctor() throws {
        let estate = try Estate()
        #expect(try finding(estate, "2026-01-25T00:00:00Z")?.state == .warning)
        let made = try make(estate, estate.scratch.file("b.sqlite"), at: "2026-01-24T02:00:00Z")
        for (now, state) in [
            ("2026-01-25T00:00:00Z", Diagnosis.State.ok), ("2026-01-25T15:00:00Z", .warning),
            ("2026-02-26T00:00:00Z", .trouble),
        ] { #expect(try finding(estate, now)?.state == state, "\(now)") }
        #expect(try finding(estate, "2026-01-25T00:00:00Z")?.text == "the last one is 22 h old: \(made.path)")
        #expect(throws: Failure.self) { try make(estate, made.path, at: "2026-01-24T22:00:00Z") }
        unlink(made.path)
        let found = try #require(try finding(estate, "2026-01-25T00:00:00Z"))
        #expect(found.text.contains("not there any more") && found.text.contains("a try since failed"))
        #expect(found.state == .warning)
    }

    @Test("The doctor tells that it is no longer as long as it was made, whatever its age")
    func cut() throws {
        let estate = try Estate()
        let made = try make(estate, estate.scratch.file("b.sqlite"), at: "2026-01-24T02:00:00Z")
        try #require(truncate(made.path, off_t(made.fileBytes - 1)) == 0)
        let found = try #require(try finding(estate, "2026-01-25T00:00:00Z"))
        #expect(found.state == .trouble)
        let (now, then) = (made.fileBytes - 1, made.fileBytes)
        #expect(found.text.contains("has \(now) bytes, and had \(then) when it was made"), "\(found.text)")
    }

    @Test("Metrics give its time and how the last try went, and nothing where nobody tried")
    func metrics() async throws {
        let estate = try Estate()
        try await withMetrics(estate) { _, metrics in
            let scraped = try await scrape(metrics)
            #expect(scraped["settled_backup_last_timestamp_seconds"] == nil)
            #expect(scraped["settled_backup_last_success"] == nil)
        }
        let made = try make(estate, estate.scratch.file("b.sqlite"), at: "2026-01-25T02:00:00Z")
        for success in [1.0, 0] {
            try await withMetrics(estate) { _, metrics in
                let scraped = try await scrape(metrics)
                #expect(scraped["settled_backup_last_timestamp_seconds"] == 1_769_306_400)
                #expect(scraped["settled_backup_last_success"] == success)
            }
            #expect(throws: Failure.self) { try make(estate, made.path, at: "2026-01-26T02:00:00Z") }
        }
    }

    @Test("One that cannot be read is another thing than none: no success, and a word of why")
    func unreadable() async throws {
        let estate = try Estate()
        try Data("{}{".utf8).write(
            to: URL(fileURLWithPath: estate.open.folder.path + "/" + LastBackup.name))
        try await withMetrics(estate) { _, metrics in
            let scraped = try await scrape(metrics)
            #expect(scraped["settled_backup_last_timestamp_seconds"] == nil)
            #expect(scraped["settled_backup_last_success"] == 0)
            #expect(scraped["settled_figures_read"] == 1)
        }
        let found = try #require(try finding(estate, "2026-01-25T00:00:00Z"))
        #expect(found.state == .trouble && found.text.contains("backup.last"), "\(found.text)")
    }

    @Test(
        "What root notes the daemon can read, whatever root's umask is",
        .enabled(if: geteuid() == 0, "only root gives files away"))
    func readable() throws {
        let estate = try Estate()
        let folder = estate.open.folder.path
        #expect(chown(folder, 12_345, 12_346) == 0)
        let note = folder + "/" + LastBackup.name
        // As an earlier one was left by a root that kept everything to itself.
        try Data("{}".utf8).write(to: URL(fileURLWithPath: note))
        #expect(chmod(note, 0o600) == 0)
        try LastBackup.note(
            Failure.trouble("b", "is full"), at: instant("2026-01-25T02:00:00Z"), in: folder)
        var status = stat()
        #expect(stat(note, &status) == 0 && status.st_mode & 0o777 == 0o644)
        #expect(status.st_uid == 12_345 && status.st_gid == 12_346)
    }

    /// Of a database of 3 GB that grows by 30 MB a day.
    private func forecast(_ sizes: [Int64], keep: Int?, free: Int64 = 6_000_000_000) -> DiskForecast {
        let now = instant("2026-02-01T00:00:00Z")
        let files = zip(0..., sizes.reversed()).map { age, bytes in
            (at: now.advanced(byHours: -24 * age), bytes: bytes)
        }
        return DiskForecast(
            StoreGrowth(
                fileBytes: 3_000_000_000, batchBytes: 1_000_000_000, recentBytes: 100_000_000,
                recentSince: now.advanced(byHours: -240), lastReceived: now),
            free: free, backups: BackupRoom(files, keep: keep, databaseBytes: 3_000_000_000), now: now)
    }

    @Test("The disk's days count backups that lie on it: each new one, or how all that stay grow")
    func room() {
        let none = forecast([], keep: nil)
        #expect(none.bytesOfDay == 30_000_000 && none.daysLeft == 200 && none.backupBytesOfDay == 0)
        // One a day of 300 MB, none goes; and one of 3 GB has to have room while it is made.
        let all = forecast([290_000_000, 295_000_000, 300_000_000], keep: nil)
        #expect(all.backupBytesOfDay == 300_000_000 && all.bytesOfDay == 330_000_000)
        #expect(all.daysLeft == 9)
        #expect(all.text.contains("300 MB of them by backups"), "\(all.text)")
        #expect(forecast([300_000_000], keep: 30).backupBytesOfDay == 300_000_000, "a single one: one a day")
        // Several of one day are no rate.
        let (first, second) = (instant("2026-02-01T00:00:00Z"), instant("2026-02-01T00:01:00Z"))
        let twice = BackupRoom(
            [(at: first, bytes: 10_000_000), (at: second, bytes: 10_000_000)], keep: nil,
            databaseBytes: 3_000_000_000)
        #expect(twice?.bytesOfDay(databaseGrowth: 0) == 10_000_000)
        // As many as stay: each grows by a tenth of what the database does.
        let full = forecast([290_000_000, 295_000_000, 300_000_000], keep: 3)
        #expect(full.backupBytesOfDay == 9_000_000 && full.bytesOfDay == 39_000_000)
    }
}
