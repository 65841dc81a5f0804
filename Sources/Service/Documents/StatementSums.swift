import Settlement

/// Whether a statement's figures add up: by themselves, and with the rows of its DETAILS.csv. Rulebook §6, §7.
///
/// A signature says who wrote a statement, this whether it says what its own records come to.
struct StatementSums {
    private let statement: StatementDocument
    /// What does not add up, a sentence each; empty: all does.
    private(set) var problems: [String] = []

    /// `details`: what its DETAILS.csv sums to; nil: it is not here, and its lines are not held against it.
    init(_ statement: StatementDocument, details: DetailsSums?) {
        self.statement = statement
        checkKeys()
        checkPrices()
        checkRedeemFees()
        checkVAT()
        checkBalance()
        checkPoints()
        if let details { check(details) }
    }

    /// Kinds of lines that no movement makes.
    private static let withoutPoints: Set<String> = ["redeem_fee", "period_fee", "vat", "adjustment"]

    /// Each line has a key of its own; of points all have that movements make, and no other.
    private mutating func checkKeys() {
        var met: Set<DetailsSums.Key> = []
        for (place, line) in statement.lines.enumerated() {
            let name = "line \(place + 1), \(line.kind),"
            if !met.insert(line.sumKey).inserted { problems.append("\(name) stands there twice") }
            if (line.points == nil) != Self.withoutPoints.contains(line.kind) {
                problems.append("\(name) \(line.points == nil ? "is of no points" : "is of points")")
            }
        }
    }

    /// Kinds of lines that are owed by the merchant; the others of points are owed to it.
    private static let owed: Set<String> = ["issue", "redemption_charge", "redemption_payout_reversal"]

    /// Points times price, of what expired times the share as well: every line of points has one price. Whether it is the
    /// one that was agreed nothing here says.
    private mutating func checkPrices() {
        let exponent = statement.currency.exponent
        guard (0...6).contains(exponent) else {
            problems.append("the currency has the exponent \(exponent)")
            return
        }
        let minorPerMajor = (0..<exponent).reduce(Int128(1)) { product, _ in product * 10 }
        for (place, line) in statement.lines.enumerated() {
            guard let points = line.points else { continue }
            guard let price = line.price.flatMap({ Price($0) }) else {
                problems.append("line \(place + 1), \(line.kind), is of no price")
                continue
            }
            let share =
                line.kind == "expiry_refund"
                ? line.rate.flatMap { Fraction($0) } : Fraction(millionths: 1_000_000)
            guard let share,
                let parts = Self.product(Int128(points), [price.millionths, share.millionths], minorPerMajor)
            else {
                problems.append("line \(place + 1), \(line.kind), is of no share, or too large")
                continue
            }
            let worth = ExactAmount(parts: parts).roundedHalfEven
            hold(
                "the points of line \(place + 1) at its price", Int128(line.amount),
                is: Self.owed.contains(line.kind) ? -worth : worth)
        }
    }

    /// Nil where it passes 128 bits.
    private static func product(_ first: Int128, _ millionths: [Int64], _ last: Int128) -> Int128? {
        var product = first
        for factor in millionths.map({ Int128($0) }) + [last] {
            let (next, overflow) = product.multipliedReportingOverflow(by: factor)
            if overflow { return nil }
            product = next
        }
        return product
    }

    /// One line a rate, of the rounded payouts and payout reversals of that rate; none where that is nothing.
    private mutating func checkRedeemFees() {
        var expected: [String: Int128] = [:]
        for line in statement.lines where line.kind.hasPrefix("redemption_payout") {
            expected[line.rate ?? "0", default: 0] -= Int128(line.amount)
        }
        var fees: [String: Int128] = [:]
        for line in statement.lines where line.kind == "redeem_fee" {
            fees[line.rate ?? "?", default: 0] += Int128(line.amount)
        }
        for rate in Set(expected.keys).union(fees.keys).sorted() {
            guard let fraction = Fraction(rate) else {
                problems.append("a redeem_fee or a payout is of no rate")
                continue
            }
            hold(
                "the redeem_fee of the rate \(rate)", fees[rate] ?? 0,
                is: ExactAmount(expected[rate] ?? 0, times: fraction).roundedHalfEven)
        }
    }

