import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Who is held to account for what a request takes, as long as nothing that it says is proved.
enum Peer: Hashable, Sendable {
    /// An address of IPv4.
    case address(UInt32)
    /// The first half of an address of IPv6: the rest of it is the subscriber's to choose.
    case network(UInt64)
    /// Nobody knows an address, as behind a Unix socket: whoever the signature names.
    case claimant(Claimant)

    /// Nil: there is no address.
    init?(_ address: SocketAddress?) {
        switch address {
        case .v4(let address): self = .address(UInt32(bigEndian: address.address.sin_addr.s_addr))
        case .v6(let address):
            let bytes = withUnsafeBytes(of: address.address.sin6_addr) { Array($0) }
            let isMapped = bytes[..<12] == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
            let number = (isMapped ? bytes[12...] : bytes[..<8]).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            self = isMapped ? .address(UInt32(number)) : .network(number)
        case .unixDomainSocket, nil: return nil
        }
    }
}

/// A request's surroundings: where its connection comes from.
struct PeerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    private let address: Peer?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        address = Peer(source.channel.remoteAddress)
    }

    /// Who sent the request: behind a proxy the last that it names in `X-Forwarded-For`, for what stands before
    /// that is the client's own word. Nil: nobody knows.
    func peer(of request: Request, isBehindProxy: Bool) -> Peer? {
        guard isBehindProxy else { return address }
        guard let named = request.headers[values: .forwardedFor].last?.split(separator: ",").last else {
            return nil
        }
        let text = named.filter { $0 != " " && $0 != "\t" }
        return Peer(try? SocketAddress(ipAddress: text, port: 0))
    }
}

extension HTTPField.Name {
    fileprivate static var forwardedFor: HTTPField.Name {
        guard let name = HTTPField.Name("X-Forwarded-For") else { preconditionFailure("it is a token") }
        return name
    }
}
