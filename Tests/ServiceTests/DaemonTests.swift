import Fixtures
import Foundation
import Logging
import Service
import Settlement
import Signing
import Testing

@Suite("The daemon's life")
struct DaemonTests {
    @Test("The service manager hears that it is ready, then that it stops")
    func notifies() async throws {
        let estate = try Estate()
        let listener = try DatagramListener(estate.scratch.file("notify"))
        let manager = ServiceManager(socket: estate.scratch.file("notify"))
        try await withDaemon(estate, manager: manager) { url, stop in
            #expect(try await listener.heardWord() == "READY=1")
            let health = try await ask(url, request("GET /healthz"))
            #expect(health.status == 200)
            await stop()
        }
        #expect(try await listener.heardWord() == "STOPPING=1")
    }

    @Test("A batch in hand is finished after the daemon was told to stop, and then it ends")
    func finishesBatch() async throws {
        let estate = try Estate()
        let listener = try DatagramListener(estate.scratch.file("notify"))
        let manager = ServiceManager(socket: estate.scratch.file("notify"))
        try await withDaemon(estate, manager: manager) { url, stop in
            _ = try await listener.heardWord()
            let bytes = Estate.batch()
            let upload = upload(bytes, signature: estate.merchantKey.sign(bytes))
            let connection = try await Connection(url)
            try await connection.send(Array(upload.dropLast(50)))
            // Answers from every thread that serves sockets: the first half has been read before the last of
            // them.
            for _ in 0..<(2 * ProcessInfo.processInfo.activeProcessorCount) {
                let health = try await ask(url, request("GET /healthz"))
                #expect(health.status == 200)
            }
            await stop()
            #expect(try await listener.heardWord() == "STOPPING=1")
            try await connection.send(Array(upload.suffix(50)))
            let reply = try await connection.answer()
            #expect(reply.status == 201)
            guard case .copy(let receipt) = try estate.take(bytes) else {
                Issue.record("the batch was not stored")
                return
            }
            #expect(receipt.bytes == reply.body)
        }
    }

    @Test("A batch that breaks off is not stored")
    func brokenOff() async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            let bytes = Estate.batch()
            let upload = upload(bytes, signature: estate.merchantKey.sign(bytes))
            do {
                let connection = try await Connection(url)
                try await connection.send(Array(upload.dropLast(1)))
            }
            #expect(try await ask(url, request("GET /healthz")).status == 200)
        }
        guard case .stored = try estate.take(Estate.batch()) else {
            Issue.record("half a batch was stored")
            return
        }
    }

    @Test("An address that is taken is trouble, and says what to do")
    func taken() async throws {
        let (estate, other) = (try Estate(), try Estate())
        try await withDaemon(estate) { url, _ in
            let port = url.split(separator: ":").last.flatMap { Int($0) } ?? 0
            let second = Daemon(
                configuration: DaemonConfiguration(listen: .address(host: "127.0.0.1", port: port)),
                intake: other.intake, clock: .system, manager: ServiceManager(socket: nil),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let failure = await #expect(throws: Failure.self) { try await second.run() }
            #expect(failure?.kind == .trouble)
            #expect(failure?.hint != nil)
        }
    }

    @Test("A second daemon of a data folder does not start, and says which file the first one has")
    func second() async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            let second = Daemon(
                configuration: DaemonConfiguration(listen: .address(host: "127.0.0.1", port: 0)),
                intake: estate.intake, clock: .system, manager: ServiceManager(socket: nil),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let failure = await #expect(throws: Failure.self) { try await second.run() }
            #expect(failure?.kind == .misused && failure?.hint != nil)
            #expect(failure?.place == estate.open.folder.path + "/tokens.used")
            let ready = try await ask(url, request("GET /readyz"))
            #expect(ready.status == 200)
        }
    }
}
