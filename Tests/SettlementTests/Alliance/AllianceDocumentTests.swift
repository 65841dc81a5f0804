import Settlement
import Testing

@Suite struct AllianceDocumentTests {
    private let sample = SampleAlliance.alliance(expiry: Expiry(months: 12, align: .monthEnd))

    @Test("An alliance reads back from its canonical bytes to an equal one")
    func roundTrip() throws {
        let bare = SampleAlliance.alliance().with(
            name: "Quoted \"n\\ame\" 积分", graceHours: 0, carryPeriods: 0, refundShortfall: .absorb,
            maxAgeDays: 0,
            merchants: [SampleAlliance.m], campaigns: [], items: [])
        let addresses = [
            PostalAddress(lines: ["Am Kai 3", "20457 \"Hamburg\""], country: "DE"),
            PostalAddress(lines: ["x"]),
        ]
        let posted = addresses.map { address in
            sample.with(
                merchants: [
                    Merchant(id: MerchantID("M")!, name: "M", address: address, terms: SampleAlliance.m.terms)
                ],
                campaigns: [], items: [])
        }
        let limited = [Money.zero, Money(5_000)].map { limit in
            sample.with(
                merchants: [
                    Merchant(
                        id: MerchantID("M")!, name: "M", exposureLimit: limit, terms: SampleAlliance.m.terms)
                ],
                campaigns: [], items: [])
        }
        for alliance in [sample, bare] + posted + limited {
            let bytes = AllianceDocument.bytes(of: alliance)
            let read = try AllianceDocument.alliance(from: bytes)
            #expect(read == alliance)
            #expect(AllianceDocument.bytes(of: read) == bytes)
        }
    }

    @Test("The canonical bytes are these")
    func bytes() {
        let small = sample.with(
            merchants: [SampleAlliance.m.with(terms: [SampleAlliance.n.terms[0]])], campaigns: [], items: [])
        #expect(
            String(decoding: AllianceDocument.bytes(of: small), as: UTF8.self) == """
                {"format":"settled-alliance/1","id":"sample","name":"Sample","currency":{"code":"EUR",\
                "exponent":2},"timezone":"Europe/Berlin","period":"month","grace":24,\
                "expiry":{"months":12,"align":"month_end"},"carry_periods":1,"refund_shortfall":"debt",\
                "max_age_days":400,"start":"2026-01-01","merchants":[{"id":"M","name":"Merchant M",\
                "status":[],"terms":[{"from":"2026-01-01","funding":"redemption","issue_price":"0.05",\
                "redeem_price":"0.008","redeem_fee":"0.2","period_fee":1500,"vat":"0.19",\
                "breakage_share":"0.25","max_points_per_unit":"1.5"}]}],"campaigns":[],"items":[]}
                """)
    }

    @Test("Any other bytes are refused as damaged, and say where")
    func damaged() throws {
        func damage(_ bytes: [UInt8]) -> String? {
            do throws(AllianceDamage) {
                _ = try AllianceDocument.alliance(from: bytes)
                return nil
            } catch { return error.path }
        }
        let text = String(decoding: AllianceDocument.bytes(of: sample), as: UTF8.self)
        func replacing(_ old: String, _ new: String) -> String? {
            #expect(text.contains(old))
            return damage(Array(text.replacing(old, with: new, maxReplacements: 1).utf8))
        }
        #expect(damage(Array(text.utf8)) == nil)
        #expect(replacing("alliance/1", "alliance/2") == "alliance.format")
        #expect(replacing("\"grace\":24,", "\"grace\":24, ") == "alliance")
        #expect(replacing("\"grace\":24,", "") == "alliance.grace")
        #expect(replacing("\"grace\":24", "\"grace\":\"24\"") == "alliance.grace")
        #expect(replacing("\"exponent\":2", "\"exponent\":7") == "alliance.currency.exponent")
        #expect(replacing("\"0.01\"", "\"0.010\"") == "alliance")
        #expect(
            replacing("\"funding\":\"issue\"", "\"funding\":\"gift\"")
                == "alliance.merchants[0].terms[0].funding")
        #expect(
            replacing("\"until\":\"2026-01-31\"", "\"until\":\"2026-01-32\"") == "alliance.campaigns[1].until"
        )
        #expect(replacing("\"items\":[", "\"items\":{") != nil)
        let bytes = Array(text.utf8)
        for length in stride(from: 0, to: bytes.count, by: 13) {
            #expect(damage(Array(bytes[..<length])) != nil)
        }
    }
}
