import Foundation
import Service
import Testing

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
}
