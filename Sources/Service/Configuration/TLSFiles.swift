/// Where the certificate and its key stand.
public struct TLSFiles: Hashable, Sendable {
    /// PEM: the server's own first, then those that signed it.
    public let certificate: String
    /// PEM, without a password.
    public let key: String

    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }

    /// Throws `misused` when only one of them is named.
    init?(certificate: String?, key: String?, place: String) throws(Failure) {
        switch (certificate, key) {
        case (let certificate?, let key?): self.init(certificate: certificate, key: key)
        case (nil, nil): return nil
        default: throw .misused(place, "expected both certificate and key, found one of them")
        }
    }
}
