/// Where deliveries may go.
public struct DeliverySettings: Hashable, Sendable {
    /// The folder with one folder a receiver; nil: what is meant for folders waits.
    public var folder: String?
    /// Whether endpoints may have addresses of private networks and of this machine, and speak plain HTTP.
    public var allowsPrivate = false
    /// PEM: certificates that are trusted besides the system's.
    public var authorities: String?

    public init(folder: String? = nil, allowsPrivate: Bool = false, authorities: String? = nil) {
        self.folder = folder
        self.allowsPrivate = allowsPrivate
        self.authorities = authorities
    }
}
