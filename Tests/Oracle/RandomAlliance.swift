/// Writes the `alliance.yaml` of a random history.
struct RandomAlliance {
    var numbers: RandomNumbers
    private(set) var periodCount = 0
    private let receipt: RandomSetting.Receipt
    private var lines: [String] = []
    private var start = OracleDate(year: 2026, month: 1, day: 1)
    private var dayCount = 0
    private var merchants: [String] = []

    init(_ numbers: RandomNumbers, _ receipt: RandomSetting.Receipt) {
        (self.numbers, self.receipt) = (numbers, receipt)
    }

    mutating func write() -> String {
        lines = ["id: random", "name: A random history"]
        writeCalendar()
        writeRules()
        let ids = numbers.shuffled(["M", "N", "m", "K-1", "K.1", "K_1", "P10", "P9", "Z", "a"])
        merchants = Array(ids.prefix(numbers.number(2...6)))
        lines.append("merchants:")
        for id in merchants { writeMerchant(id) }
        writeCampaigns(numbers.number(0...3))
        writeItems(numbers.number(0...2))
        return lines.joined(separator: "\n") + "\n"
    }

    private mutating func writeCalendar() {
        let period = numbers.pick(["day", "week", "month", "month", "month"])
        let berlin = [
            "day": ["2026-03-27", "2026-10-23", "2026-02-26"], "week": ["2026-03-16", "2026-12-21"],
        ]
        let cairo = ["day": ["2025-04-23", "2025-10-29"], "week": ["2025-04-14"]]
        let months = ["2026-01-01", "2025-12-01", "2026-02-01", "2026-09-01", "2024-01-01"]
        let isEgyptian = numbers.happens(12)
        let starts = (isEgyptian ? cairo : berlin)[period] ?? months
        let first = numbers.pick(starts)
        guard let date = try? OracleDate(first) else { preconditionFailure("\(first) is a date") }
        start = date
        periodCount = numbers.number(period == "day" ? 4...6 : 3...4)
        dayCount = periodCount * (["day": 1, "week": 7][period] ?? 30)
        let others = ["Europe/Berlin", "Europe/Berlin", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]
        lines += [
            "currency: \(numbers.pick(["EUR", "EUR", "EUR", "JPY", "KWD"]))",
            "timezone: \(isEgyptian ? "Africa/Cairo" : numbers.pick(others))",
            "period: \(period)", "start: \(first)",
        ]
    }

    private mutating func writeRules() {
        if numbers.happens(60) { lines.append("grace: \(numbers.pick([0, 1, 24, 48]))") }
        if numbers.happens(75) {
            lines += ["expiry:", "  months: \(numbers.number(1...2))"]
            if numbers.happens(70) { lines.append("  align: \(numbers.pick(["day", "month_end"]))") }
        }
        if numbers.happens(75) { lines.append("carry_periods: \(numbers.number(0...2))") }
        if numbers.happens(60) {
            lines.append("refund_shortfall: \(numbers.pick(["debt", "absorb"]))")
        }
        // Without receipts everything is received at the end of the run: then a short limit would refuse it
        // all.
        let limits = receipt == .none ? [0, 400] : [0, 400, 20, 40]
        if numbers.happens(60) { lines.append("max_age_days: \(numbers.pick(limits))") }
    }

    private mutating func writeMerchant(_ id: String) {
        lines += ["- id: \(id)", "  name: Merchant \(id)"]
        writeStatus()
        lines.append("  terms:")
        let begin = numbers.happens(10) ? day() : numbers.pick([start, start.adding(days: -40)])
        for from in Set([begin] + days(numbers.number(0...2)).filter { $0 > begin }).sorted() {
            lines += [
                "  - from: \(from.text)", "    funding: \(numbers.pick(["issue", "issue", "redemption"]))",
                "    issue_price: '\(price())'", "    redeem_price: '\(price())'",
            ]
            if numbers.happens(75) { lines.append("    redeem_fee: '\(fraction())'") }
            if numbers.happens(40) { lines.append("    period_fee: \(numbers.number(0...300))") }
            if numbers.happens(50) { lines.append("    vat: '\(fraction())'") }
            if numbers.happens(50) { lines.append("    breakage_share: '\(fraction())'") }
            if numbers.happens(15) {
                lines.append("    max_points_per_unit: '\(numbers.pick(["2", "0.5"]))'")
            }
        }
    }

    private mutating func writeStatus() {
        guard numbers.happens(35) else {
            lines.append("  status: active")
            return
        }
        if numbers.happens(10) {
            lines.append("  status: \(numbers.pick(["left", "suspended"]))")
            return
        }
        let from = numbers.happens(20) ? start.adding(days: 1) : day()
        let word = numbers.pick(["suspended", "left", "left"])
        lines += ["  status:", "  - from: \(start.text)", "    status: active"]
        guard from > start else { return }
        lines += ["  - from: \(from.text)", "    status: \(word)"]
        if numbers.happens(25) {
            let next = numbers.pick(["active", word == "left" ? "suspended" : "left"])
            lines += ["  - from: \(from.adding(days: dayCount / 4 + 1).text)", "    status: \(next)"]
        }
    }

    private mutating func writeCampaigns(_ count: Int) {
        if count > 0 { lines.append("campaigns:") }
        for number in 0..<count {
            lines += ["- id: c\(number)", "  sponsor: \(numbers.pick(merchants))"]
            writeSpan()
            if numbers.happens(50) { lines.append("  funding: \(numbers.pick(["issue", "redemption"]))") }
            if numbers.happens(50) { lines.append("  issue_price: '\(price())'") }
            if numbers.happens(40) { lines.append("  breakage_share: '\(fraction())'") }
        }
    }

    private mutating func writeItems(_ count: Int) {
        if count > 0 { lines.append("items:") }
        for number in 0..<count {
            lines += ["- id: i\(number)", "  supplier: \(numbers.pick(merchants))"]
            lines += ["  points: \(numbers.number(1...4))", "  redeem_price: '\(price())'"]
            writeSpan()
        }
    }

    private mutating func writeSpan() {
        let from = numbers.happens(60) ? start.adding(days: -40) : day()
        lines.append("  from: \(from.text)")
        if numbers.happens(40) { lines.append("  until: \(max(day(), from.adding(days: 1)).text)") }
    }

    private mutating func day() -> OracleDate { start.adding(days: numbers.number(0...dayCount - 1)) }

    private mutating func days(_ count: Int) -> [OracleDate] { (0..<count).map { _ in day() } }

    /// Prices whose products fall on and beside halves; two of them are the same number.
    private mutating func price() -> String {
        numbers.pick([
            "0.005", "0.015", "0.01", "0.0333", "0.333333", "0.000001", "0.10", "0.1", "1", "2.5", "0",
            "0.0049",
            "0.075", "12.345678", "0.5",
        ])
    }

    private mutating func fraction() -> String {
        numbers.pick(["0", "0.1", "0.10", "0.5", "1", "0.333333", "0.05", "0.166667", "0.000001", "0.25"])
    }
}
