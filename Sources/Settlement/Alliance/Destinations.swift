/// Where what is told to a merchant, or to the operator, is taken to besides being there to be asked for. It settles
/// nothing, and may change at any time.
public struct Destinations: Hashable, Sendable {
    /// A way that something is taken.
    public enum Channel: String, Hashable, Sendable, CaseIterable { case folder, webhook }

    /// Whether to a folder of its own below the daemon's.
    public let folder: Bool
    public let webhook: Webhook?

    public init(folder: Bool = false, webhook: Webhook? = nil) {
        self.folder = folder
        self.webhook = webhook
    }

    public var channels: [Channel] { (folder ? [.folder] : []) + (webhook == nil ? [] : [.webhook]) }
}

/// Whom messages are posted to, and which version of its secret signs them.
public struct Webhook: Hashable, Sendable {
    public let url: WebhookURL
    /// 1 … 1000; from 2 on the one before it signs too, so that the receiver may change over when it likes.
    public let secret: Int

    public init(url: WebhookURL, secret: Int = 1) {
        self.url = url
        self.secret = secret
    }

    static let secrets = 1...1_000

    /// The versions that sign, the newest first.
    public var signing: [Int] { secret > 1 ? [secret, secret - 1] : [secret] }
}

/// `https://HOST[:PORT]/PATH[?QUERY]` in a form that every reader takes alike: the host in lowercase, nobody's name
/// and no fragment in it. `http` is a word for networks of one's own: the daemon has to be told to take it.
public struct WebhookURL: Hashable, Sendable {
    public let text: String
    public let isSecure: Bool
    /// Without the brackets of an address of IPv6.
    public let host: String
    public let port: Int

    static let mostBytes = 500

    public init?(_ text: String) {
        guard (1...Self.mostBytes).contains(text.utf8.count), text.utf8.allSatisfy(Self.isPlain) else {
            return nil
        }
        if text.hasPrefix("https://") {
            isSecure = true
        } else if text.hasPrefix("http://") {
            isSecure = false
        } else {
            return nil
        }
        let authority = text.dropFirst(isSecure ? 8 : 7).prefix { $0 != "/" && $0 != "?" }
        guard let (host, port) = Self.parts(of: authority) else { return nil }
        guard let number = port.isEmpty ? (isSecure ? 443 : 80) : Int(port), (1...65_535).contains(number),
            port.isEmpty || "\(number)" == port
        else { return nil }
        self.text = text
        self.host = String(host)
        self.port = number
    }

    /// Printable ASCII but for what no URL has, what begins a fragment, and what readers disagree on.
    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && !"\"#<>@\\^`{|}".utf8.contains(byte)
    }

    /// A name, an address of IPv4, or one of IPv6 in brackets; the port is empty where none is named.
    private static func parts(of authority: Substring) -> (host: Substring, port: Substring)? {
        let isLiteral = authority.first == "["
        guard let end = isLiteral ? authority.firstIndex(of: "]") : authority.firstIndex(of: ":") else {
            return !isLiteral && isHost(authority) ? (authority, "") : nil
        }
        let host = isLiteral ? authority[..<end].dropFirst() : authority[..<end]
        let rest = isLiteral ? authority[authority.index(after: end)...] : authority[end...]
        guard isLiteral ? isAddress(host) : isHost(host) else { return nil }
        guard !rest.isEmpty else { return (host, "") }
        guard rest.first == ":", rest.count > 1 else { return nil }
        return (host, rest.dropFirst())
    }

    private static func isHost(_ text: Substring) -> Bool {
        (1...253).contains(text.utf8.count)
            && text.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789.-".utf8.contains($0) }
    }

    private static func isAddress(_ text: Substring) -> Bool {
        (2...45).contains(text.utf8.count) && text.utf8.allSatisfy { "abcdef0123456789:.".utf8.contains($0) }
    }
}

extension WebhookURL: CustomStringConvertible {
    public var description: String { text }

    /// For logs and lists: what stands behind the host may be a secret.
    public var site: String {
        "\(isSecure ? "https" : "http")://\(host.contains(":") ? "[\(host)]" : host)"
            + (port == (isSecure ? 443 : 80) ? "" : ":\(port)")
    }
}

extension Destinations {
    /// The member `delivery` of a stored alliance.
    func write(to json: inout CanonicalJSON) {
        json.member("delivery") { json in
            json.name("folder")
            json.boolean(folder)
            guard let webhook else { return }
            json.member("webhook") { json in
                json.member("url", webhook.url.text)
                json.member("secret", Int64(webhook.secret))
            }
        }
    }

    /// Reads it back; nil where any of it is not what it should be.
    init?(stored value: JSONValue) {
        guard let folder = value["folder"]?.boolean else { return nil }
        guard let stored = value["webhook"] else {
            self.init(folder: folder)
            return
        }
        guard let url = stored["url"]?.string.flatMap({ WebhookURL($0) }),
            let secret = stored["secret"]?.integer.flatMap({ Int(exactly: $0) })
        else { return nil }
        self.init(folder: folder, webhook: Webhook(url: url, secret: secret))
    }
}
