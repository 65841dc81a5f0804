public import Settlement
public import Store

/// What runs have ordered and how far it has come, with the days since, for people and for programs.
public struct OrderListing: Sendable {
    private let orders: [PaymentOrder]
    private let schedule: Schedule
    private let today: LocalDate

    /// Of all periods, or of one. Throws `misused` for one that there is not.
    public init(_ store: Store, period id: String?, now: Instant) throws {
        let ordinal = try id.map { try StatementShelf(store).ordinal(ofPeriod: $0) }
        schedule = try store.schedule()
        today = schedule.zone.localDate(at: now)
        orders = try store.paymentOrders().filter { ordinal == nil || $0.period == ordinal }
    }

    /// A row each.
    public var text: String {
        var table = TextTable(
            .left("period"), .left("merchant"), .left("reference"), .right("amount"), .left("given out"),
            .right("days"), .left("due"), .left("state"))
        for order in orders {
            table.add(
                schedule.calendar.period(order.period).id, order.merchant.text, order.reference.text,
                Figures.money(order.amount.minorUnits, exponent: schedule.alliance.currency.exponent),
                "\(day(order))", "\(age(order))", "\(order.due)", state(order))
        }
        return orders.isEmpty ? "" : table.lines.map { $0 + "\n" }.joined()
    }

    private func day(_ order: PaymentOrder) -> LocalDate { schedule.zone.localDate(at: order.ordered) }
    private func age(_ order: PaymentOrder) -> Int { today.dayNumber - day(order).dayNumber }

    private func state(_ order: PaymentOrder) -> String {
        let entry = order.isPaidByEntry ? ", by an entry of the bank" : ""
        return switch order.state {
        case .open where order.creditorReference != nil: "asked for"
        case .open: order.isOverdue(on: today) ? "overdue" : "under way"
        case .waiting: "its draft waits\(entry)"
        case .booked: "booked\(entry)"
        case .differing(let amount, let isDraft):
            (isDraft ? "drafted with " : "booked with ") + schedule.alliance.currency.text(amount)
        case .undone(let other): "came back, or was taken back: \(other)"
        case .rejected: "given up as rejected"
        }
    }

    /// One JSON object a line, amounts in minor units.
    public var json: String {
        orders.map { order in
            var json = CanonicalJSON()
            json.object { object in
                object.member("period", schedule.calendar.period(order.period).id)
                object.member("run", order.run)
                object.member("merchant", order.merchant.text)
                object.member("reference", order.reference.text)
                object.member("amount", order.amount.minorUnits)
                object.member("given_out", order.ordered.description)
                object.member("days", Int64(age(order)))
                object.member("due", order.due.description)
                object.member("state", state(order))
                object.name("overdue")
                object.boolean(order.isOverdue(on: today))
            }
            return String(decoding: json.bytes, as: UTF8.self) + "\n"
        }.joined()
    }
}
