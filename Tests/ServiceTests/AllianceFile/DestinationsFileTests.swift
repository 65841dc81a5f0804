import Service
import Settlement
import Testing

@Suite("Destinations in the alliance file")
struct DestinationsFileTests {
    /// `own` stands on line 7, `theirs` on line 11.
    private func file(_ own: String, _ theirs: String) -> String {
        """
        id: demo
        name: Demo
        currency: EUR
        timezone: Europe/Berlin
        period: month
        start: 2026-01-01
        delivery: \(own)
        merchants:
          - id: M
            name: M
            delivery: \(theirs)
            terms: [{from: 2026-01-01, funding: issue, issue_price: '0.01', redeem_price: '0.01'}]
        """
    }

    private func refusals(_ own: String, _ theirs: String) -> [String] {
        do throws(AllianceFileRefusal) {
            _ = try AllianceFile.parse(text: file(own, theirs), fileName: "a.yaml")
            return []
        } catch {
            return error.problems.map { "\($0.line): \($0.code.text) \($0.path)" }
        }
    }

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
        ] { #expect(refusals(own, "{}") == [refusal], "\(own): \(refusals(own, "{}"))") }
        #expect(
            refusals("{}", "{webhook: {url: 'a.example'}}")
                == ["11: value_malformed merchants[M].delivery.webhook.url"])
    }

    @Test("They are read")
    func whole() throws {
        let alliance = try AllianceFile.parse(
            text: file("{folder: true}", "{webhook: {url: 'https://shop.example/hook', secret: 3}}"),
            fileName: "a.yaml")
        #expect(alliance.delivery == Destinations(folder: true))
        #expect(
            alliance.merchants[0].delivery
                == Destinations(webhook: Webhook(url: WebhookURL("https://shop.example/hook")!, secret: 3)))
        #expect(alliance.merchants[0].delivery?.webhook?.signing == [3, 2])
    }
}
