import Settlement
import Testing

@Suite struct AllianceChangeTests {
    private let sample = SampleAlliance.alliance(expiry: Expiry(months: 12))
    /// January to March 2026 have closed.
    private let closed = AllianceChange.Standing(earliestOpen: 3, hasRecords: true)
    private let stored = AllianceChange.Standing(earliestOpen: 0, hasRecords: true)
    private let fresh = AllianceChange.Standing(earliestOpen: 0, hasRecords: false)

    private func refusals(_ new: Alliance, _ standing: AllianceChange.Standing) -> [String] {
        let change = AllianceChange(from: sample, to: new, standing: standing)
        #expect(new.problems == [])
        #expect(change.isEmpty == (new == sample))
        return change.refusals.map { "\($0.code.rawValue) \($0.path)" }
    }

    private func date(_ text: String) -> LocalDate { LocalDate(text)! }

    private func with(_ merchant: Merchant) -> Alliance {
        sample.with(merchants: sample.merchants.filter { $0.id != merchant.id } + [merchant])
    }

    @Test("The same alliance is no change, wherever it stands")
    func noChange() {
        for standing in [fresh, stored, closed] { #expect(refusals(sample, standing) == []) }
    }

    @Test("The difference reads member by member, what goes last")
    func lines() {
        let newcomer = Merchant(id: MerchantID("O")!, name: "Merchant O", terms: [SampleAlliance.n.terms[0]])
        let new = sample.with(
            name: "Renamed", expiry: .some(nil),
            merchants: [
                SampleAlliance.m.with(terms: [SampleAlliance.terms("2026-01-01", "0.03")]), SampleAlliance.n,
                newcomer,
            ],
            items: [])
        let change = AllianceChange(from: sample, to: new, standing: fresh)
        #expect(change.refusals == [])
        #expect(
            change.lines == [
                "~ name: Sample → Renamed",
                "~ expiry: 12 months, day → none",
                "~ merchants[M].terms[2026-01-01].issue_price: 0.01 → 0.03",
                "+ merchants[O].name: Merchant O",
                "+ merchants[O].terms[2026-01-01].funding: redemption",
                "+ merchants[O].terms[2026-01-01].issue_price: 0.05",
                "+ merchants[O].terms[2026-01-01].redeem_price: 0.008",
                "+ merchants[O].terms[2026-01-01].redeem_fee: 0.2",
                "+ merchants[O].terms[2026-01-01].period_fee: 1500",
                "+ merchants[O].terms[2026-01-01].vat: 0.19",
                "+ merchants[O].terms[2026-01-01].breakage_share: 0.25",
                "+ merchants[O].terms[2026-01-01].max_points_per_unit: 1.5",
                "- merchants[M].terms[2026-04-01].funding: issue",
                "- merchants[M].terms[2026-04-01].issue_price: 0.02",
                "- merchants[M].terms[2026-04-01].redeem_price: 0.009",
                "- merchants[M].terms[2026-04-01].redeem_fee: 0.1",
                "- merchants[M].terms[2026-04-01].period_fee: 0",
                "- merchants[M].terms[2026-04-01].vat: 0",
                "- merchants[M].terms[2026-04-01].breakage_share: 0.5",
                "- items[kettle].supplier: N",
                "- items[kettle].points: 100",
                "- items[kettle].redeem_price: 0.004",
                "- items[kettle].from: 2026-01-01",
                "- items[kettle].until: 2026-07-01",
            ])
    }

