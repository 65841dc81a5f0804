/// Which order a person says that an entry of the bank is of, where the amounts differ too.
public struct BankSaying: Hashable, Sendable {
    public enum Extent: Hashable, Sendable {
        /// The whole of it: the difference, 0 or more, is what the bank charged, and the operator bears it.
        case whole(charges: Money)
        /// A part: no more is waited for, and the rest is open again.
        case part
    }

    /// End to end, or the name of a group of orders.
    public let order: BookingReference
    public let extent: Extent

    public init(order: BookingReference, extent: Extent = .whole(charges: .zero)) {
        self.order = order
        self.extent = extent
    }
}

extension BankMatching {
    /// What is to be done for a line that a person says is of an order, or of a group: `group` has the end-to-end references
    /// of the one that the saying names, if one has the name. No fault of the line speaks against it.
    ///
    /// Throws `BankRefusal` where there is no such order, where the amounts do not agree with what is said, and where
    /// nothing can be done.
    public func finding(
        of line: BankLine, as saying: BankSaying, group: [String]? = nil
    ) throws(BankRefusal) -> BankFinding {
        let places = try places(of: saying, group)
        let finding =
            switch saying.extent {
            case .whole(let charges): try whole(line, places, saying.order, charges)
            case .part where places.count > 1: Self.none("a part is of one order: name that")
            case .part: try part(line, places[0])
            }
        guard !finding.steps.isEmpty else { throw BankRefusal(.nothingProposed, finding.reason) }
        return finding
    }

    private func places(of saying: BankSaying, _ group: [String]?) throws(BankRefusal) -> [Int] {
        if let place = named[saying.order.text] { return [place] }
        guard let group, !group.isEmpty else {
            throw BankRefusal(
                .orderUnknown,
                "no run has ordered anything under \(saying.order): `settled payments orders --ages` lists what was ordered"
            )
        }
        guard let places = standing(ofGroup: group) else {
            throw BankRefusal(.nothingProposed, "not all orders of the group \(saying.order) stand any more")
        }
        return places
    }

    private func whole(
        _ line: BankLine, _ places: [Int], _ name: BookingReference, _ charges: Money
    ) throws(BankRefusal) -> BankFinding {
        precondition(charges >= .zero, "charges are never gained")
        let ordered = places.reduce(Int128(0)) { $0 + Int128(orders[$1].amount.minorUnits) }
        let sum = Int128(line.amount.minorUnits) + Int128(charges.minorUnits)
        // Charges do not turn the way that money went.
        guard sum.magnitude == ordered.magnitude, (sum > 0) == (line.amount > .zero) else {
            let charged = charges == .zero ? "" : " with charges of \(currency.text(charges))"
            throw BankRefusal(
                .paymentMismatch,
                "it is of \(currency.text(line.amount))\(charged), and \(name) of "
                    + "\(currency.text(Money(Int64(clamping: ordered)))): say what the bank charged (--charges), or that "
                    + "it is a part (--partial)")
        }
        return judge(line, places, [], charges: charges)
    }

    private func part(_ line: BankLine, _ place: Int) throws(BankRefusal) -> BankFinding {
        let order = orders[place]
        guard line.amount != .zero, (line.amount > .zero) == (order.amount > .zero),
            line.amount.minorUnits.magnitude < order.amount.minorUnits.magnitude
        else {
            throw BankRefusal(
                .paymentMismatch,
                "it is of \(currency.text(line.amount)), which is no part of \(order.reference) of "
                    + currency.text(order.amount))
        }
        guard line.returned == nil else {
            return Self.none("it is said to come back, and is no part of what was ordered")
        }
        guard paying(place) == .pay else { return Self.none(hindrance(to: place)) }
        return BankFinding(
            steps: [BankFinding.Step(order: place, act: .payPart)], isCertain: true, reason: "")
    }
}
