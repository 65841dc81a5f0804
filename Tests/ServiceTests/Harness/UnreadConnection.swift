import Foundation

/// One TCP connection whose answer is not read beyond its head, so that what is long stays with the daemon.
final class UnreadConnection: Sendable {
    private let descriptor: Int32
    /// The head of the answer.
    let head: String

    struct Broken: Error {
        let reason: String
    }

    /// Sends a request and waits for the head of the answer.
    init(_ url: String, _ request: [UInt8]) async throws {
        (descriptor, head) = try await blocking {
            let descriptor = try Self.connect(url)
            do {
                let sent = request.withUnsafeBytes {
                    send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard sent == request.count else { throw Broken(reason: "the request is not sent") }
                return (descriptor, try Self.head(descriptor))
            } catch {
                close(descriptor)
                throw error
            }
        }
    }

    deinit { close(descriptor) }

    var status: Int { Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0 }

    private static func head(_ descriptor: Int32) throws -> String {
        var bytes = [UInt8](repeating: 0, count: 1 << 11)
        while true {
            let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_PEEK))
            guard count > 0 else { throw Broken(reason: "the connection ended") }
            let parts = String(decoding: bytes[..<count], as: UTF8.self).components(separatedBy: "\r\n\r\n")
            if parts.count > 1 { return parts[0] }
            usleep(1_000)
        }
    }

    private static func connect(_ url: String) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        // The system takes little of an answer off the daemon's hands: how much is a matter of how large segments are.
        for (level, option, value) in [
            (SOL_SOCKET, SO_RCVBUF, Int32(4_096)), (Int32(IPPROTO_TCP), TCP_MAXSEG, Int32(536)),
        ] {
            var value = value
            setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
        }
        var patience = timeval(tv_sec: 300, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = (url.split(separator: ":").last.flatMap { UInt16($0) } ?? 0).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw Broken(reason: reason)
        }
        return descriptor
    }
}
