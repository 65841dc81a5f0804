import Settlement
import Testing

@Suite struct ScheduleTests {
    private func instant(_ text: String) -> Instant { Instant(rfc3339: text)! }
    private func date(_ text: String) -> LocalDate { LocalDate(text)! }

    private func schedule(
        zone: String = "Europe/Berlin", expiry: Expiry? = nil, start: String = "2026-01-01",
        change: (Alliance) -> Alliance = { $0 }
    ) throws -> Schedule {
        let alliance = change(SampleAlliance.alliance(timezone: zone, expiry: expiry, start: start))
        #expect(alliance.problems == [])
        return Schedule(alliance: alliance, zone: try MachineZones.rules(zone))
    }

    private func earn(_ at: String, campaign: String? = nil) -> Record {
        Record(
            id: RecordID("r")!, type: .earn, member: MemberID("m")!, points: Points(1), at: instant(at),
            campaign: campaign.flatMap { CampaignID($0) })
    }

    private func redeem(_ at: String, item: String? = nil) -> Record {
        Record(
            id: RecordID("r")!, type: .redeem, member: MemberID("m")!, points: Points(1), at: instant(at),
            item: item.flatMap { ItemID($0) })
    }

    @Test("Terms are in force from local midnight on, and before the first there are none")
    func termsInForce() throws {
        let schedule = try schedule()
        let m = MerchantID("M")!
        #expect(schedule.terms(of: m, at: instant("2025-12-31T23:59:59.999+01:00")) == nil)
        #expect(schedule.terms(of: m, at: instant("2026-01-01T00:00:00+01:00"))?.issuePrice == Price("0.01"))
        #expect(
            schedule.terms(of: m, at: instant("2026-03-31T23:59:59.999+02:00"))?.issuePrice == Price("0.01"))
        #expect(schedule.terms(of: m, at: instant("2026-04-01T00:00:00+02:00"))?.issuePrice == Price("0.02"))
        #expect(schedule.terms(of: MerchantID("X")!, at: instant("2026-04-01T00:00:00+02:00")) == nil)
        #expect(schedule.termsBegin(of: m) == instant("2026-01-01T00:00:00+01:00"))
        #expect(schedule.termsBegin(of: MerchantID("X")!) == nil)
    }

    @Test("Where a day has no midnight, terms are in force from its first instant on")
    func termsWithoutMidnight() throws {
        let schedule = try schedule(zone: "Africa/Cairo", start: "2025-04-01") { alliance in
            SampleAlliance.replacing(alliance, termsFrom: ["2025-04-24", "2025-04-25"])
        }
        let m = MerchantID("M")!
        #expect(
            schedule.terms(of: m, at: instant("2025-04-24T23:59:59.999+02:00"))?.from == date("2025-04-24"))
        #expect(schedule.terms(of: m, at: instant("2025-04-25T01:00:00+03:00"))?.from == date("2025-04-25"))
    }

    @Test("A status holds from its midnight on; before the first a merchant is active")
    func status() throws {
        let schedule = try schedule()
        let n = MerchantID("N")!
        #expect(schedule.status(of: n, at: instant("2026-02-09T23:59:59.999+01:00")) == .active)
        #expect(schedule.status(of: n, at: instant("2026-02-10T00:00:00+01:00")) == .suspended)
        #expect(schedule.status(of: n, at: instant("2026-03-10T00:00:00+01:00")) == .left)
        #expect(schedule.status(of: MerchantID("X")!, at: instant("2026-03-10T00:00:00+01:00")) == .active)
        #expect(!schedule.hasLeft(n, throughout: schedule.calendar.period(2)))
        #expect(schedule.hasLeft(n, throughout: schedule.calendar.period(3)))
        #expect(!schedule.hasLeft(MerchantID("M")!, throughout: schedule.calendar.period(3)))
    }

    @Test(
        "An earn is issued by its merchant, or by its campaign's sponsor on the campaign's terms or its own"
    )
    func issuing() throws {
        let schedule = try schedule()
        let m = MerchantID("M")!
        let own = try #require(schedule.issuing(earn("2026-04-01T00:00:00+02:00"), by: m))
        #expect(
            own
                == Issuing(
                    issuer: m, funding: .issue, issuePrice: Price("0.02")!, breakageShare: Fraction("0.5")!,
                    terms: TermsName("2026-04-01")!))
        let priced = try #require(schedule.issuing(earn("2026-01-10T00:00:00Z", campaign: "priced"), by: m))
        #expect(
            priced
                == Issuing(
                    issuer: MerchantID("N")!, funding: .issue, issuePrice: Price("0.03")!,
                    breakageShare: .zero, terms: TermsName("priced")!))
        let plain = try #require(schedule.issuing(earn("2026-01-10T00:00:00Z", campaign: "plain"), by: m))
        #expect(
            plain
                == Issuing(
                    issuer: MerchantID("N")!, funding: .redemption, issuePrice: Price("0.05")!,
                    breakageShare: Fraction("0.25")!, terms: TermsName("2026-01-01")!))
        #expect(schedule.issuing(earn("2026-01-10T00:00:00Z", campaign: "other"), by: m) == nil)
        #expect(schedule.issuing(earn("2025-01-10T00:00:00Z"), by: m) == nil)
        #expect(schedule.issuing(redeem("2026-01-10T00:00:00Z"), by: m) == nil)
    }

    @Test("An opening has its merchant's terms and no share of breakage")
    func issuingAnOpening() throws {
        let opening = Record(
            id: RecordID("o")!, type: .opening, member: MemberID("m")!, points: Points(1),
            at: instant("2026-01-10T00:00:00Z"))
        let issuing = try #require(try schedule().issuing(opening, by: MerchantID("M")!))
        #expect(issuing.breakageShare == .zero)
        #expect(issuing.issuePrice == Price("0.01"))
        #expect(issuing.terms == TermsName("2026-01-01"))
    }

    @Test("A redemption is paid to its merchant, or to its item's supplier at the item's price")
    func redeeming() throws {
        let schedule = try schedule()
        let m = MerchantID("M")!
        let own = try #require(schedule.redeeming(redeem("2026-01-10T00:00:00Z"), by: m))
        #expect(
            own
                == Redeeming(
                    redeemer: m, redeemPrice: Price("0.009")!, feeRate: Fraction("0.1")!,
                    terms: TermsName("2026-01-01")!)
        )
        let gift = try #require(schedule.redeeming(redeem("2026-01-10T00:00:00Z", item: "kettle"), by: m))
        #expect(
            gift
                == Redeeming(
                    redeemer: MerchantID("N")!, redeemPrice: Price("0.004")!, feeRate: Fraction("0.2")!,
                    terms: TermsName("kettle")!))
        #expect(schedule.redeeming(redeem("2026-01-10T00:00:00Z", item: "other"), by: m) == nil)
        #expect(schedule.redeeming(redeem("2025-01-10T00:00:00Z"), by: m) == nil)
        #expect(schedule.redeeming(earn("2026-01-10T00:00:00Z"), by: m) == nil)
    }

    @Test("Campaigns and items are active from the midnight of `from` to before that of `until`")
    func active() throws {
        let schedule = try schedule()
        let campaign = try #require(schedule.campaign(CampaignID("priced")!))
        #expect(!schedule.isActive(campaign, at: instant("2026-01-04T23:59:59.999+01:00")))
        #expect(schedule.isActive(campaign, at: instant("2026-01-05T00:00:00+01:00")))
        #expect(schedule.isActive(campaign, at: instant("2026-01-30T23:59:59.999+01:00")))
        #expect(!schedule.isActive(campaign, at: instant("2026-01-31T00:00:00+01:00")))
        let endless = try #require(schedule.campaign(CampaignID("plain")!))
        #expect(schedule.isActive(endless, at: instant("2099-01-01T00:00:00Z")))
        let item = try #require(schedule.item(ItemID("kettle")!))
        #expect(schedule.isActive(item, at: instant("2026-06-30T23:59:59.999+02:00")))
        #expect(!schedule.isActive(item, at: instant("2026-07-01T00:00:00+02:00")))
    }

    @Test(
        "Points are good through the day some months later, or through its month",
        arguments: [
            (1, Expiry.Align.day, "2026-01-31T12:00:00+01:00", "2026-03-01T00:00:00+01:00"),
            (1, .day, "2026-02-28T12:00:00+01:00", "2026-03-29T00:00:00+01:00"),
            (1, .monthEnd, "2026-01-05T12:00:00+01:00", "2026-03-01T00:00:00+01:00"),
            (1, .monthEnd, "2026-01-31T12:00:00+01:00", "2026-03-01T00:00:00+01:00"),
            (12, .day, "2028-02-29T12:00:00+01:00", "2029-03-01T00:00:00+01:00"),
            (2, .day, "2026-01-28T23:30:00Z", "2026-03-30T00:00:00+02:00"),
            (1200, .monthEnd, "2099-12-31T00:00:00Z", "2200-01-01T00:00:00+01:00"),
        ])
    func expiry(months: Int, align: Expiry.Align, at: String, expected: String) throws {
        let schedule = try schedule(expiry: Expiry(months: months, align: align))
        #expect(schedule.expiresAt(earnedAt: instant(at)) == instant(expected))
    }

    @Test("Without expiry points are good for ever; an opening's are by its own last day alone")
    func openingExpiry() throws {
        let schedule = try schedule()
        #expect(schedule.expiresAt(earnedAt: instant("2026-01-31T12:00:00+01:00")) == nil)
        #expect(schedule.expiresAt(openingExpires: nil) == nil)
        #expect(
            schedule.expiresAt(openingExpires: date("2026-03-29")) == instant("2026-03-30T00:00:00+02:00"))
    }
}