    @Test("All but name and grace are fixed after the first close, and what records were read by before it")
    func head() {
        let readBy: [(String, Alliance)] = [
            ("id", sample.with(id: AllianceID("other")!)),
            ("currency", sample.with(currency: Currency(code: "JPY", exponent: 0))),
            ("timezone", sample.with(timezone: "Africa/Cairo")), ("period", sample.with(period: .day)),
            ("start", sample.with(start: date("2025-12-01"))),
        ]
        let settledBy: [(String, Alliance)] = [
            ("expiry", sample.with(expiry: .some(nil))), ("carry_periods", sample.with(carryPeriods: 2)),
            ("refund_shortfall", sample.with(refundShortfall: .absorb)),
            ("max_age_days", sample.with(maxAgeDays: 0)),
        ]
        for (member, new) in readBy {
            #expect(refusals(new, fresh) == [])
            #expect(refusals(new, stored) == ["records_stand_on_it \(member)"])
            #expect(refusals(new, closed) == ["fixed_after_first_close \(member)"])
        }
        for (member, new) in settledBy {
            #expect(refusals(new, fresh) == [])
            #expect(refusals(new, stored) == [])
            #expect(refusals(new, closed) == ["fixed_after_first_close \(member)"])
        }
        #expect(refusals(sample.with(name: "Other", graceHours: 48), closed) == [])
    }

