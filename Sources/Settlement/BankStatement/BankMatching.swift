/// Finds the orders that an entry of the bank is of: by what they were named end to end, by the group that the bank booked
/// as one, by the creditor reference that the merchant quoted; and, to be looked at by a person, by account and amount.
public struct BankMatching {
    public private(set) var orders: [PaymentOrder]
    public let currency: Currency
    /// Whose accounts they are, by IBAN.
    private let merchants: [String: MerchantID]
    private(set) var named: [String: Int] = [:]
    private var quoted: [String: Int] = [:]
    private var ofAccount: [String: [Int]] = [:]

    public init(orders: [PaymentOrder], accounts: [String: MerchantID], currency: Currency) {
        self.orders = orders
        self.currency = currency
        merchants = accounts
        for (place, order) in orders.enumerated() {
            named[order.reference.text] = place
            if let quoted = order.creditorReference { self.quoted[quoted.text] = place }
            if let account = order.account { ofAccount[account.text, default: []].append(place) }
        }
    }

    /// Notes what was done, for the entries that follow.
    public mutating func apply(_ step: BankFinding.Step, state: PaymentOrder.State) {
        orders[step.order].state = state
        switch step.act {
        case .pay, .payPart, .confirmPaid: orders[step.order].isPaidByEntry = true
        case .undo, .confirmUndone: orders[step.order].isUndoneByEntry = true
        }
    }

    /// `group` gives the end-to-end references of what was ordered as a group; nil: no group has the name. Of a line that is
    /// settled in part `settled` has the orders of that part, by their places; nothing is to be done for these again.
    public func finding(
        of line: BankLine, settled: Set<Int> = [], group: (String) throws -> [String]?
    ) rethrows -> BankFinding {
        if let fault = line.fault { return Self.none(fault) }
        if let place = line.endToEnd.flatMap({ named[$0] }) { return judge(line, [place], settled) }
        if let references = try line.group.flatMap(group) {
            guard let places = standing(ofGroup: references) else {
                return Self.none("not all orders of the group \(line.group ?? "") stand any more")
            }
            return judge(line, places, settled)
        }
        if let place = line.creditorReference.flatMap({ quoted[$0] }) { return judge(line, [place], settled) }
        return settled.isEmpty ? byAccount(line) : Self.none("it quotes no order that is open")
    }

    /// Whether an order is named so end to end.
    public func hasOrder(named name: String) -> Bool { named[name] != nil }

    /// The places of a group's orders, but what the bank rejected, which is not in what it booked; nil: one stands no more.
    func standing(ofGroup references: [String]) -> [Int]? {
        let places = references.compactMap { named[$0] }
        guard places.count == references.count else { return nil }
        let booked = places.filter { orders[$0].state != .rejected }
        return booked.isEmpty ? places : booked
    }

    /// What the orders of a group come to that the bank has not rejected, without some.
    public func sum(ofGroup references: [String], without givenUp: Set<String>) -> Int128 {
        references.filter { !givenUp.contains($0) }.compactMap { named[$0] }.reduce(0) { sum, place in
            orders[place].state == .rejected ? sum : sum + Int128(orders[place].amount.minorUnits)
        }
    }

    // MARK: Judging

    static func none(_ reason: String) -> BankFinding {
        BankFinding(steps: [], isCertain: false, reason: reason)
    }

    private func judge(_ line: BankLine, _ places: [Int], _ settled: Set<Int>) -> BankFinding {
        let plain = judge(line, places, settled, charges: .zero)
        guard plain.steps.isEmpty, let charges = line.charges,
            // They do not turn the way that money went.
            (line.amount > .zero) == (line.amount.minorUnits + charges.minorUnits > 0)
        else { return plain }
        let charged = judge(line, places, settled, charges: charges)
        let sum = places.reduce(Int128(0)) { $0 + Int128(orders[$1].amount.minorUnits) }
        guard !charged.steps.isEmpty else {
            // Where the amounts agree so, what hinders is another thing.
            let amount = Int128(line.amount.minorUnits) + Int128(charges.minorUnits)
            return amount.magnitude == sum.magnitude ? charged : plain
        }
        let reason =
            "with charges of \(currency.text(charges)), which the bank states, it is the amount of what it names"
        return BankFinding(steps: charged.steps, isCertain: false, reason: reason, charges: charges)
    }

