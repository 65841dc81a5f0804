import Signing
import Testing

/// Rulebook §6: what holds of the money of every closing, whatever its figures.
func expectBooks(_ settled: SettledHistory, _ seed: UInt64) {
    var balances: [String: Int64] = [:]
    var statements: [String: (number: Int64, digest: String)] = [:]
    var closing: (number: Int64, digest: String?) = (0, nil)
    for period in settled.periods {
        let place = "SETTLED_SEED=\(seed), \(period.closing.period.id)"
        expectZeroSum(period, place)
        expectBalance(period, &balances, place)
        expectPool(period, place)
        #expect(period.closing.number == closing.number + 1, "\(place)")
        #expect(period.closing.previous == closing.digest, "\(place)")
        closing = (period.closing.number, SHA256Digest(of: period.bytes).text)
        for (name, documents) in period.merchants {
            let digest = SHA256Digest(of: documents.bytes).text
            let before = statements[name]
            #expect(documents.statement.number == (before?.number ?? 0) + 1, "\(place) \(name)")
            #expect(documents.statement.previous == before?.digest, "\(place) \(name)")
            statements[name] = (documents.statement.number, digest)
        }
        let listed = period.closing.statements.map { "\($0.merchant) \($0.number) \($0.digest)" }
        let written = period.merchants.map { name, _ in
            "\(name) \(statements[name]?.number ?? 0) \(statements[name]?.digest ?? "")"
        }
        #expect(listed == written, "\(place)")
    }
}

/// "all merchant positions and the operator's position sum to zero"
private func expectZeroSum(_ period: SettledHistory.Period, _ place: String) {
    let closing = period.closing
    #expect(closing.operator.activity + closing.positions.reduce(0) { $0 + $1.activity } == 0, "\(place)")
    #expect(closing.operator.closing + closing.positions.reduce(0) { $0 + $1.closing } == 0, "\(place)")
    let positions = closing.positions.map { "\($0.merchant) \($0.activity) \($0.closing)" }
    let balances = period.merchants.map { name, documents in
        "\(name) \(documents.statement.balance.activity) \(documents.statement.balance.closing)"
    }
    #expect(positions == balances, "\(place)")
    for (name, documents) in period.merchants {
        let (balance, lines) = (documents.statement.balance, documents.statement.lines)
        #expect(balance.activity == lines.reduce(0) { $0 + $1.amount }, "\(place) \(name)")
        #expect(
            balance.closing == balance.opening + balance.activity + balance.payments, "\(place) \(name)")
    }
}

/// "An account's closing = opening + debit − credit", "`receivable:<merchant>` is minus the merchant's
/// balance".
private func expectBalance(
    _ period: SettledHistory.Period, _ balances: inout [String: Int64], _ place: String
) {
    let journal = period.closing.journal
    #expect(journal.reduce(0) { $0 + $1.debit } == journal.reduce(0) { $0 + $1.credit }, "\(place)")
    var seen: Set<String> = []
    for account in journal {
        #expect(seen.insert(account.account).inserted, "\(place): \(account.account) stands there twice")
        #expect(account.opening == balances[account.account] ?? 0, "\(place): \(account.account)")
        #expect(
            account.closing == account.opening + account.debit - account.credit,
            "\(place): \(account.account)")
        balances[account.account] = account.closing
    }
    for (account, balance) in balances where !seen.contains(account) {
        #expect(balance == 0, "\(place): \(account) is gone")
    }
    for (name, documents) in period.merchants {
        let balance = documents.statement.balance.closing
        #expect(period.balance(of: "receivable:\(name)") == -balance, "\(place): receivable:\(name)")
    }
}

/// "`pool` is always worth exactly the prepaid points that are open": by issuer and price, over the months.
private func expectPool(_ period: SettledHistory.Period, _ place: String) {
    struct Key: Hashable {
        let issuer, price: String
    }
    var open: [Key: Int64] = [:]
    for row in period.closing.liability where row.funding == "issue" {
        open[Key(issuer: row.issuer, price: row.price), default: 0] += row.points
    }
    let unit = [1, 10, 100, 1000][period.closing.currency.exponent] as Int128
    let worth = open.reduce(Int64(0)) { sum, row in
        sum + halfEven(Int128(row.value) * parts(row.key.price) * unit)
    }
    #expect(period.balance(of: "pool") == -worth, "\(place): pool")
    for row in period.closing.liability {
        #expect(row.value == halfEven(Int128(row.points) * parts(row.price) * unit), "\(place): liability")
    }
}

/// A decimal as a count of 10^-12.
func parts(_ decimal: String) -> Int128 {
    let isNegative = decimal.hasPrefix("-")
    let halves = decimal.drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
    let fraction = halves.count == 2 ? String(halves[1]) : ""
    precondition(halves.count <= 2 && fraction.count <= 12, "\(decimal) has at most twelve places")
    let padding = String(repeating: "0", count: 12 - fraction.count)
    guard let value = Int128(halves[0] + fraction + padding) else {
        preconditionFailure("\(decimal) is a decimal")
    }
    return isNegative ? -value : value
}

/// Half to even of a count of 10^-12, by the parity of the whole numbers around it.
func halfEven(_ parts: Int128) -> Int64 {
    let scale: Int128 = 1_000_000_000_000
    let below = parts >= 0 || parts % scale == 0 ? parts / scale : parts / scale - 1
    let distance = parts - below * scale
    if distance * 2 == scale { return Int64(below % 2 == 0 ? below : below + 1) }
    return Int64(distance * 2 < scale ? below : below + 1)
}
