import Settlement
import Testing

@Suite struct AllianceValidationTests {
    private let sample = SampleAlliance.alliance()

    private func codes(_ alliance: Alliance) -> [String] {
        alliance.problems.map { "\($0.code.rawValue) \($0.path)" }
    }

    @Test("An alliance that keeps the rules has no problems")
    func noProblems() {
        #expect(codes(sample) == [])
        #expect(codes(sample.with(merchants: [], campaigns: [], items: [])) == [])
    }

    @Test(
        "The first period begins on a Monday, on the first of a month, or on any day",
        arguments: [
            (PeriodLength.month, "2026-01-01", true), (.month, "2026-01-02", false),
            (.week, "2026-01-05", true),
            (.week, "2026-01-01", false), (.day, "2026-01-14", true), (.day, "1999-12-31", false),
            (.day, "2099-12-31", true), (.day, "2100-01-01", false),
        ])
    func start(period: PeriodLength, start: String, isRight: Bool) {
        let problems = sample.with(period: period, start: LocalDate(start)!).problems
        #expect(problems.isEmpty == isRight)
        #expect(
            problems.allSatisfy { $0.path == "start" && [.startNotFirstDay, .outOfBounds].contains($0.code) })
    }

    @Test("Numbers of the alliance stay within their bounds")
    func head() {
        #expect(codes(sample.with(graceHours: -1)) == ["out_of_bounds grace"])
        #expect(codes(sample.with(expiry: Expiry(months: 0))) == ["out_of_bounds expiry.months"])
        #expect(codes(sample.with(expiry: Expiry(months: 1201))) == ["out_of_bounds expiry.months"])
        #expect(codes(sample.with(carryPeriods: -1)) == ["out_of_bounds carry_periods"])
        #expect(codes(sample.with(maxAgeDays: 36_526)) == ["out_of_bounds max_age_days"])
        #expect(codes(sample.with(name: "")) == ["name_malformed name"])
        #expect(codes(sample.with(name: "two\nlines")) == ["name_malformed name"])
        #expect(codes(sample.with(name: "\u{202E}desrever")) == ["name_malformed name"])
        #expect(codes(sample.with(name: String(repeating: "x", count: 201))) == ["name_malformed name"])
        #expect(codes(sample.with(name: "Käufer 积分 O’Neill & Söhne")) == [])
        #expect(
            codes(sample.with(currency: Currency(code: "EUR", exponent: 3))) == ["currency_unknown currency"])
        #expect(
            codes(sample.with(currency: Currency(code: "ABC", exponent: 2))) == ["currency_unknown currency"])
    }

    @Test("An address has lines that print, and a country of two letters or none")
    func address() {
        func codes(_ lines: [String], _ country: String? = nil) -> [String] {
            let merchant = Merchant(
                id: MerchantID("M")!, name: "M", address: PostalAddress(lines: lines, country: country),
                terms: SampleAlliance.m.terms)
            return self.codes(sample.with(merchants: [merchant], campaigns: [], items: []))
        }
        #expect(codes(["Am Kai 3", "人民路 1 号"], "DE") == [])
        #expect(codes(["x"]) == [])
        #expect(codes([]) == ["address_malformed merchants[M].address.lines"])
        #expect(codes(Array(repeating: "x", count: 7)) == ["address_malformed merchants[M].address.lines"])
        #expect(codes(["x", "a\nb"]) == ["address_malformed merchants[M].address.lines[1]"])
        #expect(codes([""]) == ["address_malformed merchants[M].address.lines[0]"])
        #expect(
            codes([String(repeating: "x", count: 101)]) == ["address_malformed merchants[M].address.lines[0]"]
        )
        for country in ["", "D", "de", "DEU", "Ä"] {
            #expect(codes(["x"], country) == ["address_malformed merchants[M].address.country"], "\(country)")
        }
    }

    @Test(
        "A zone's name leads nowhere but to a zone",
        arguments: [
            ("Europe/Berlin", true), ("Etc/GMT+5", true), ("America/Port-au-Prince", true), ("UTC", true),
            ("", false), ("../passwd", false), ("/etc/passwd", false), ("Europe//Berlin", false),
            ("Europe/Berlin/", false), ("Europe/Ber lin", false), ("Europe/Bérlin", false),
            ("zone.tab", false),
        ])
    func zoneNames(name: String, isRight: Bool) {
        #expect(Alliance.isZoneName(name) == isRight)
        #expect(codes(sample.with(timezone: name)) == (isRight ? [] : ["timezone_malformed timezone"]))
    }

    @Test("Every id stands once among its kind")
    func ids() throws {
        let doubled = sample.with(
            merchants: sample.merchants + [SampleAlliance.m],
            campaigns: sample.campaigns + [sample.campaigns[0]],
            items: sample.items + sample.items + sample.items)
        #expect(
            codes(doubled) == [
                "id_repeated merchants[M].id", "id_repeated campaigns[plain].id",
                "id_repeated items[kettle].id",
                "id_repeated items[kettle].id",
            ])
    }

    @Test("A merchant has terms, and their dates and its statuses' ascend")
    func merchants() {
        func with(_ merchant: Merchant) -> [String] {
            codes(sample.with(merchants: [merchant, SampleAlliance.n]))
        }
        let m = SampleAlliance.m
        #expect(with(m.with(terms: [])) == ["terms_missing merchants[M].terms"])
        let twice = [SampleAlliance.terms("2026-01-01", "0.01"), SampleAlliance.terms("2026-01-01", "0.02")]
        #expect(with(m.with(terms: twice)) == ["not_ascending merchants[M].terms[1].from"])
        let back = [
            StatusChange(from: LocalDate("2026-03-01")!, status: .suspended),
            StatusChange(from: LocalDate("2026-02-01")!, status: .active),
        ]
        #expect(with(m.with(statuses: back)) == ["not_ascending merchants[M].status[1].from"])
        #expect(
            with(m.with(terms: [SampleAlliance.terms("1969-12-31", "0.01")])) == [
                "out_of_bounds merchants[M].terms[0].from"
            ])
        #expect(with(m.with(name: " \t")) == ["name_malformed merchants[M].name"])
    }

    @Test("Prices, fractions and fees made in code stay within the rulebook's bounds too")
    func terms() {
        let terms = Terms(
            from: LocalDate("2026-01-01")!, funding: .issue, issuePrice: Price(millionths: 1_000_000_000_001),
            redeemPrice: Price(millionths: -1), redeemFee: Fraction(millionths: 1_000_001),
            periodFee: Money(Money.maximum + 1), vat: Fraction(millionths: -1),
            breakageShare: Fraction(millionths: 1_000_000), maxPointsPerUnit: PointsPerUnit(millionths: -1))
        #expect(
            codes(sample.with(merchants: [SampleAlliance.m.with(terms: [terms]), SampleAlliance.n]))
                == ["issue_price", "redeem_price", "redeem_fee", "period_fee", "vat", "max_points_per_unit"]
                .map {
                    "out_of_bounds merchants[M].terms[0].\($0)"
                })
    }

    @Test("Sponsors and suppliers are merchants, what ends begins before, an item has points")
    func offers() {
        let x = MerchantID("X")!
        let day = LocalDate("2026-01-01")!
        let campaign = Campaign(id: CampaignID("c")!, sponsor: x, from: day, until: day)
        let item = Item(
            id: ItemID("i")!, supplier: x, points: .zero, redeemPrice: Price("1")!, from: day,
            until: LocalDate("2025-12-31")!)
        #expect(
            codes(sample.with(campaigns: [campaign], items: [item])) == [
                "merchant_unknown campaigns[c].sponsor", "ends_before_it_begins campaigns[c].until",
                "merchant_unknown items[i].supplier", "out_of_bounds items[i].points",
                "ends_before_it_begins items[i].until",
            ])
    }

    @Test("A problem says where, what was expected and what was found")
    func sentences() throws {
        let problem = try #require(sample.with(graceHours: -1).problems.first)
        #expect(problem.description == "grace: expected 0 … 10000, found -1")
    }
}