    /// What is collected comes less what the bank charged, and what is paid costs so much more: either way the order is of
    /// the entry's amount and the charges.
    func judge(_ line: BankLine, _ places: [Int], _ settled: Set<Int>, charges: Money) -> BankFinding {
        let sum = places.reduce(Int128(0)) { $0 + Int128(orders[$1].amount.minorUnits) }
        let amount = Int128(line.amount.minorUnits) + Int128(charges.minorUnits)
        let name = places.count == 1 ? "\(orders[places[0]].reference)" : "the group \(line.group ?? "")"
        var steps: [BankFinding.Step] = []
        switch amount {
        case sum where line.returned == nil:
            for place in places where !settled.contains(place) {
                guard let act = paying(place) else { return Self.none(hindrance(to: place)) }
                steps.append(BankFinding.Step(order: place, act: act))
            }
            return BankFinding(steps: steps, isCertain: true, reason: "", charges: charges)
        case -sum:
            for place in places where !settled.contains(place) {
                guard let act = returning(place) else { return Self.none(returnHindrance(to: place)) }
                steps.append(BankFinding.Step(order: place, act: act))
            }
            return BankFinding(
                steps: steps, isCertain: line.returned != nil,
                reason: line.returned == nil
                    ? "it is the opposite of \(name), and not said to come back" : "",
                charges: charges)
        case sum: return Self.none("it is said to come back, and goes the way that \(name) was ordered")
        default:
            let ordered = currency.text(Money(Int64(clamping: sum)))
            return Self.none("it is of \(currency.text(line.amount)), and \(name) of \(ordered)")
        }
    }

    func paying(_ place: Int) -> BankFinding.Act? {
        let order = orders[place]
        guard !order.isPaidByEntry else { return nil }
        return switch order.state {
        case .open: .pay
        case .waiting, .booked: .confirmPaid
        case .differing, .undone, .rejected: nil
        }
    }

    func hindrance(to place: Int) -> String {
        let order = orders[place]
        let name = "\(order.reference) of \(order.merchant)"
        if order.isPaidByEntry {
            guard case .differing(let amount, _) = order.state else {
                return "another entry has settled \(name)"
            }
            return "another entry has settled \(name), with \(currency.text(amount))"
        }
        return switch order.state {
        case .undone(let other): "\(name) was booked, and taken back by \(other)"
        case .differing(let amount, let isDraft):
            "\(name) is \(isDraft ? "drafted" : "booked") with \(currency.text(amount))"
        case .rejected: "\(name) was given up as rejected"
        case .booked:
            "\(name) is booked whole: if a part came, take that back and record the part (`settled pay`)"
        case .waiting: "a draft of the whole of \(name) waits: withdraw that first (`settled withdraw`)"
        case .open: preconditionFailure("nothing hinders an order that is open")
        }
    }

    private func returning(_ place: Int) -> BankFinding.Act? {
        let order = orders[place]
        guard !order.isUndoneByEntry else { return nil }
        return switch order.state {
        case .booked: .undo
        case .undone(let other): .confirmUndone(by: other)
        case .open, .waiting, .differing, .rejected: nil
        }
    }

    private func returnHindrance(to place: Int) -> String {
        let order = orders[place]
        let name = "\(order.reference) of \(order.merchant)"
        if order.isUndoneByEntry { return "another entry has taken back \(name)" }
        if case .differing(let amount, let isDraft) = order.state {
            return "\(name) is \(isDraft ? "drafted" : "booked") with \(currency.text(amount))"
        }
        return order.state == .waiting
            ? "it comes back, and the draft of \(name) waits: approve it first"
            : "it comes back, and no payment of \(name) is booked"
    }

    // MARK: By account

    private func byAccount(_ line: BankLine) -> BankFinding {
        guard let account = line.account else { return Self.none("it quotes no order, and names no account") }
        let fitting = ofAccount[account, default: []].filter {
            orders[$0].amount == line.amount && paying($0) == .pay
        }
        if fitting.count == 1, line.returned == nil {
            let order = orders[fitting[0]]
            return BankFinding(
                steps: [BankFinding.Step(order: fitting[0], act: .pay)], isCertain: false,
                reason: "it quotes no order; account and amount are those of \(order.reference)")
        }
        guard let merchant = merchants[account] else {
            return Self.none("it quotes no order, and no merchant has its account")
        }
        return Self.none(
            fitting.isEmpty
                ? "it quotes no order, is of the account of \(merchant), and nothing of its amount is open"
                : "it quotes no order, and \(fitting.count) of \(merchant) are of its amount")
    }
}
