import Settlement
import Yams

/// Reads the member `delivery`, of the alliance or of a merchant.
enum DestinationsReader {
    static func destinations(_ parent: Members) -> Destinations? {
        guard let members = section("delivery", of: parent, ["folder", "webhook"]) else { return nil }
        let folder = members.optional("folder", Form.truth, Form.boolean) ?? false
        guard members.node("webhook") != nil else { return Destinations(folder: folder) }
        guard let webhook = section("webhook", of: members, ["url", "secret"]) else { return nil }
        let url = webhook.required(
            "url",
            "a URL of 500 bytes at most as https://example.com/settled, the host in lowercase, nobody's name in it",
            WebhookURL.init)
        let secret = webhook.optional("secret", Form.count, Form.integer)
        return url.map { Destinations(folder: folder, webhook: Webhook(url: $0, secret: secret ?? 1)) }
    }

    private static func section(_ name: String, of parent: Members, _ known: [String]) -> Members? {
        guard let node = parent.node(name) else { return nil }
        return Members(node, path: parent.path(of: name), known: known, findings: parent.findings)
    }
}
