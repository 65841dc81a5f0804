import Foundation

/// An address of IPv4 or IPv6, and whether it is one of the public internet.
struct NetworkAddress: Hashable, Sendable {
    /// 4 or 16.
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        precondition(bytes.count == 4 || bytes.count == 16, "an address has 4 bytes or 16")
        self.bytes = bytes
    }

    /// Whether it leads to none of the networks that are not the internet's: this machine, private and link-local ones,
    /// multicast, documentation, and of IPv6 all but global unicast, so that no address of IPv4 stands hidden in it.
    var isPublic: Bool {
        guard bytes.count == 16 else { return !Self.isInside(bytes, Self.notPublicV4) }
        return Self.isInside(bytes, [([0x20], 3)]) && !Self.isInside(bytes, Self.notPublicV6)
    }

    private typealias Network = (beginning: [UInt8], bits: Int)

    /// RFC 6890 and what came after it.
    private static let notPublicV4: [Network] = [
        ([0], 8), ([10], 8), ([100, 64], 10), ([127], 8), ([169, 254], 16), ([172, 16], 12),
        ([192, 0, 0], 24),
        ([192, 0, 2], 24), ([192, 88, 99], 24), ([192, 168], 16), ([198, 18], 15), ([198, 51, 100], 24),
        ([203, 0, 113], 24), ([224], 4), ([240], 4),
    ]

    /// Within global unicast: Teredo and its neighbours, documentation, and 6to4, which holds an address of IPv4.
    private static let notPublicV6: [Network] = [
        ([0x20, 0x01, 0x00], 23), ([0x20, 0x01, 0x0D, 0xB8], 32), ([0x20, 0x02], 16), ([0x3F, 0xFF], 20),
    ]

    private static func isInside(_ bytes: [UInt8], _ networks: [Network]) -> Bool {
        networks.contains { beginning, bits in
            (0..<bits).allSatisfy { bit in
                let mask: UInt8 = 0x80 >> UInt8(bit % 8)
                let expected = bit / 8 < beginning.count ? beginning[bit / 8] : 0
                return bytes[bit / 8] & mask == expected & mask
            }
        }
    }
}

extension NetworkAddress: CustomStringConvertible {
    /// As a connection is made to it: by numbers alone.
    var description: String {
        guard bytes.count == 16 else { return bytes.map { "\($0)" }.joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2)
            .map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }.joined(separator: ":")
    }
}

extension NetworkAddress {
    /// The addresses of a name, the best first, as the system has them now; of an address, itself. It may block for as
    /// long as the system asks others. Throws `trouble` where there is none.
    static func lookUp(_ host: String) throws(Failure) -> [NetworkAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        // glibc gives the kind as an enumeration, Darwin as a number.
        #if canImport(Glibc)
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        var first: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &first)
        guard code == 0 else {
            throw .trouble(host, "has no address: \(String(cString: gai_strerror(code)))")
        }
        defer { freeaddrinfo(first) }
        var found: [NetworkAddress] = []
        var next = first
        while let entry = next {
            if let address = NetworkAddress(entry.pointee), !found.contains(address) { found.append(address) }
            next = entry.pointee.ai_next
        }
        guard !found.isEmpty else { throw .trouble(host, "has no address") }
        return found
    }

    private init?(_ entry: addrinfo) {
        guard let address = entry.ai_addr else { return nil }
        switch entry.ai_family {
        case AF_INET:
            let bytes = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                withUnsafeBytes(of: $0.pointee.sin_addr) { [UInt8]($0) }
            }
            self.init(bytes)
        case AF_INET6:
            let bytes = address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                withUnsafeBytes(of: $0.pointee.sin6_addr) { [UInt8]($0) }
            }
            self.init(bytes)
        default: return nil
        }
    }
}
