import Foundation
import GRDB
import Settlement
import Signing
import Synchronization
import Testing

@testable import Service
@testable import Store

@Suite("Periods that close by themselves")
struct ClosingServiceTests {
    @Test("A forced close that was interrupted is gone on with before its time, none is begun")
    func interrupted() throws {
        let estate = try Estate()
        _ = try estate.take(Estate.batch())
        let store = estate.open.store
        let closer = PeriodCloser(store: store, signer: estate.open.signer)
        let now = instant("2026-01-25T00:00:00Z")
        guard case .notBefore = try closer.closeIfDue(at: now) else {
            Issue.record("nothing is due")
            return
        }
        try store.beginClose(0, at: now, forced: true)
        guard case .closed(let period, _) = try closer.closeIfDue(at: now) else {
            Issue.record("what was begun is due")
            return
        }
        #expect(period.id == "2026-01")
        guard case .notBefore = try closer.closeIfDue(at: now) else {
            Issue.record("nothing more is due")
            return
        }
    }

    @Test(
        "What was due while nobody was there closes in order, what is not due stays open",
        .timeLimit(.minutes(5)))
    func order() async throws {
        let estate = try Estate()
        _ = try estate.take(Estate.batch())
        let store = estate.open.store
        try await closing(estate.open, at: .standing(at: instant("2026-04-20T00:00:00Z"))) { health in
            try await until { try store.earliestOpen() == 3 }
            try await Task.sleep(for: .milliseconds(300))
            #expect(try store.earliestOpen() == 3)
            #expect(health.reason() == nil)
        }
        let closes = try store.audit(AuditFilter(act: .closed)).map(\.reason)
        #expect(closes == ["2026-03", "2026-02", "2026-01"])
        #expect(try store.stateCounts().settled == 2)
    }

    @Test("A period closes at its end and grace to the millisecond, not before")
    func due() throws {
        let estate = try Estate(
            alliance: Estate.alliance.replacingOccurrences(of: "start:", with: "grace: 24\nstart:"))
        let closer = PeriodCloser(store: estate.open.store, signer: estate.open.signer)
        guard case .notBefore(let from) = try closer.closeIfDue(at: instant("2026-02-01T23:59:59.999Z"))
        else {
            Issue.record("closed before its grace was over")
            return
        }
        #expect(from == instant("2026-02-02T00:00:00Z"))
        guard case .closed(let period, _) = try closer.closeIfDue(at: from) else {
            Issue.record("not closed when its grace was over")
            return
        }
        #expect(period.id == "2026-01")
    }

