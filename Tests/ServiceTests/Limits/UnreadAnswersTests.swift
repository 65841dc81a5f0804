import Foundation
import Service
import Testing

@Suite("A client that does not read")
struct UnreadAnswersTests {
    /// A plain socket, as the harness's connections read eagerly.
    private func connect(_ url: String) throws -> Int32 {
        let port = try #require(url.split(separator: ":").last.flatMap { UInt16($0) })
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var room: Int32 = 4_096
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &room, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
        return descriptor
    }

    /// Sends without waiting and without a signal; gives what `send` gives.
    private func send(_ bytes: [UInt8], _ descriptor: Int32) -> Int {
        bytes.withUnsafeBytes {
            Foundation.send(
                descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
        }
    }

    @Test("It is cut off when nothing of its answers gets away for the idle time", .timeLimit(.minutes(5)))
    func unread() async throws {
        let estate = try Estate()
        var limits = ServerLimits.patient
        limits.idleSeconds = 1
        try await withDaemon(estate, limits: limits) { url, _ in
            let descriptor = try connect(url)
            defer { close(descriptor) }
            let requests = Array(repeating: request("GET /README.md"), count: 400).flatMap { $0 }
            var isCut = false
            // Nothing is ever read here: only the daemon can end it.
            while !isCut {
                if send(requests, descriptor) < 0, errno != EAGAIN { isCut = true }
                try await Task.sleep(for: .milliseconds(200))
            }
            #expect(try await ask(url, request("GET /healthz")).status == 200)
        }
    }

    @Test("One that reads slowly, but reads, gets its answer whole", .timeLimit(.minutes(5)))
    func slow() async throws {
        let estate = try Estate()
        var limits = ServerLimits.patient
        // Far more than it takes, however busy the machine is.
        limits.idleSeconds = 1_200
        try await withDaemon(estate, limits: limits) { url, _ in
            let whole = try await ask(url, request("GET /README.md"))
            let descriptor = try connect(url)
            defer { close(descriptor) }
            _ = send(request("GET /README.md", headers: [("Connection", "close")]), descriptor)
            var got: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 2_000)
            while true {
                let count = recv(descriptor, &piece, piece.count, 0)
                guard count > 0 else { break }
                got += piece[..<count]
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(Array(got.suffix(whole.body.count)) == whole.body)
        }
    }
}
