import Fixtures
import Foundation
import Testing

@testable import Service

@Suite("The word to the service manager")
struct ServiceManagerTests {
    @Test("Messages arrive as single datagrams at a socket with a path")
    func path() throws {
        let scratch = try Scratch()
        let listener = try DatagramListener(scratch.file("notify"))
        let manager = ServiceManager(socket: scratch.file("notify"))
        try manager.tell(.ready)
        try manager.tell(.stopping)
        #expect(listener.next() == "READY=1")
        #expect(listener.next() == "STOPPING=1")
    }

    @Test("Messages arrive at a socket in the abstract namespace")
    func abstract() throws {
        let name = "@settled-test-\(UUID().uuidString)"
        let listener = try DatagramListener(name)
        try ServiceManager(socket: name).tell(.ready)
        #expect(listener.next() == "READY=1")
    }

    @Test("Without a socket, telling does nothing")
    func nobody() {
        #expect(throws: Never.self) { try ServiceManager(socket: nil).tell(.ready) }
    }

    @Test(
        "A socket that is not there, and a name that is none, are troubles",
        arguments: ["/nowhere/notify", "relative", "", "/" + String(repeating: "x", count: 200)])
    func absent(name: String) {
        let failure = #expect(throws: Failure.self) { try ServiceManager(socket: name).tell(.ready) }
        #expect(failure?.kind == .trouble)
    }

    @Test("What is told is one datagram, and a line stays one")
    func words() throws {
        let scratch = try Scratch()
        let listener = try DatagramListener(scratch.file("notify"))
        let manager = ServiceManager(socket: scratch.file("notify"))
        try manager.tell(.reloading(since: 17))
        try manager.tell(.alive)
        try manager.tell(.status("not ready: a\nREADY=1"))
        #expect(listener.next() == "RELOADING=1\nMONOTONIC_USEC=17")
        #expect(listener.next() == "WATCHDOG=1")
        #expect(listener.next() == "STATUS=not ready: a; READY=1")
    }

    @Test("A watchdog is heeded when it is this process's, and has a time")
    func watchdog() {
        func watchdog(_ environment: [String: String]) -> Duration? {
            ServiceManager(environment: environment, process: 7).watchdog
        }
        #expect(watchdog([:]) == nil)
        #expect(watchdog(["WATCHDOG_USEC": "2000000"]) == .seconds(2))
        #expect(watchdog(["WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "7"]) == .seconds(2))
        #expect(watchdog(["WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "8"]) == nil)
        for wrong in ["0", "-1", "soon", ""] {
            #expect(watchdog(["WATCHDOG_USEC": wrong]) == nil, "\(wrong)")
        }
    }
}
