import Fixtures
import Foundation
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import Service

/// One round of it. That it goes round a daemon that is built and stopped dead shows (SystemdTests): in this process,
/// whose few threads for tasks other tests hold for minutes, it would rightly be silent.
@Suite("The watchdog")
struct WatchdogTests {
    private let scratch: Scratch
    private let listener: DatagramListener

    init() throws {
        scratch = try Scratch()
        listener = try DatagramListener(scratch.file("notify"))
    }

    private func watchdog(
        _ loops: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        patience: Duration = .seconds(3600)
    ) -> Watchdog {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return Watchdog(
            manager: ServiceManager(socket: scratch.file("notify")), interval: .seconds(1), loops: loops,
            health: Health(logger: logger), logger: logger, patience: patience)
    }

    @Test("It says that the daemon lives, but not as long as an event loop hangs")
    func loops() async throws {
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let watchdog = watchdog(loops)
        #expect(await watchdog.round())
        #expect(listener.hears(within: 0) && listener.next() == "WATCHDOG=1")
        let gate = DispatchSemaphore(value: 0)
        let isHeld = DispatchSemaphore(value: 0)
        loops.next().execute {
            isHeld.signal()
            gate.wait()
        }
        try await blocking { isHeld.wait() }
        async let told = watchdog.round()
        let listener = listener
        let isHeard = try await blocking { listener.hears(within: 1_000) }
        #expect(!isHeard)
        gate.signal()
        let isTold = await told
        #expect(isTold)
        #expect(listener.hears(within: 0) && listener.next() == "WATCHDOG=1")
        try await loops.shutdownGracefully()
    }

    @Test("It is silent when the watch over the store has not come round for too long")
    func store() async {
        #expect(await !watchdog(patience: .zero).round())
        #expect(!listener.hears(within: 0))
    }

    @Test("The store may wait for another process, and a minute")
    func patience() {
        #expect(Watchdog.patience == .seconds(360))
    }
}
