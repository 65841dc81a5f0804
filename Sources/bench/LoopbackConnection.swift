import Foundation

/// One keep-alive connection to a daemon on this machine; it blocks.
final class LoopbackConnection {
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    /// How much of `buffer` holds bytes that were not looked at.
    private var held = 0

    /// What a peer did that it should not have.
    struct Broken: Error, CustomStringConvertible {
        let description: String
    }

    /// Connects to a port of 127.0.0.1, and to no other machine.
    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) }
        }
        guard descriptor >= 0, status == 0 else {
            throw Broken(description: "cannot connect to port \(port): \(String(cString: strerror(errno)))")
        }
        var yes: Int32 = 1
        setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(descriptor) }

    /// Sends a request and reads the answer to its end; throws when its status is another one.
    func exchange(_ request: [UInt8], expecting status: Int) throws {
        var offset = 0
        while offset < request.count {
            let sent = request.withUnsafeBytes { bytes in
                send(
                    descriptor, bytes.baseAddress! + offset, bytes.count - offset,
                    Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { throw broken("cannot send") }
            offset += sent
        }
        let answer = try read()
        guard answer.status == status else {
            throw Broken(description: "expected \(status), found \(answer.status): \(answer.body)")
        }
    }

    private func read() throws -> (status: Int, body: String) {
        var end: Int?
        while end == nil {
            try fill()
            end = endOfHead
        }
        guard let end else { preconditionFailure("the loop above finds it") }
        let head = String(decoding: buffer[..<end], as: UTF8.self).lowercased().split(separator: "\r\n")
        let length = head.first { $0.hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst("content-length:".count).drop { $0 == " " }) }
        guard let status = head.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }),
            let length
        else { throw Broken(description: "expected a status and a length, found \(head)") }
        while held < end + length { try fill() }
        let body = status < 300 ? "" : String(decoding: buffer[end..<(end + length)], as: UTF8.self)
        held -= end + length
        guard held == 0 else { throw Broken(description: "an answer is followed by what nobody asked for") }
        return (status, body)
    }

    /// Where the head's empty line ends.
    private var endOfHead: Int? {
        guard held >= 4 else { return nil }
        return (4...held).first { end in buffer[(end - 4)..<end].elementsEqual("\r\n\r\n".utf8) }
    }

    private func fill() throws {
        if held == buffer.count { buffer.append(contentsOf: repeatElement(0, count: buffer.count)) }
        let count = buffer.withUnsafeMutableBytes { bytes in
            recv(descriptor, bytes.baseAddress! + held, bytes.count - held, 0)
        }
        guard count > 0 else { throw broken("the answer broke off") }
        held += count
    }

    private func broken(_ what: String) -> Broken {
        Broken(description: "\(what): \(String(cString: strerror(errno)))")
    }
}
