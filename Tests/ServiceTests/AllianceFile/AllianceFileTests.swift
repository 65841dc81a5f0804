import Service
import Settlement
import Testing

@Suite struct AllianceFileTests {
    private static let whole = """
        id: demo
        name: Demo alliance
        currency: KWD
        timezone: Asia/Kuwait
        period: week
        grace: 48
        expiry:
          months: 12
          align: month_end
        carry_periods: 2
        refund_shortfall: absorb
        max_age_days: 0
        start: 2026-01-05
        merchants:
          - id: Z
            name: "Zoe's"
            status:
              - {from: 2026-02-01, status: suspended}
              - {from: 2026-03-01, status: active}
            terms:
              - from: 2026-01-05
                funding: issue
                issue_price: '0.010'
                redeem_price: 0.0098
                redeem_fee: '0.015'
                period_fee: 1500
                vat: '0.2'
                breakage_share: '0.5'
                max_points_per_unit: '1.5'
          - id: "007"
            name: Bond
            status: suspended
            terms:
              - {from: 2026-01-05, funding: redemption, issue_price: '1', redeem_price: '0'}
        campaigns:
          - {id: c, sponsor: Z, from: 2026-01-05, until: 2026-02-01, funding: redemption, issue_price: '0.02'}
          - {id: b, sponsor: "007", from: 2026-01-05, until: none, breakage_share: '1'}
        items:
          - {id: i, supplier: Z, points: 100, redeem_price: '0.02', from: 2026-01-05}
        four_eyes: true
        """

    private func parse(_ text: String) throws(AllianceFileRefusal) -> Alliance {
        try AllianceFile.parse(text: text, fileName: "a.yaml")
    }

    /// What a file with one text put in the place of another is refused with: `line: code path`.
    private func refusals(_ old: String, _ new: String) -> [String] {
        #expect(Self.whole.contains(old), "\(old)")
        return refusals(Self.whole.replacing(old, with: new, maxReplacements: 1))
    }

    private func refusals(_ text: String) -> [String] {
        do throws(AllianceFileRefusal) {
            _ = try parse(text)
            return []
        } catch {
            #expect(error.description.split(separator: "\n").allSatisfy { $0.hasPrefix("a.yaml:") })
            return error.problems.map { "\($0.line): \($0.code.text) \($0.path)" }
        }
    }

    @Test("Every member is read")
    func everyMember() throws {
        let alliance = try parse(Self.whole)
        let day = LocalDate("2026-01-05")!
        let zoe = Merchant(
            id: MerchantID("Z")!, name: "Zoe's",
            statuses: [
                StatusChange(from: LocalDate("2026-02-01")!, status: .suspended),
                StatusChange(from: LocalDate("2026-03-01")!, status: .active),
            ],
            terms: [
                Terms(
                    from: day, funding: .issue, issuePrice: Price("0.01")!, redeemPrice: Price("0.0098")!,
                    redeemFee: Fraction("0.015")!, periodFee: Money(1500), vat: Fraction("0.2")!,
                    breakageShare: Fraction("0.5")!, maxPointsPerUnit: PointsPerUnit("1.5")!)
            ])
        let bond = Merchant(
            id: MerchantID("007")!, name: "Bond", statuses: [StatusChange(from: day, status: .suspended)],
            terms: [
                Terms(from: day, funding: .redemption, issuePrice: Price("1")!, redeemPrice: Price("0")!)
            ])
        let expected = Alliance(
            id: AllianceID("demo")!, name: "Demo alliance", currency: Currency(code: "KWD", exponent: 3),
            timezone: "Asia/Kuwait", period: .week, graceHours: 48,
            expiry: Expiry(months: 12, align: .monthEnd),
            carryPeriods: 2, refundShortfall: .absorb, maxAgeDays: 0, fourEyes: true, start: day,
            merchants: [bond, zoe],
            campaigns: [
                Campaign(id: CampaignID("b")!, sponsor: bond.id, from: day, breakageShare: Fraction("1")!),
                Campaign(
                    id: CampaignID("c")!, sponsor: zoe.id, from: day, until: LocalDate("2026-02-01")!,
                    funding: .redemption, issuePrice: Price("0.02")!),
            ],
            items: [
                Item(
                    id: ItemID("i")!, supplier: zoe.id, points: Points(100), redeemPrice: Price("0.02")!,
                    from: day)
            ])
        #expect(alliance == expected)
        #expect(try AllianceFile.parse(bytes: Array(Self.whole.utf8), fileName: "a.yaml") == expected)
        #expect(try parse(Self.whole.replacing("\n", with: "\r\n")) == expected)
        #expect(try parse("\u{FEFF}" + Self.whole) == expected)
    }

