import Foundation

/// One TCP connection to a daemon, to which a test writes exactly the bytes it wants.
///
/// Its calls block, so they run on threads of their own: the daemon under test needs those of Swift.
final class Connection: Sendable {
    private let descriptor: Int32

    struct Broken: Error {
        let attempt: String
        let reason: String
    }

    /// `url` is `http://127.0.0.1:PORT`; `source` is the address that it comes from, another one of the loopback.
    init(_ url: String, from source: String = "127.0.0.1") async throws {
        let port = url.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
        descriptor = try await blocking { try Self.connect(port: port, from: source) }
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) async throws {
        let descriptor = descriptor
        try await blocking {
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes { buffer in
                    Foundation.send(
                        descriptor, buffer.baseAddress! + sent, buffer.count - sent,
                        Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else {
                    throw Broken(attempt: "send", reason: String(cString: strerror(errno)))
                }
                sent += count
            }
        }
    }

    /// One whole answer, by its Content-Length; throws when the connection ends before.
    func answer() async throws -> Reply {
        let descriptor = descriptor
        return try await blocking {
            var bytes: [UInt8] = []
            while true {
                if let reply = Reply(bytes) { return reply }
                var piece = [UInt8](repeating: 0, count: 1 << 16)
                let count = recv(descriptor, &piece, piece.count, 0)
                guard count > 0 else {
                    throw Broken(
                        attempt: "read an answer", reason: "the connection ended after \(bytes.count) bytes")
                }
                bytes += piece[..<count]
            }
        }
    }

    /// All that comes until the daemon closes the connection.
    func everything() async throws -> [UInt8] {
        let descriptor = descriptor
        return try await blocking {
            var bytes: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = recv(descriptor, &piece, piece.count, 0)
                guard count >= 0 else {
                    throw Broken(attempt: "read to the end", reason: String(cString: strerror(errno)))
                }
                guard count > 0 else { return bytes }
                bytes += piece[..<count]
            }
        }
    }

    /// Connects, sends these bytes and reads until the daemon closes the connection, in one go: a limit of a few
    /// seconds is not met by the test itself. What cannot be sent any more is not.
    static func exchange(_ url: String, _ bytes: [UInt8]) async throws -> [UInt8] {
        let port = url.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
        return try await blocking {
            let descriptor = try connect(port: port)
            defer { close(descriptor) }
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes { buffer in
                    Foundation.send(
                        descriptor, buffer.baseAddress! + sent, buffer.count - sent, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { break }
                sent += count
            }
            var answer: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = recv(descriptor, &piece, piece.count, 0)
                guard count > 0 else { return answer }
                answer += piece[..<count]
            }
        }
    }

    private static func connect(port: UInt16, from source: String = "127.0.0.1") throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr(source)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0 else { throw Broken(attempt: "bind", reason: String(cString: strerror(errno))) }
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        // Other tests may keep all of Swift's threads busy for a while: the end of a hang, not a measure of speed.
        var patience = timeval(tv_sec: 300, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Broken(attempt: "connect", reason: String(cString: strerror(errno))) }
        return descriptor
    }
}

/// Runs what blocks on a thread of its own.
func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: work)) }
    }
}
