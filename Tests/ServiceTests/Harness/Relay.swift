import Foundation
import Synchronization

/// Stands before a daemon and spoils what goes through it, one connection after the other.
final class Relay: Sendable {
    enum Spoiling: Sendable {
        /// Passes the request on and hangs up in place of the answer.
        case lose
        /// Answers itself.
        case say(String)
        /// Hangs up at once.
        case refuse
    }

    let url: String
    private let listener: Int32
    private let count = Mutex(0)

    struct Broken: Error {
        let reason: String
    }

    /// After `spoiling` it passes everything on.
    init(to daemon: String, spoiling: [Spoiling]) throws {
        let port = daemon.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = Self.address(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 8) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard bound else { throw Broken(reason: String(cString: strerror(errno))) }
        url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        Thread { [self] in serve(port, spoiling) }.start()
    }

    deinit { close(listener) }

    /// How many there were.
    var connections: Int { count.withLock { $0 } }

    private func serve(_ port: UInt16, _ spoiling: [Spoiling]) {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { return }
            let number = count.withLock { count in
                defer { count += 1 }
                return count
            }
            handle(client, port, number < spoiling.count ? spoiling[number] : nil)
            close(client)
        }
    }

    private func handle(_ client: Int32, _ port: UInt16, _ spoiling: Spoiling?) {
        if case .refuse = spoiling { return }
        var request = Self.whole(client)
        if case .say(let answer) = spoiling {
            Self.send(Array(answer.utf8), to: client)
            return
        }
        // One request a connection: the next one is spoiled by itself.
        let head = Array("\r\nConnection: close\r\n".utf8)
        if let end = request.firstRange(of: Array("\r\n".utf8)) { request.replaceSubrange(end, with: head) }
        let daemon = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(daemon) }
        var address = Self.address(port: port)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(daemon, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        Self.send(request, to: daemon)
        let answer = Self.whole(daemon)
        if case .lose = spoiling { return }
        Self.send(answer, to: client)
    }

    /// One message with a Content-Length.
    private static func whole(_ descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(descriptor, &piece, piece.count, 0)
            guard count > 0 else { return bytes }
            bytes += piece[..<count]
            if Reply(bytes) != nil { return bytes }
        }
    }

    private static func send(_ bytes: [UInt8], to descriptor: Int32) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    private static func address(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }
}
