import Signing
import Testing

@Suite("Webhook secrets")
struct WebhookSecretTests {
    private let master = try! MasterSecret([UInt8](repeating: 7, count: 32))

    @Test("Each receiver and version has one of its own, in the form of Standard Webhooks")
    func text() {
        let texts = [("M", 1), ("M", 2), ("N", 1), ("operator", 1)].map {
            master.webhookSecret(owner: $0.0, version: $0.1).text
        }
        #expect(Set(texts).count == 4)
        for text in texts {
            #expect(text.hasPrefix("whsec_") && text.utf8.count == 6 + 44 && text.hasSuffix("="))
        }
        #expect(master.webhookSecret(owner: "M", version: 1).text == texts[0])
    }

    @Test("A signature is of the id, the seconds and the body, and of nothing else")
    func signature() {
        let secret = master.webhookSecret(owner: "M", version: 1)
        let signature = secret.signature(id: "msg_1", seconds: 12, body: Array("{}".utf8))
        #expect(signature.hasPrefix("v1,") && signature.utf8.count == 3 + 44)
        for (id, seconds, body) in [("msg_2", 12, "{}"), ("msg_1", 13, "{}"), ("msg_1", 12, "{ }")] {
            #expect(secret.signature(id: id, seconds: Int64(seconds), body: Array(body.utf8)) != signature)
        }
        #expect(secret.signature(id: "msg_1", seconds: 12, body: Array("{}".utf8)) == signature)
        let other = master.webhookSecret(owner: "M", version: 2)
        #expect(other.signature(id: "msg_1", seconds: 12, body: Array("{}".utf8)) != signature)
    }
}
