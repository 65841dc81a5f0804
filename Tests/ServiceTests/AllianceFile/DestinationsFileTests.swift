import Service
import Settlement
import Testing

@Suite("Destinations in the alliance file")
struct DestinationsFileTests {
    private let section = SectionFile(name: "delivery")

    @Test("What is wrong is refused where it stands")
    func refused() {
        for (own, refusal) in [
            ("yes", "7: value_malformed delivery"), ("{folder: yes}", "7: value_malformed delivery.folder"),
            ("{folders: true}", "7: member_unknown delivery"),
            ("{webhook: x}", "7: value_malformed delivery.webhook"),
            ("{webhook: {}}", "7: member_missing delivery.webhook.url"),
            ("{webhook: {url: 'https://A.example'}}", "7: value_malformed delivery.webhook.url"),
            ("{webhook: {url: 'ftp://a.example'}}", "7: value_malformed delivery.webhook.url"),
            (
                "{webhook: {url: 'https://a.example', secret: x}}",
                "7: value_malformed delivery.webhook.secret"
            ),
            ("{webhook: {url: 'https://a.example', secret: 0}}", "7: out_of_bounds delivery.webhook.secret"),
            ("{webhook: {url: 'https://a.example', key: x}}", "7: member_unknown delivery.webhook"),
        ] { #expect(section.refusals(own, "{}") == [refusal], "\(own): \(section.refusals(own, "{}"))") }
        #expect(
            section.refusals("{}", "{webhook: {url: 'a.example'}}")
                == ["11: value_malformed merchants[M].delivery.webhook.url"])
    }

    @Test("They are read")
    func whole() throws {
        let alliance = try AllianceFile.parse(
            text: section.text("{folder: true}", "{webhook: {url: 'https://shop.example/hook', secret: 3}}"),
            fileName: "a.yaml")
        #expect(alliance.delivery == Destinations(folder: true))
        #expect(
            alliance.merchants[0].delivery
                == Destinations(webhook: Webhook(url: WebhookURL("https://shop.example/hook")!, secret: 3)))
        #expect(alliance.merchants[0].delivery?.webhook?.signing == [3, 2])
    }
}
