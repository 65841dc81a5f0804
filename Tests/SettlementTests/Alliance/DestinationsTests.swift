import Settlement
import Testing

@Suite("Destinations in the alliance")
struct DestinationsTests {
    private let sample = SampleAlliance.alliance()

    private func alliance(_ own: Destinations?, _ theirs: Destinations?) -> Alliance {
        Alliance(
            id: sample.id, name: sample.name, currency: sample.currency, timezone: sample.timezone,
            period: sample.period, delivery: own, start: sample.start,
            merchants: [
                Merchant(id: MerchantID("M")!, name: "M", delivery: theirs, terms: SampleAlliance.m.terms)
            ])
    }

    private let webhook = Destinations(
        webhook: Webhook(url: WebhookURL("https://shop.example:8443/hooks?k=a%20b")!, secret: 2))

    @Test(
        "What readers of URLs may take in two ways is no endpoint",
        arguments: [
            "", "ftp://a.example", "https://", "https:///x", "https://a b.example", "https://A.example",
            "HTTPS://a.example", "https://ana@a.example", "https://a.example:pass@b.example",
            "https://a.example#x", "https://a.example\\@b.example", "https://a.example:0",
            "https://a.example:65536", "https://a.example:", "https://a.example:080", "https://a.example:x",
            "https://[::1", "https://[::1]x", "https://[a.example]", "https://ä.example",
            "https://a_b.example",
            "https://a.example/\n", "https://a.example/\u{7F}", "//a.example", "a.example",
            "https://a.example/" + String(repeating: "x", count: 500),
        ])
    func refused(text: String) {
        #expect(WebhookURL(text) == nil)
    }

    @Test(
        "Host and port of an endpoint",
        arguments: [
            ("https://a.example", "a.example", 443, "https://a.example"),
            ("http://a.example/x?y=z", "a.example", 80, "http://a.example"),
            ("https://a.example:8443?x", "a.example", 8443, "https://a.example:8443"),
            ("https://10.0.0.1/", "10.0.0.1", 443, "https://10.0.0.1"),
            ("https://[2001:db8::1]:444/x", "2001:db8::1", 444, "https://[2001:db8::1]:444"),
        ])
    func parts(text: String, host: String, port: Int, site: String) throws {
        let url = try #require(WebhookURL(text))
        #expect(url.host == host && url.port == port && url.site == site && url.text == text)
        #expect(url.isSecure == text.hasPrefix("https"))
    }

    @Test("They are stored only where there are any, and read back")
    func document() throws {
        for (own, theirs) in [
            (webhook, Destinations(folder: true)), (nil, webhook), (Destinations(), nil), (nil, nil),
            (nil, Destinations(folder: true, webhook: webhook.webhook)),
        ] as [(Destinations?, Destinations?)] {
            let wanted = alliance(own, theirs)
            let read = try AllianceDocument.alliance(from: AllianceDocument.bytes(of: wanted))
            #expect(read == wanted && read.delivery == own && read.merchants[0].delivery == theirs)
        }
        let text = String(decoding: AllianceDocument.bytes(of: alliance(nil, webhook)), as: UTF8.self)
        #expect(
            text.contains(
                #""name":"M","delivery":{"folder":false,"webhook":{"#
                    + #""url":"https://shop.example:8443/hooks?k=a%20b","secret":2}},"status""#))
        #expect(!String(decoding: AllianceDocument.bytes(of: sample), as: UTF8.self).contains("delivery"))
    }

    @Test("Stored ones that are damaged are told")
    func damaged() throws {
        let text = String(decoding: AllianceDocument.bytes(of: alliance(webhook, webhook)), as: UTF8.self)
        for (old, new) in [
            ("https://shop", "https//shop"), (#""secret":2"#, #""secret":"2""#), ("false", "null"),
            (#""folder":false,"#, ""),
        ] {
            #expect(text.contains(old))
            #expect(throws: AllianceDamage.self, "\(new)") {
                try AllianceDocument.alliance(
                    from: Array(text.replacing(old, with: new, maxReplacements: 1).utf8))
            }
        }
    }

    @Test("They may come, change and go at any time, and each change is told")
    func change() {
        let standing = AllianceChange.Standing(earliestOpen: 3, hasRecords: true)
        let (before, after) = (alliance(nil, nil), alliance(Destinations(folder: true), webhook))
        let change = AllianceChange(from: before, to: after, standing: standing)
        #expect(change.refusals.isEmpty)
        #expect(
            change.lines == [
                "+ delivery.folder: true", "+ merchants[M].delivery.folder: false",
                "+ merchants[M].delivery.webhook.url: https://shop.example:8443/hooks?k=a%20b",
                "+ merchants[M].delivery.webhook.secret: 2",
            ])
        #expect(AllianceChange(from: after, to: before, standing: standing).refusals.isEmpty)
    }

    @Test("A secret's version has its bounds")
    func bounds() {
        for (secret, problems) in [(0, 1), (1, 0), (1_000, 0), (1_001, 1)] {
            let webhook = Destinations(
                webhook: Webhook(url: WebhookURL("https://a.example")!, secret: secret))
            let found = alliance(nil, webhook).problems
            #expect(
                found.map(\.path) == Array(repeating: "merchants[M].delivery.webhook.secret", count: problems)
            )
        }
    }
}