    /// That a line of VAT is left out is not seen, as nothing else says the rate.
    private mutating func checkVAT() {
        let fees = sum { $0.kind.hasSuffix("_fee") }
        let lines = statement.lines.filter { $0.kind == "vat" }
        guard let vat = lines.first else { return }
        if lines.count > 1 { problems.append("there are \(lines.count) lines of vat") }
        guard let rate = vat.rate.flatMap({ Fraction($0) }) else {
            problems.append("the vat is of no rate")
            return
        }
        hold(
            "the vat of the rate \(rate)", Int128(vat.amount),
            is: ExactAmount(fees, times: rate).roundedHalfEven)
    }

    private mutating func checkBalance() {
        let balance = statement.balance
        hold("the activity", Int128(balance.activity), is: sum { _ in true })
        hold(
            "the closing balance", Int128(balance.closing),
            is: Int128(balance.opening) + Int128(balance.activity) + Int128(balance.payments))
        if statement.number == 1 { hold("the opening balance of number 1", Int128(balance.opening), is: 0) }
    }

    private mutating func checkPoints() {
        let points = statement.points
        hold(
            "the closing points", Int128(points.closing),
            is: Int128(points.opening) + Int128(points.issued) - Int128(points.reversed)
                - Int128(points.redeemed) + Int128(points.restored) - Int128(points.expired))
        if statement.number == 1 { hold("the opening points of number 1", Int128(points.opening), is: 0) }
    }

    private mutating func check(_ details: DetailsSums) {
        hold("the rows of DETAILS.csv", Int128(statement.details.rows), is: Int128(details.rows))
        var unnamed = Set(details.sums.keys)
        for (place, line) in statement.lines.enumerated() where line.points != nil {
            let key = line.sumKey
            unnamed.remove(key)
            guard let sum = details.sums[key] else {
                problems.append("line \(place + 1), \(line.kind), has no row in DETAILS.csv")
                continue
            }
            hold("the points of line \(place + 1)", Int128(line.points ?? 0), is: sum.points)
            hold("the amount of line \(place + 1)", Int128(line.amount), is: sum.exact.roundedHalfEven)
        }
        for kind in unnamed.map(\.kind).sorted() {
            problems.append("DETAILS.csv has rows of a line \(kind) that the statement does not have")
        }
        for (state, count) in [
            ("settled", statement.records.settled), ("pending", statement.records.pending),
            ("refused", statement.records.refused),
        ] {
            hold("the records \(state)", Int128(count), is: Int128(details.records[state] ?? 0))
        }
    }

    private func sum(of isCounted: (StatementDocument.Line) -> Bool) -> Int128 {
        statement.lines.filter(isCounted).reduce(0) { $0 + Int128($1.amount) }
    }

    private mutating func hold(_ what: String, _ found: Int128, is expected: Int128) {
        if found != expected { problems.append("\(what): expected \(expected), found \(found)") }
    }
}

extension StatementDocument.Line {
    fileprivate var sumKey: DetailsSums.Key {
        DetailsSums.Key(
            kind: kind, counterparty: counterparty ?? "", price: price ?? "", rate: rate ?? "",
            reference: reference ?? "")
    }
}

/// Whether a closing's figures add up: the journal, and what merchants and operator owe each other. Rulebook §6.
struct ClosingSums {
    private(set) var problems: [String] = []

    init(_ closing: ClosingDocument) {
        let positions = closing.positions
        hold(
            "the operator's activity", closing.operator.activity,
            is: -positions.reduce(0) { $0 + Int128($1.activity) })
        hold(
            "the operator's balance", closing.operator.closing,
            is: -positions.reduce(0) { $0 + Int128($1.closing) })
        for account in closing.journal {
            hold(
                "account \(account.account)", account.closing,
                is: Int128(account.opening) + Int128(account.debit) - Int128(account.credit))
        }
        let (debit, credit) = closing.journal.reduce((Int128(0), Int128(0))) {
            ($0.0 + Int128($1.debit), $0.1 + Int128($1.credit))
        }
        if debit != credit { problems.append("the journal: \(debit) debit, \(credit) credit") }
        for position in positions {
            let account = "receivable:\(position.merchant)"
            let owed = closing.journal.first { $0.account == account }?.closing ?? 0
            hold("account \(account)", owed, is: -Int128(position.closing))
        }
    }

    private mutating func hold(_ what: String, _ found: Int64, is expected: Int128) {
        if Int128(found) != expected { problems.append("\(what): expected \(expected), found \(found)") }
    }
}
