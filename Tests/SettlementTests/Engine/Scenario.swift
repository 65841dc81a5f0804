import Foundation
import Settlement

/// A member's history as text, settled month by month in Berlin, and what came of it as text.
///
/// Records, one a line: `MM-DDTHH:MM:SS MERCHANT TYPE ID POINTS [ref=ID] [campaign=ID] [item=ID] [expires=DATE]`,
/// all of 2026. The outcome: one line an event in the order of settlement, with its movements; then what
/// expired by time alone, and after each month the lots and debts that are left.
struct Scenario {
    let alliance: Alliance
    let events: [Event]

    init(_ records: String, alliance: Alliance = .sample()) {
        self.alliance = alliance
        let lines = records.split(separator: "\n").filter { !$0.trimmingCharacters(in: .whitespaces).isEmpty }
        events = lines.enumerated().map { Self.event(String($1), number: Int64($0 + 1)) }
    }

    /// Settles the months from January through the last that a record is of, and `further` ones.
    func settled(further: Int = 0) -> String {
        played(further: further).lines.joined(separator: "\n")
    }

    /// What the closes of those months came to, in order and as text.
    func played(further: Int = 0) -> (book: MemoryBook, lines: [String]) {
        let schedule = Schedule(alliance: alliance, zone: .berlin)
        var book = MemoryBook(member: MemberID("x")!, schedule: schedule)
        let last = events.compactMap { schedule.calendar.ordinal(containing: $0.record.at) }.max() ?? 0
        var lines: [String] = []
        for ordinal in 0...(last + further) {
            let period = schedule.calendar.period(ordinal)
            let own = events.filter { schedule.calendar.ordinal(containing: $0.record.at) == ordinal }
            lines += book.close(period, own, all: events)
        }
        return (book, lines)
    }

    private static func event(_ line: String, number: Int64) -> Event {
        let words = line.split(separator: " ").map(String.init)
        var options: [String: String] = [:]
        for word in words.dropFirst(5) {
            let pair = word.split(separator: "=", maxSplits: 1).map(String.init)
            options[pair[0]] = pair[1]
        }
        let instant = Instant(rfc3339: Array("2026-\(words[0])+01:00".utf8))!
        let record = Record(
            id: RecordID(words[3])!, type: RecordType(name: words[2])!, member: MemberID("x")!,
            points: Points(Int64(words[4])!), at: instant, ref: options["ref"].flatMap { RecordID($0) },
            expires: options["expires"].flatMap { LocalDate($0) },
            campaign: options["campaign"].flatMap { CampaignID($0) },
            item: options["item"].flatMap { ItemID($0) })
        return Event(
            number: RecordNumber(number), merchant: MerchantID(words[1])!, record: record, effective: instant,
            late: false, attempts: 0)
    }
}

extension ZoneRules {
    /// The machine's rules of Berlin.
    static let berlin = try! ZoneRules(
        name: "Europe/Berlin",
        tzif: [UInt8](Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/Europe/Berlin"))))
}

extension Alliance {
    /// M and N pay for points when they issue them, P when they are redeemed; points live a month.
    static func sample(
        months: Int? = nil, shortfall: RefundShortfall = .debt, carry: Int = 1
    ) -> Alliance {
        func merchant(_ id: String, _ funding: Funding, _ price: String) -> Merchant {
            Merchant(
                id: MerchantID(id)!, name: "Merchant \(id)",
                terms: [
                    Terms(
                        from: LocalDate("2026-01-01")!, funding: funding, issuePrice: Price(price)!,
                        redeemPrice: Price("0.01")!)
                ])
        }
        return Alliance(
            id: AllianceID("sample")!, name: "Sample", currency: Currency(code: "EUR", exponent: 2),
            timezone: "Europe/Berlin", period: .month, expiry: months.map { Expiry(months: $0) },
            carryPeriods: carry, refundShortfall: shortfall, maxAgeDays: 0, start: LocalDate("2026-01-01")!,
            merchants: [
                merchant("M", .issue, "0.01"), merchant("N", .issue, "0.02"),
                merchant("P", .redemption, "0.02"),
            ],
            campaigns: [
                Campaign(id: CampaignID("c")!, sponsor: MerchantID("N")!, from: LocalDate("2026-01-01")!)
            ],
            items: [
                Item(
                    id: ItemID("g")!, supplier: MerchantID("P")!, points: Points(10),
                    redeemPrice: Price("0.02")!, from: LocalDate("2026-01-01")!)
            ])
    }
}
