/// What one receiver's webhooks are signed with, and what it checks them by, as Standard Webhooks has it: HMAC-SHA256,
/// symmetric.
public struct WebhookSecret: Sendable {
    private let secret: SecretBytes
    private let mac: HMACSHA256

    init(_ secret: SecretBytes) {
        self.secret = secret
        mac = HMACSHA256(key: secret)
    }

    /// As the receiver is given it: `whsec_` and base64.
    public var text: String { "whsec_" + secret.withBytes { Base64.text($0) } }

    /// `v1,` and the base64 of the tag over `ID.SECONDS.BODY`. The id has no full stop in it.
    public func signature(id: String, seconds: Int64, body: [UInt8]) -> String {
        precondition(!id.contains("."), "a message's id ends where the first full stop is")
        let head = Array("\(id).\(seconds).".utf8)
        let tag = head.withUnsafeBytes { head in body.withUnsafeBytes { mac.tag(over: head, $0) } }
        return "v1," + Base64.text(tag)
    }
}

extension MasterSecret {
    /// Signs the webhooks of one receiver, a merchant's id or `operator`: `webhook/<owner>/<version>`. Versions count
    /// from 1. One that is in force at a receiver stays when the master secret gets a new version, that receiver's next
    /// one comes of the new.
    public func webhookSecret(owner: String, version: Int) -> WebhookSecret {
        precondition(version >= 1, "versions of secrets count from 1")
        let secret = webhookOrigin(owner: owner, version: version)
        return WebhookSecret(derive(info: "settled/webhook/\(owner)/\(version)", version: secret))
    }

    /// Which version of the master secret makes it, as `knowing(webhookBounds:)` says.
    public func webhookOrigin(owner: String, version: Int) -> Int {
        1 + webhookBounds.count { version > $0[owner] ?? 0 }
    }
}

extension WebhookSecret: CustomStringConvertible, CustomReflectable {
    public var description: String { "webhook secret" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
