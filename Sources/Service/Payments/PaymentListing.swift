import Settlement
import Signing
import Store

/// A payment run for people and for programs.
public struct PaymentListing: Sendable {
    let run: PaymentRun
    /// Whether it was not made.
    private let isPreview: Bool
    private let notes: [String]
    private let alliance: Alliance
    private let period: String
    /// The day on which it is made.
    private let made: LocalDate

    init(_ run: PaymentRun, in store: Store, isPreview: Bool = false, notes: [String] = []) throws {
        let schedule = try store.schedule()
        self.run = run
        self.isPreview = isPreview
        self.notes = notes
        alliance = schedule.alliance
        period = schedule.calendar.period(run.period).id
        made = schedule.zone.localDate(at: run.made)
    }

    /// A line on the run, a row a merchant, what each method comes to, and the closing's sum.
    public var text: String {
        var table = TextTable(
            .left("merchant"), .right("balance"), .right("paid since"), .right("under way"), .right("open"),
            .left("method"), .left("due"), .left("reference"))
        for (place, item) in run.items.enumerated() where !isIdle(item) {
            table.add(
                item.open.merchant.text, money(item.open.balance), some(item.open.paidSince),
                some(item.open.underWay), money(item.amount), method(item),
                isPaid(item) ? "\(item.due)" : "", isPaid(item) ? run.reference(of: place).text : "")
        }
        let rows = table.rows.isEmpty ? ["  nothing is open"] : table.lines
        return ([heading] + rows + sums + notes).map { $0 + "\n" }.joined()
    }

    private var heading: String {
        if isPreview {
            return
                "payment run \(run.number) of \(period) would be, in \(alliance.currency.code); --make makes it"
        }
        let files = run.files.map { "\($0.form) given out to \($0.person) on \($0.exported)" }
        let end = run.withdrawnBy.map { ["withdrawn by \($0)"] } ?? []
        let made = "payment run \(run.number) of \(period), made by \(run.maker) on \(run.made)"
        return ([made] + files + end).joined(separator: ", ")
    }

    private func isIdle(_ item: PaymentItem) -> Bool {
        item.method == .settled && item.open.balance.isZero && item.open.paidSince.isZero
    }

    private func isPaid(_ item: PaymentItem) -> Bool { item.method != .settled && item.method != .carried }

    private func method(_ item: PaymentItem) -> String {
        guard item.method == .byHand else { return item.method.rawValue }
        let said = item.amount > .zero ? "pay by hand" : "collect by hand"
        guard isPreview else { return said }
        let details = alliance.merchants.first { $0.id == item.open.merchant }?.payment
        let obstacle = PaymentPlan.obstacle(to: item.amount, details, in: alliance, on: made)
        return said + (obstacle.map { ": \($0.rawValue)" } ?? "")
    }

    private func money(_ amount: Money) -> String {
        Figures.money(amount.minorUnits, exponent: alliance.currency.exponent)
    }

    private func some(_ amount: Money) -> String { amount.isZero ? "" : money(amount) }

    private func sum(_ items: [PaymentItem], _ amount: (PaymentItem) -> Money) -> String {
        let sum = items.reduce(Int128(0)) { $0 + Int128(amount($1).minorUnits) }
        return money(Money(Int64(clamping: sum)))
    }

    private var sums: [String] {
        let methods = PaymentMethod.allCases.compactMap { method -> String? in
            let items = run.items.filter { $0.method == method && !isIdle($0) }
            guard !items.isEmpty, method != .settled else { return nil }
            return "\(method.rawValue): \(items.count) of \(sum(items, \.amount))"
        }
        return methods + ["the balances add up to the closing: \(sum(run.items, \.open.balance))"]
    }

    /// One JSON object, amounts in minor units; what is absent is left out.
    public var json: String {
        var json = CanonicalJSON()
        json.object { object in
            object.member("run", run.number)
            object.member("period", period)
            object.name("preview")
            object.boolean(isPreview)
            object.member("closing", run.closingDigest)
            if !isPreview {
                object.member("made", run.made.description)
                object.member("maker", run.maker.text)
            }
            object.member("withdrawn_by", ifPresent: run.withdrawnBy?.text)
            object.member("items", array: run.items.enumerated()) { json, indexed in
                let (place, item) = indexed
                json.object { object in
                    object.member("merchant", item.open.merchant.text)
                    object.member("balance", item.open.balance.minorUnits)
                    object.member("paid_since", item.open.paidSince.minorUnits)
                    object.member("under_way", item.open.underWay.minorUnits)
                    object.member("amount", item.amount.minorUnits)
                    object.member("method", item.method.rawValue)
                    guard isPaid(item) else { return }
                    object.member("due", item.due.description)
                    object.member("reference", run.reference(of: place).text)
                }
            }
            object.member("files", array: run.files) { json, file in
                json.object { object in
                    object.member("form", file.form)
                    object.member("at", file.exported.description)
                    object.member("person", file.person.text)
                    object.member("digest", SHA256Digest(of: file.bytes).text)
                }
            }
            object.member("notes", array: notes) { $0.string($1) }
        }
        return String(decoding: json.bytes, as: UTF8.self) + "\n"
    }
}