    @Test("A merchant's address is read, and what is no address is refused where it stands")
    func address() throws {
        let named = "name: \"Zoe's\""
        func file(_ address: String) -> String {
            Self.whole.replacing(named, with: named + "\n    address: " + address)
        }
        let whole = try parse(file("{lines: [Quay 3, 20457 Hamburg], country: DE}"))
        #expect(
            whole.merchants.map(\.address) == [
                nil, PostalAddress(lines: ["Quay 3", "20457 Hamburg"], country: "DE"),
            ])
        let bare = try parse(file("{lines: ['1']}"))
        #expect(bare.merchants.last?.address == PostalAddress(lines: ["1"]))
        for (address, refusal) in [
            ("Quay 3", "17: value_malformed merchants[Z].address"),
            ("{country: DE}", "17: member_missing merchants[Z].address.lines"),
            ("{lines: [a, [b]]}", "17: value_malformed merchants[Z].address.lines[1]"),
            ("{lines: [a, ~]}", "17: value_malformed merchants[Z].address.lines[1]"),
            ("{lines: [a], land: DE}", "17: member_unknown merchants[Z].address"),
            ("{lines: [a], country: Germany}", "17: address_malformed merchants[Z].address.country"),
        ] {
            #expect(refusals(file(address)).contains(refusal), "\(address): \(refusals(file(address)))")
        }
    }

    @Test("Absent members have the rulebook's defaults")
    func defaults() throws {
        let alliance = try parse(
            """
            id: demo
            name: Demo
            currency: EUR
            timezone: Europe/Berlin
            period: month
            start: 2026-01-01
            merchants:
            - id: M
              name: M
              terms: [{from: 2026-01-01, funding: issue, issue_price: '0.01', redeem_price: '0.01'}]
            """)
        #expect(alliance.graceHours == 24)
        #expect(alliance.expiry == nil)
        #expect(alliance.carryPeriods == 1)
        #expect(alliance.refundShortfall == .debt)
        #expect(alliance.maxAgeDays == 400)
        #expect(alliance.campaigns.isEmpty && alliance.items.isEmpty)
        #expect(alliance.merchants[0].statuses.isEmpty)
        let terms = alliance.merchants[0].terms[0]
        #expect(terms.redeemFee == .zero && terms.vat == .zero && terms.breakageShare == .zero)
        #expect(terms.periodFee == .zero && terms.maxPointsPerUnit == nil)
        #expect(
            try parse(Self.whole.replacing("  align: month_end\n", with: "")).expiry == Expiry(months: 12))
    }

    @Test("A misspelt member is refused by line, with the name that was probably meant")
    func misspelt() throws {
        #expect(refusals("vat:", "wat:") == ["27: member_unknown merchants[Z].terms[0]"])
        for (wrong, right) in [
            ("redeem_fe", "redeem_fee"), ("redeem-fee", "redeem_fee"), ("Redeem_Fee", "redeem_fee"),
            ("redeemfee", "redeem_fee"), ("redeem_fee_rate", "redeem_fee"),
        ] {
            let error = #expect(throws: AllianceFileRefusal.self) {
                try parse(Self.whole.replacing("redeem_fee:", with: "\(wrong):"))
            }
            #expect(try #require(error).description.contains("did you mean `\(right)`?"))
        }
        let error = #expect(throws: AllianceFileRefusal.self) {
            try parse(Self.whole.replacing("grace: 48", with: "colour: 48"))
        }
        #expect(try #require(error).description.contains("expected one of id, name, currency"))
        let keys = #expect(throws: AllianceFileRefusal.self) {
            try parse(Self.whole.replacing("    name: Bond", with: "    name: Bond\n    keys: []"))
        }
        #expect(try #require(keys).description.contains("settled key add"))
    }

    @Test("A value of another form is refused by line")
    func otherForm() {
        #expect(refusals("grace: 48", "grace: two days") == ["6: value_malformed grace"])
        #expect(refusals("grace: 48", "grace: 4.8") == ["6: value_malformed grace"])
        #expect(refusals("grace: 48", "grace: -1") == ["6: value_malformed grace"])
        #expect(refusals("grace: 48", "grace:") == ["6: value_malformed grace"])
        #expect(refusals("grace: 48", "grace: ~") == ["6: value_malformed grace"])
        #expect(refusals("grace: 48", "grace: [48]") == ["6: value_malformed grace"])
        #expect(refusals("currency: KWD", "currency: CLF") == ["3: value_malformed currency"])
        #expect(refusals("'0.010'", "1e-2") == ["23: value_malformed merchants[Z].terms[0].issue_price"])
        #expect(
            refusals("'0.010'", "'0.0100001'") == ["23: value_malformed merchants[Z].terms[0].issue_price"])
        #expect(refusals("'0.015'", "'1.5'") == ["25: value_malformed merchants[Z].terms[0].redeem_fee"])
        #expect(refusals("1500", "15.00") == ["26: value_malformed merchants[Z].terms[0].period_fee"])
        #expect(
            refusals("status: suspended\n", "status: paused\n") == [
                "32: value_malformed merchants[007].status"
            ])
        #expect(refusals("id: Z", "id: .Z") == ["15: value_malformed merchants[.Z].id"])
        #expect(refusals("id: Z", "id: operator") == ["15: value_malformed merchants[operator].id"])
        #expect(refusals("start: 2026-01-05", "start: 5.1.2026") == ["13: value_malformed start"])
        #expect(refusals("months: 12", "months: 12\n  years: 1") == ["9: member_unknown expiry"])
        #expect(
            refusals("merchants:\n", "merchants: none\nx:\n") == [
                "14: value_malformed merchants", "15: member_unknown ",
            ])
    }

    @Test("A missing member is refused where it would stand")
    func missing() {
        #expect(refusals("id: demo\n", "") == ["1: member_missing id"])
        #expect(refusals("    name: Bond\n", "") == ["30: member_missing merchants[007].name"])
        #expect(
            refusals("        funding: issue\n", "") == ["21: member_missing merchants[Z].terms[0].funding"])
        #expect(refusals("id: i, ", "") == ["39: member_missing items[0].id"])
        #expect(refusals("text") == ["1: value_malformed "])
        #expect(refusals("- id: demo") == ["1: value_malformed "])
        #expect(refusals("{}").count == 7)
    }

    @Test("What breaks the alliance's own rules is refused by line too")
    func problems() {
        #expect(refusals("start: 2026-01-05", "start: 2026-01-06") == ["13: start_not_first_day start"])
        #expect(
            refusals("id: \"007\"", "id: Z")
                == ["30: id_repeated merchants[Z].id", "37: merchant_unknown campaigns[b].sponsor"])
        #expect(refusals("sponsor: Z", "sponsor: Y") == ["36: merchant_unknown campaigns[c].sponsor"])
        #expect(
            refusals("until: 2026-02-01", "until: 2026-01-05") == [
                "36: ends_before_it_begins campaigns[c].until"
            ])
        #expect(
            refusals("from: 2026-03-01", "from: 2026-02-01") == [
                "19: not_ascending merchants[Z].status[1].from"
            ])
        #expect(refusals("grace: 48", "grace: 99999999") == ["6: out_of_bounds grace"])
        #expect(refusals("points: 100", "points: 0") == ["39: out_of_bounds items[i].points"])
        #expect(
            refusals("timezone: Asia/Kuwait", "timezone: ../shadow") == ["4: timezone_malformed timezone"])
    }

    @Test("All problems are told at once, in the order of the file")
    func allAtOnce() {
        let text = Self.whole.replacing("grace: 48", with: "grace: x").replacing("id: demo", with: "id: a b")
            .replacing("vat:", with: "wat:")
        #expect(
            refusals(text) == [
                "1: value_malformed id", "6: value_malformed grace",
                "27: member_unknown merchants[Z].terms[0]",
            ])
    }

    @Test("What is no YAML, not one document, or not UTF-8 is refused by line")
    func notYAML() {
        #expect(refusals("") == ["1: yaml_malformed "])
        #expect(refusals("# nothing\n") == ["1: yaml_malformed "])
        #expect(refusals("id: demo", "id: demo\nid: again") == ["1: yaml_malformed "])
        #expect(refusals("name: Demo", "name: [Demo").first?.contains("yaml_malformed") == true)
        #expect(refusals("a: 1\n---\nb: 2\n") == ["2: yaml_malformed "])
        #expect(refusals("a: 1\nb: \u{0}\n") == ["2: yaml_malformed "])
        #expect(refusals("a: *unknown\n") == ["1: yaml_malformed "])
        #expect(refusals(String(repeating: "[", count: 100_000)) == ["1: yaml_malformed "])
        #expect(
            refusals(String(repeating: "{a: ", count: 900) + String(repeating: "}", count: 900)).count > 0)
        do throws(AllianceFileRefusal) {
            _ = try AllianceFile.parse(bytes: Array("a: 1\nb: ".utf8) + [0xC3, 0x28], fileName: "a.yaml")
            Issue.record("expected a refusal")
        } catch {
            #expect(error.description == "a.yaml:2:1: expected UTF-8, found other bytes")
        }
    }

    @Test("Terms may be written once and used again by an alias; nested aliases do no harm")
    func aliases() throws {
        let shared = Self.whole.replacing(
            "- from: 2026-01-05\n", with: "- &usual\n        from: 2026-01-05\n"
        )
        .replacing(
            "- {from: 2026-01-05, funding: redemption, issue_price: '1', redeem_price: '0'}", with: "- *usual"
        )
        let alliance = try parse(shared)
        #expect(alliance.merchants[0].terms == alliance.merchants[1].terms)
        var laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<12 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            laughs += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(refusals(laughs).count == 12 + 7)
    }
}