    @Test(
        "A figure that forbids a close makes the daemon unready and is on the stuck list, until it is solved",
        .timeLimit(.minutes(5)))
    func stuck() async throws {
        let estate = try Estate()
        _ = try estate.take(Estate.batch())
        let store = estate.open.store
        try PeriodCloser(store: store, signer: estate.open.signer).close(
            0, at: instant("2026-02-10T00:00:00Z"))
        let now = instant("2026-03-10T00:00:00Z")
        try store.writing("tamper") { try $0.execute(sql: "UPDATE statements SET points = points + 1") }
        try await closing(estate.open, at: .standing(at: now)) { health in
            try await until { health.reason() != nil }
            #expect(health.reason()?.contains("M: open lots at the start") == true)
            #expect(!health.isTroubled)
            // It is tried again and again, and noted once.
            try await Task.sleep(for: .milliseconds(500))
            #expect(try store.audit(AuditFilter(act: .closeFailed)).count == 1)
            #expect(try store.earliestOpen() == 1)
            let status = try StatusReport(store, now: now)
            #expect(
                status.text.contains("2026-02 cannot be closed since 2026-03-10T00:00:00+00:00: M: open lots")
            )
            #expect(status.json.contains(#""stuck":{"period":"2026-02""#))

            try store.writing("mend") { try $0.execute(sql: "UPDATE statements SET points = points - 1") }
            try await until { try store.earliestOpen() == 2 }
            try await until { health.reason() == nil }
            #expect(try store.failedClose() == nil)
            #expect(try !StatusReport(store, now: now).text.contains("Stuck"))
        }
    }

    @Test("A close by hand that a figure or a changed row forbids is noted once for each cause")
    func byHand() throws {
        let estate = try Estate()
        _ = try estate.take(Estate.batch())
        let store = estate.open.store
        let closer = PeriodCloser(store: store, signer: estate.open.signer)
        try closer.closeNoting(0, at: instant("2026-02-10T00:00:00Z"))
        let now = instant("2026-02-20T00:00:00Z")
        #expect(throws: CloseRefusal.self) { try closer.closeNoting(1, at: now) }
        try store.writing("tamper") { try $0.execute(sql: "UPDATE statements SET points = points + 1") }
        #expect(throws: CloseFailure.self) { try closer.close(1, at: now, forced: true, preview: true) }
        #expect(try store.audit(AuditFilter(act: .closeFailed)).isEmpty)
        for _ in 1...2 {
            #expect(throws: CloseFailure.self) { try closer.closeNoting(1, at: now, forced: true) }
        }
        #expect(try store.audit(AuditFilter(act: .closeFailed)).count == 1)
        #expect(try store.failedClose()?.reason.hasPrefix("M: open lots at the start") == true)
        try store.writing("tamper") { try $0.execute(sql: "UPDATE holdings SET bytes = X''") }
        #expect(throws: StoreTrouble.self) { try closer.closeNoting(1, at: now, forced: true) }
        #expect(try store.audit(AuditFilter(act: .closeFailed)).count == 2)
        #expect(try store.failedClose()?.reason.hasPrefix("cannot read holdings, ") == true)
        #expect(try StatusReport(store, now: now).json.contains(#""stuck":{"period":"2026-02""#))
    }

    @Test(
        "A close by hand that a figure forbids makes a daemon unready that closes nothing itself, until it is done",
        .timeLimit(.minutes(5)))
    func listed() async throws {
        let estate = try Estate()
        _ = try estate.take(Estate.batch())
        let store = estate.open.store
        let closer = PeriodCloser(store: store, signer: estate.open.signer)
        try closer.closeNoting(0, at: instant("2026-02-10T00:00:00Z"))
        let now = instant("2026-02-20T00:00:00Z")
        try await withDaemon(estate) { url, _ in
            let ready = request("GET /readyz")
            try store.writing("tamper") {
                try $0.execute(sql: "UPDATE statements SET points = points + 1")
            }
            #expect(throws: CloseFailure.self) { try closer.closeNoting(1, at: now, forced: true) }
            while try await ask(url, ready).status == 200 { try await Task.sleep(for: .milliseconds(50)) }
            let reply = try await ask(url, ready)
            #expect(reply.status == 503 && reply.code == "not_ready")
            let detail = try members(reply.body)["detail"] as? String
            #expect(
                detail?.contains("a period cannot be closed: M: open lots at the start") == true,
                "\(detail ?? "")")

            try store.writing("mend") { try $0.execute(sql: "UPDATE statements SET points = points - 1") }
            try closer.closeNoting(1, at: now, forced: true)
            while try await ask(url, ready).status != 200 { try await Task.sleep(for: .milliseconds(50)) }
        }
    }

    @Test(
        "A close of a period that is not due does not hide what is on the stuck list", .timeLimit(.minutes(5))
    )
    func early() async throws {
        let estate = try Estate()
        _ = try estate.take(Estate.batch())
        let store = estate.open.store
        let closer = PeriodCloser(store: store, signer: estate.open.signer)
        try closer.closeNoting(0, at: instant("2026-02-10T00:00:00Z"))
        try store.writing("tamper") { try $0.execute(sql: "UPDATE statements SET points = points + 1") }
        let now = instant("2026-02-20T00:00:00Z")
        #expect(throws: CloseFailure.self) { try closer.closeNoting(1, at: now, forced: true) }
        let listed = try #require(try store.failedClose())
        #expect(!listed.waitsForRoom)
        try await closing(estate.open, at: .standing(at: now)) { health in
            health.list(listed.reason)
            // It looks many times and finds nothing due.
            try await Task.sleep(for: .milliseconds(500))
            #expect(health.reason()?.contains("M: open lots at the start") == true)
            health.list(nil)
            #expect(health.reason() == nil)
        }
    }

    @Test(
        "A row that was changed makes it unready by table and row, and the daemon goes on",
        .timeLimit(.minutes(5)))
    func damaged() async throws {
        let estate = try Estate()
        _ = try estate.take(Estate.batch())
        let store = estate.open.store
        try PeriodCloser(store: store, signer: estate.open.signer).close(
            0, at: instant("2026-02-10T00:00:00Z"))
        let change =
            "UPDATE holdings SET bytes = CAST(substr(bytes, 1, 9) || X'7F' || substr(bytes, 11) AS BLOB)"
        let held = try store.writing("tamper") { database in
            let held = try Row.fetchAll(database, sql: "SELECT member, period, bytes FROM holdings")
            try database.execute(sql: change)
            return held.map { (member: $0[0] as String, bytes: $0[2] as Data) }
        }
        let now = instant("2026-03-10T00:00:00Z")
        try await closing(estate.open, at: .standing(at: now)) { health in
            try await until { health.reason() != nil }
            #expect(
                health.reason()?.contains("cannot read holdings, row 1 in the order of members") == true,
                "\(health.reason() ?? "")")
            #expect(!health.isTroubled)
            #expect(try store.earliestOpen() == 1)
            try await until { try store.failedClose() != nil }
            // Batches are taken meanwhile.
            _ = try estate.take(Estate.batch("B-2", sequence: 2, at: "2026-03-02T00:00:00Z"), received: now)
            try store.writing("mend") { database in
                for row in held {
                    try database.execute(
                        sql: "UPDATE holdings SET bytes = ? WHERE member = ?",
                        arguments: [row.bytes, row.member])
                }
            }
            try await until { try store.earliestOpen() == 2 }
            try await until { health.reason() == nil }
        }
    }

    @Test("Trouble that passes is tried again and leaves the daemon ready", .timeLimit(.minutes(5)))
    func passing() async throws {
        let estate = try Estate()
        _ = try estate.take(Estate.batch())
        let store = estate.open.store
        let away = store.folder + "-away"
        try FileManager.default.moveItem(atPath: store.folder, toPath: away)
        try await closing(estate.open, at: .standing(at: instant("2026-02-10T00:00:00Z"))) { health in
            try await Task.sleep(for: .milliseconds(300))
            #expect(health.reason() == nil)
            try FileManager.default.moveItem(atPath: away, toPath: store.folder)
            #expect(try store.earliestOpen() == 0)
            try await until { try store.earliestOpen() == 1 }
            #expect(health.reason() == nil)
            #expect(try store.failedClose() == nil)
        }
    }

    @Test(
        "A close that would take of the disk's reserve waits on the stuck list, and the daemon is ready for batches",
        .timeLimit(.minutes(5)))
    func reserve() async throws {
        let estate = try Estate()
        _ = try estate.take(Estate.batch())
        let store = estate.open.store
        let free = Mutex<Int64>(999)
        let reserve = DiskReserve(bytes: 1_000_000) { _ in free.withLock { $0 } }
        let now = instant("2026-02-10T00:00:00Z")
        try await closing(estate.open, at: .standing(at: now), reserve: reserve) { health in
            try await until { try store.failedClose() != nil }
            #expect(health.reason() == nil && !health.isTroubled)
            #expect(
                try store.failedClose()?.reason.contains("the 1000000 bytes that are kept for batches")
                    == true)
            #expect(try StatusReport(store, now: now).text.contains("2026-01 cannot be closed since"))
            // It is tried again and again with other room, and noted once.
            for bytes in [998, 997, 996] as [Int64] {
                free.withLock { $0 = bytes }
                try await Task.sleep(for: .milliseconds(150))
            }
            #expect(try store.audit(AuditFilter(act: .closeFailed)).count == 1)
            #expect(health.reason() == nil)
            #expect(try store.earliestOpen() == 0)
            _ = try estate.take(Estate.batch("B-2", sequence: 2), received: now)
            free.withLock { $0 = 1 << 40 }
            try await until { try store.earliestOpen() == 1 }
            #expect(try store.failedClose() == nil)
            #expect(try !StatusReport(store, now: now).text.contains("Stuck"))
        }
    }

    @Test("A close by hand that would take of the disk's reserve is on the stuck list as well")
    func reserveByHand() throws {
        let estate = try Estate()
        _ = try estate.take(Estate.batch())
        let store = estate.open.store
        let closer = PeriodCloser(
            store: store, signer: estate.open.signer, reserve: DiskReserve(bytes: 1_000_000) { _ in 999 })
        for _ in 1...2 {
            #expect(throws: StoreTrouble.self) {
                try closer.closeNoting(0, at: instant("2026-02-10T00:00:00Z"))
            }
        }
        #expect(try store.audit(AuditFilter(act: .closeFailed)).count == 1)
        #expect(try store.failedClose()?.reason.hasPrefix("it waits until there is more room") == true)
        #expect(try store.failedClose()?.waitsForRoom == true)
    }
}
