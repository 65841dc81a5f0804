import Foundation
import Logging

/// The service manager that started the daemon, as it listens on `NOTIFY_SOCKET`: told by datagram when the
/// daemon is ready, reads its configuration again, lives and stops. Without such a socket, telling does nothing.
public struct ServiceManager: Sendable {
    /// What it can be told.
    public enum Message: Hashable, Sendable {
        case ready
        /// Begun at this reading of the monotonic clock, in microseconds; ends with `ready`.
        case reloading(since: UInt64)
        case stopping
        /// Starting takes longer: not to be given up before this time from now on, in place of the unit's own limit.
        case startExtended(by: Duration)
        /// For its watchdog.
        case alive
        /// One line for a person.
        case status(String)
    }

    /// The socket's path; `@` first means Linux's abstract namespace. Nil: nobody listens.
    public let socket: String?
    /// How long the daemon may be silent before its watchdog ends it; nil: it has none.
    public let watchdog: Duration?

    public init(socket: String?, watchdog: Duration? = nil) {
        self.socket = socket
        self.watchdog = watchdog
    }

    /// The one that started this process, if one did.
    public static func ofThisProcess() -> ServiceManager {
        ServiceManager(environment: ProcessInfo.processInfo.environment, process: getpid())
    }

    /// By `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`, which may name another process than this one: then the
    /// watchdog is not for us.
    init(environment: [String: String], process: Int32) {
        let isOurs = environment["WATCHDOG_PID"].map { Int32($0) == process } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) }.flatMap { $0 > 0 ? $0 : nil }
        self.init(
            socket: environment["NOTIFY_SOCKET"],
            watchdog: isOurs ? microseconds.map { .microseconds($0) } : nil)
    }

    /// Sends one datagram; throws `trouble` when there is a socket and it does not take it.
    public func tell(_ message: Message) throws(Failure) {
        guard let socket else { return }
        try send(Array(message.text.utf8), to: socket)
    }

    /// Tells; a service manager that does not listen is worth a line in the log, and no more.
    func tell(_ message: Message, _ logger: Logger) {
        do throws(Failure) { try tell(message) } catch { logger.warning("\(error)") }
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

extension ServiceManager.Message {
    /// The datagram's lines, as sd_notify(3) has them.
    var text: String {
        switch self {
        case .ready: "READY=1"
        case .reloading(let since): "RELOADING=1\nMONOTONIC_USEC=\(since)"
        case .stopping: "STOPPING=1"
        case .startExtended(let time): "EXTEND_TIMEOUT_USEC=\(UInt64(time / .microseconds(1)))"
        case .alive: "WATCHDOG=1"
        case .status(let line): "STATUS=" + line.split(whereSeparator: \.isNewline).joined(separator: "; ")
        }
    }

    /// The configuration is read again from now on.
    static var reloading: ServiceManager.Message {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return .reloading(since: UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1_000)
    }
}
