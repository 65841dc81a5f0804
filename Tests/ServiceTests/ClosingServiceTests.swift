import Foundation
import GRDB
import Logging
import NIOPosix
import ServiceLifecycle
import Settlement
import Testing

@testable import Service
@testable import Store

@Suite("Periods that close by themselves")
struct ClosingServiceTests {
    /// Runs the service until `body` returns.
    private func serving(
        _ estate: Estate, at now: WallClock, _ body: @escaping @Sendable (Health) async throws -> Void
    ) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let health = Health(logger: logger)
        let thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
        let service = ClosingService(
            closer: PeriodCloser(store: estate.open.store, signer: estate.open.signer), health: health,
            clock: now, logger: logger, thread: thread, patience: 0.05)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)],
                logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let result = await Result { try await body(health) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try await thread.shutdownGracefully()
            try result.get()
        }
    }

    /// Waits until something holds; a test that waits for ever is ended by its time limit.
    private func until(_ holds: () throws -> Bool) async throws {
        while try !holds() { try await Task.sleep(for: .milliseconds(20)) }
    }

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
        try await serving(estate, at: .standing(at: instant("2026-04-20T00:00:00Z"))) { health in
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
        try await serving(estate, at: .standing(at: now)) { health in
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
}

extension Result where Failure == any Error {
    fileprivate init(_ work: () async throws -> Success) async {
        do { self = .success(try await work()) } catch { self = .failure(error) }
    }
}