    @Test("New terms begin with the earliest open period or later; those of closed periods stay as they are")
    func terms() {
        let m = SampleAlliance.m
        let january = m.terms[0]
        let refused = ["touches_closed_period merchants[M].terms"]
        // Terms from the first open day may be added, changed and taken away.
        #expect(refusals(with(m.with(terms: [january])), closed) == [])
        #expect(
            refusals(with(m.with(terms: [january, SampleAlliance.terms("2026-04-01", "0.5")])), closed) == [])
        #expect(
            refusals(with(m.with(terms: m.terms + [SampleAlliance.terms("2026-05-01", "0.5")])), closed) == []
        )
        // The day before is closed.
        #expect(
            refusals(with(m.with(terms: [january, SampleAlliance.terms("2026-03-31", "0.5")])), closed)
                == refused)
        #expect(refusals(with(m.with(terms: [SampleAlliance.terms("2026-01-01", "0.5")])), closed) == refused)
        #expect(
            refusals(with(m.with(terms: [m.terms[1]])), closed)
                == refused + ["records_stand_on_it merchants[M].terms[0].from"])
        #expect(refusals(with(m.with(terms: [SampleAlliance.terms("2026-01-01", "0.5")])), stored) == [])
        #expect(
            refusals(with(m.with(terms: [m.terms[1]])), stored) == [
                "records_stand_on_it merchants[M].terms[0].from"
            ])
        #expect(refusals(with(m.with(terms: [m.terms[1]])), fresh) == [])
    }

    @Test("A status of closed days stays as it was; a plain word that changes nothing is no change of it")
    func status() {
        let m = SampleAlliance.m
        func statuses(_ changes: (String, MerchantStatus)...) -> Alliance {
            with(m.with(statuses: changes.map { StatusChange(from: date($0.0), status: $0.1) }))
        }
        #expect(refusals(statuses(("2026-01-01", .active)), closed) == [])
        #expect(refusals(statuses(("2026-01-01", .active), ("2026-04-01", .left)), closed) == [])
        let refused = ["touches_closed_period merchants[M].status"]
        #expect(refusals(statuses(("2026-01-01", .suspended)), closed) == refused)
        #expect(refusals(statuses(("2026-03-31", .left)), closed) == refused)
        #expect(refusals(statuses(("2026-03-31", .left)), stored) == [])
        let n = SampleAlliance.n
        #expect(refusals(with(n.with(statuses: [])), closed) == ["touches_closed_period merchants[N].status"])
    }

    @Test("A merchant joins from the first open day on, and stays in the alliance")
    func joiningAndLeaving() {
        func joining(_ from: String, _ statuses: [StatusChange] = []) -> Alliance {
            let terms = [SampleAlliance.terms(from, "0.01")]
            return with(Merchant(id: MerchantID("O")!, name: "O", statuses: statuses, terms: terms))
        }
        let active = StatusChange(from: date("2026-01-01"), status: .active)
        #expect(refusals(joining("2026-04-01", [active]), closed) == [])
        #expect(refusals(joining("2026-03-31"), closed) == ["touches_closed_period merchants[O].terms"])
        #expect(refusals(joining("2025-01-01"), stored) == [])
        let without = sample.with(merchants: [SampleAlliance.n])
        #expect(refusals(without, fresh) == [])
        #expect(refusals(without, stored) == ["records_stand_on_it merchants[M]"])
        #expect(refusals(without, closed) == ["records_stand_on_it merchants[M]"])
    }

    @Test("Campaigns and items stay as closed days saw them; what begins or ends later may change")
    func offers() {
        let plain = sample.campaigns[0]
        let priced = sample.campaigns[1]
        func changing(
            sponsor: MerchantID? = nil, from: String = "2026-01-01", until: String? = nil,
            price: String? = nil
        ) -> Alliance {
            let changed = Campaign(
                id: plain.id, sponsor: sponsor ?? plain.sponsor, from: date(from),
                until: until.map { date($0) },
                issuePrice: price.flatMap { Price($0) })
            return sample.with(campaigns: [changed, priced])
        }
        let refused = ["touches_closed_period campaigns[plain]"]
        #expect(refusals(changing(until: "2026-04-01"), closed) == [])
        #expect(refusals(changing(until: "2026-05-01"), closed) == [])
        #expect(refusals(changing(until: "2026-03-31"), closed) == refused)
        #expect(refusals(changing(price: "0.5"), closed) == refused)
        #expect(refusals(changing(price: "0.5"), stored) == [])
        #expect(refusals(changing(from: "2026-01-02"), closed) == refused)
        let sponsored = "records_stand_on_it campaigns[plain].sponsor"
        #expect(refusals(changing(sponsor: SampleAlliance.m.id), closed) == refused + [sponsored])
        #expect(refusals(changing(sponsor: SampleAlliance.m.id), stored) == [sponsored])
        #expect(refusals(changing(sponsor: SampleAlliance.m.id), fresh) == [])
        #expect(
            refusals(sample.with(campaigns: [priced]), closed) == ["records_stand_on_it campaigns[plain]"])
        // What ended in a closed period cannot be opened again there.
        let again = Campaign(
            id: priced.id, sponsor: priced.sponsor, from: priced.from, funding: priced.funding,
            issuePrice: priced.issuePrice, breakageShare: priced.breakageShare)
        #expect(
            refusals(sample.with(campaigns: [plain, again]), closed) == [
                "touches_closed_period campaigns[priced]"
            ])
        // A new one begins on an open day.
        func new(_ from: String) -> Alliance {
            sample.with(
                items: sample.items + [
                    Item(
                        id: ItemID("mug")!, supplier: SampleAlliance.m.id, points: Points(5),
                        redeemPrice: Price("0.1")!,
                        from: date(from))
                ])
        }
        #expect(refusals(new("2026-04-01"), closed) == [])
        #expect(refusals(new("2026-03-31"), closed) == ["touches_closed_period items[mug]"])
        #expect(refusals(sample.with(items: []), stored) == ["records_stand_on_it items[kettle]"])
        #expect(refusals(sample.with(items: []), fresh) == [])
    }

    @Test("Weeks and days know their first open day too")
    func otherPeriods() {
        for (period, earliestOpen, firstOpen) in [
            (PeriodLength.week, 2, "2026-01-19"), (.day, 31, "2026-02-05"),
        ] {
            let old = sample.with(period: period, start: date("2026-01-05"))
            let standing = AllianceChange.Standing(earliestOpen: earliestOpen, hasRecords: true)
            for (shift, count) in [(-1, 1), (0, 0)] {
                let from = date(firstOpen).adding(days: shift)
                let m = SampleAlliance.m
                let terms = [m.terms[0], SampleAlliance.terms(from.description, "0.5"), m.terms[1]]
                let new = old.with(merchants: [m.with(terms: terms), SampleAlliance.n])
                #expect(AllianceChange(from: old, to: new, standing: standing).refusals.count == count)
            }
        }
    }
}
