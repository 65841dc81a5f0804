import Foundation

/// The service manager that started the daemon, as it listens on `NOTIFY_SOCKET`: told by datagram when the
/// daemon is ready and when it stops. Without such a socket, telling does nothing.
public struct ServiceManager: Sendable {
    /// What it can be told.
    public enum Message: String, Hashable, Sendable, CaseIterable {
        case ready = "READY=1"
        case stopping = "STOPPING=1"
    }

    /// The socket's path; `@` first means Linux's abstract namespace. Nil: nobody listens.
    public let socket: String?

    public init(socket: String?) {
        self.socket = socket
    }

    /// The one that started this process, if one did.
    public static func ofThisProcess() -> ServiceManager {
        ServiceManager(socket: ProcessInfo.processInfo.environment["NOTIFY_SOCKET"])
    }

    /// Sends one datagram; throws `trouble` when there is a socket and it does not take it.
    public func tell(_ message: Message) throws(Failure) {
        guard let socket else { return }
        try send(Array(message.rawValue.utf8), to: socket)
    }

    private func send(_ bytes: [UInt8], to name: String) throws(Failure) {
        let place = "NOTIFY_SOCKET \(name)"
        let (address, length) = try address(of: name, place: place)
        // glibc gives the kind as an enumeration, Darwin as a number.
        #if canImport(Glibc)
            let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        #else
            let kind = SOCK_DGRAM
        #endif
        let descriptor = Foundation.socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { throw .trouble(place, "cannot make a socket: \(systemReason())") }
        defer { close(descriptor) }
        let sent = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                sendto(descriptor, bytes, bytes.count, 0, address, length)
            }
        }
        guard sent == bytes.count else {
            throw .trouble(place, "the service manager does not take a message: \(systemReason())")
        }
    }

    private func address(of name: String, place: String) throws(Failure) -> (sockaddr_un, socklen_t) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var path = Array(name.utf8)
        let isAbstract = path.first == UInt8(ascii: "@")
        guard isAbstract || path.first == UInt8(ascii: "/") else {
            throw .trouble(place, "expected a name that begins with / or @")
        }
        if isAbstract { path[0] = 0 }
        let room = MemoryLayout.size(ofValue: address.sun_path)
        // A path ends with NUL; an abstract name is as long as the address says.
        guard path.count + (isAbstract ? 0 : 1) <= room else {
            throw .trouble(place, "the name is too long, expected at most \(room - 1) bytes")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        return (address, socklen_t(offset + path.count + (isAbstract ? 0 : 1)))
    }
}
