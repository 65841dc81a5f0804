import Fixtures
import Foundation
import Logging
import Testing

@testable import Service

@Suite("More time to start")
struct StartExtensionTests {
    @Test("As long as it lasts a minute more is asked for, at once and again and again, and not afterwards")
    func asks() async throws {
        let scratch = try Scratch()
        let listener = try DatagramListener(scratch.file("notify"))
        let start = StartExtension(
            manager: ServiceManager(socket: scratch.file("notify")), logger: Logger(label: "test"),
            interval: .milliseconds(20))
        start.begin()
        start.begin()
        for _ in 0..<4 { #expect(try await listener.heardWord() == "EXTEND_TIMEOUT_USEC=60000000") }
        start.end()
        // One may be on its way.
        while listener.hears(within: 300) {
            #expect(listener.next()?.hasPrefix("EXTEND_TIMEOUT_USEC=") == true)
        }
        #expect(!listener.hears(within: 200))
        start.begin()
        #expect(try await listener.heardWord() == "EXTEND_TIMEOUT_USEC=60000000", "it may begin anew")
        start.end()
    }

    @Test("Where no service manager listens, nobody is asked")
    func nobody() {
        let start = StartExtension(manager: ServiceManager(socket: nil), logger: Logger(label: "test"))
        start.begin()
        start.end()
    }
}
