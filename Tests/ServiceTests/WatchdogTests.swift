import Fixtures
import Foundation
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Service

@Suite("The watchdog")
struct WatchdogTests {
    private let scratch: Scratch
    private let listener: DatagramListener
    private let health = Health(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

    init() throws {
        scratch = try Scratch()
        listener = try DatagramListener(scratch.file("notify"))
    }

    private func watchdog(
        _ loops: any EventLoopGroup, patience: Duration = Watchdog.patience
    ) -> Watchdog {
        Watchdog(
            manager: ServiceManager(socket: scratch.file("notify")), interval: .milliseconds(200),
            loops: loops,
            health: health, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            patience: patience)
    }

    @Test("It says that the daemon lives, again and again, but not while an event loop hangs")
    func loops() async throws {
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let watchdog = watchdog(loops)
        let running = Task { try await watchdog.run() }
        for _ in 0..<3 { #expect(try await listener.heard() == "WATCHDOG=1") }
        let gate = DispatchSemaphore(value: 0)
        let isHeld = DispatchSemaphore(value: 0)
        loops.next().execute {
            isHeld.signal()
            gate.wait()
        }
        try await blocking { isHeld.wait() }
        // What was on its way when the loop began to hang.
        try await listener.drain(within: 1_000)
        #expect(try await !listener.hasHeard(within: 1_000))
        gate.signal()
        #expect(try await listener.heard() == "WATCHDOG=1")
        running.cancel()
        try await running.value
        try await loops.shutdownGracefully()
    }

    @Test("It is silent when the watch over the store has not come round for too long")
    func store() async throws {
        let watchdog = watchdog(MultiThreadedEventLoopGroup.singleton, patience: .seconds(1))
        let running = Task { try await watchdog.run() }
        // Only the watch over the store beats, and here is none: twice this test does, until it is heard.
        for _ in 0..<2 {
            let beating = Task {
                while !Task.isCancelled {
                    health.beat()
                    try? await Task.sleep(for: .milliseconds(50))
                }
            }
            #expect(try await listener.heard() == "WATCHDOG=1")
            beating.cancel()
            await beating.value
            try await listener.drain(within: 1_500)
        }
        #expect(try await !listener.hasHeard(within: 500))
        running.cancel()
        try await running.value
    }

    @Test("The store may wait for another process, and a minute")
    func patience() {
        #expect(Watchdog.patience == .seconds(360))
    }
}
