import Foundation

/// The listening sockets that whoever started the process opened for it, as systemd does for a unit with a `.socket`
/// beside it: numbers from 3 on, told by `LISTEN_PID`, `LISTEN_FDS` and `LISTEN_FDNAMES`.
public struct InheritedSockets: Sendable {
    /// One of them, checked.
    struct Socket: Hashable, Sendable {
        let descriptor: Int32
        let address: DaemonConfiguration.Listen
    }

    /// The name that a socket for HTTP has, `FileDescriptorName=` of its unit.
    static let name = "http"
    private static let variables = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]
    private static let first: Int32 = 3
    private static let most: Int32 = 64

    let sockets: [Socket]

    public var isEmpty: Bool { sockets.isEmpty }

    /// None: the daemon opens its own.
    public static let none = InheritedSockets(sockets: [])

    /// Takes what this process was given, once: the variables are gone then, and no program that is started from here
    /// has the sockets.
    ///
    /// Throws `misused` for what is no listening stream socket, or has another name than `http`.
    public static func take() throws(Failure) -> InheritedSockets {
        let environment = ProcessInfo.processInfo.environment
        for variable in variables { unsetenv(variable) }
        return try InheritedSockets(environment: environment, process: getpid())
    }

    private init(sockets: [Socket]) { self.sockets = sockets }

    /// Those that the variables tell this process of.
    init(environment: [String: String], process: Int32, first: Int32 = first) throws(Failure) {
        guard let told = environment["LISTEN_PID"], let text = environment["LISTEN_FDS"],
            Int32(told) == process
        else {
            sockets = []
            return
        }
        guard let count = Int32(text), (0...Self.most).contains(count) else {
            throw .misused("LISTEN_FDS", "expected a number of sockets, 0 … \(Self.most), found \(text)")
        }
        let names = environment["LISTEN_FDNAMES"].map {
            $0.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        }
        var sockets: [Socket] = []
        for (place, descriptor) in (first..<first + count).enumerated() {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            let name = names.map { $0.indices.contains(place) ? $0[place] : "" } ?? Self.name
            guard name == Self.name else {
                throw .misused(
                    "LISTEN_FDNAMES", "descriptor \(descriptor) is called \(name), expected \(Self.name)",
                    hint: "FileDescriptorName=http in the socket's unit")
            }
            sockets.append(try Self.checked(descriptor))
        }
        self.sockets = sockets
    }

    private static func checked(_ descriptor: Int32) throws(Failure) -> Socket {
        let place = "LISTEN_FDS: descriptor \(descriptor)"
        let hint = "ListenStream= with Accept=no in the socket's unit"
        guard let kind = option(SO_TYPE, of: descriptor) else {
            throw .misused(place, "is no socket, expected one that listens: \(systemReason())", hint: hint)
        }
        guard kind == streamKind else {
            throw .misused(place, "is a socket of another kind, expected a stream", hint: hint)
        }
        guard option(SO_ACCEPTCONN, of: descriptor) == 1 else {
            throw .misused(place, "is a socket that does not listen, expected one that does", hint: hint)
        }
        guard let address = address(of: descriptor) else {
            throw .misused(
                place, "is a socket of another family, expected one of the internet or a Unix one", hint: hint
            )
        }
        return Socket(descriptor: descriptor, address: address)
    }

    private static func option(_ name: Int32, of descriptor: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
    }

    // glibc gives the kind as an enumeration, Darwin as a number.
    #if canImport(Glibc)
        private static let streamKind = Int32(SOCK_STREAM.rawValue)
    #else
        private static let streamKind = SOCK_STREAM
    #endif
}

extension InheritedSockets {
    /// Where it listens; nil: neither by an address of the internet nor by a path.
    private static func address(of descriptor: Int32) -> DaemonConfiguration.Listen? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard status == 0 else { return nil }
        switch Int32(storage.ss_family) {
        case AF_UNIX: return .socket(path: path(of: storage, length: Int(length)))
        case AF_INET, AF_INET6: return internet(storage, length: length)
        default: return nil
        }
    }

    private static func internet(
        _ storage: sockaddr_storage, length: socklen_t
    ) -> DaemonConfiguration.Listen? {
        var (host, port) = ([CChar](repeating: 0, count: 128), [CChar](repeating: 0, count: 16))
        let status = withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                getnameinfo(
                    address, length, &host, socklen_t(host.count), &port, socklen_t(port.count),
                    NI_NUMERICHOST | NI_NUMERICSERV)
            }
        }
        guard status == 0, let number = Int(text(port)) else { return nil }
        return .address(host: text(host), port: number)
    }

    /// `@` first for Linux's abstract namespace.
    private static func path(of storage: sockaddr_storage, length: Int) -> String {
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        let bytes = withUnsafeBytes(of: storage) { Array($0[min(offset, length)..<length]) }
        guard bytes.first == 0, bytes.count > 1 else {
            return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return "@" + String(decoding: bytes.dropFirst(), as: UTF8.self)
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
