import Foundation
import Testing

@testable import Service

@Suite("Sockets that the process was given")
struct InheritedSocketTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// A socket of its own, closed with the test, at a place that nothing else takes.
    private final class Opened {
        let number: Int32

        init(_ family: Int32, _ kind: __socket_type = SOCK_STREAM) {
            number = Self.moved(socket(family, Int32(kind.rawValue), 0))
        }

        init(file: String) { number = Self.moved(open(file, O_RDONLY | O_CREAT, 0o600)) }

        deinit { close(number) }

        /// High enough for no other test to take the next numbers.
        private static func moved(_ low: Int32) -> Int32 {
            defer { close(low) }
            return fcntl(low, F_DUPFD, 700)
        }

        func listen(at path: [UInt8]) -> Bool {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
            return listen(&address, length: 2 + path.count)
        }

        func listenAtLoopback() -> Bool {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            return listen(&address, length: MemoryLayout<sockaddr_in>.size)
        }

        private func listen<Address>(_ address: inout Address, length: Int) -> Bool {
            let number = number
            return withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(number, $0, socklen_t(length)) == 0 && Foundation.listen(number, 1) == 0
                }
            }
        }
    }

    private func take(
        _ opened: Opened, count: String = "1", names: String? = "http", told: String = "7"
    ) throws -> InheritedSockets {
        var environment = ["LISTEN_PID": told, "LISTEN_FDS": count]
        environment["LISTEN_FDNAMES"] = names
        return try InheritedSockets(environment: environment, process: 7, first: opened.number)
    }

    @Test("A listening socket of either kind is taken with its address, and no child gets it")
    func taken() throws {
        let internet = Opened(AF_INET)
        #expect(internet.listenAtLoopback())
        let taken = try take(internet).sockets
        guard case .address("127.0.0.1", let port)? = taken.first?.address else {
            Issue.record("\(taken)")
            return
        }
        #expect(port > 0 && taken.count == 1 && taken[0].descriptor == internet.number)
        #expect(fcntl(internet.number, F_GETFD) & FD_CLOEXEC != 0)
        let unix = Opened(AF_UNIX)
        #expect(unix.listen(at: Array(scratch.file("s").utf8)))
        #expect(try take(unix, names: nil).sockets.map(\.address) == [.socket(path: scratch.file("s"))])
        let name = "settled-test-\(UUID().uuidString)"
        let abstract = Opened(AF_UNIX)
        #expect(abstract.listen(at: [0] + Array(name.utf8)))
        #expect(try take(abstract).sockets.map(\.address) == [.socket(path: "@" + name)])
    }

    @Test("What another process was given, and nothing, is nothing")
    func none() throws {
        let internet = Opened(AF_INET)
        #expect(try take(internet, told: "8").isEmpty)
        #expect(try take(internet, count: "0").isEmpty)
        #expect(try InheritedSockets(environment: [:], process: 7).isEmpty)
        #expect(try InheritedSockets(environment: ["LISTEN_FDS": "1"], process: 7).isEmpty)
    }

    @Test("What is no listening stream socket is refused, and says what to do")
    func refused() throws {
        func refusal(_ opened: Opened, count: String = "1", names: String? = "http") -> Failure? {
            let failure = #expect(throws: Failure.self) { try take(opened, count: count, names: names) }
            #expect(failure?.kind == .misused)
            return failure
        }
        let file = refusal(Opened(file: scratch.file("file")))
        #expect(file?.problem.contains("is no socket") == true && file?.hint != nil)
        let datagram = refusal(Opened(AF_INET, SOCK_DGRAM))
        #expect(datagram?.problem.contains("expected a stream") == true && datagram?.hint != nil)
        let deaf = refusal(Opened(AF_INET))
        #expect(deaf?.problem.contains("does not listen") == true && deaf?.hint != nil)
        let listening = Opened(AF_INET)
        #expect(listening.listenAtLoopback())
        let named = refusal(listening, names: "settled.socket")
        #expect(named?.problem.contains("is called settled.socket, expected http") == true)
        #expect(named?.hint?.contains("FileDescriptorName=http") == true)
        for count in ["-1", "65", "many", ""] {
            #expect(refusal(listening, count: count)?.place == "LISTEN_FDS")
        }
    }
}
