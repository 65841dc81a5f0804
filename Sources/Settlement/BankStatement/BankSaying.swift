/// Which order a person says that an entry of the bank is of, where the amounts differ too.
public struct BankSaying: Hashable, Sendable {
    public enum Extent: Hashable, Sendable {
        /// The whole of it: the difference, 0 or more, is what the bank charged, and the operator bears it.
        case whole(charges: Money)
        /// A part: no more is waited for, and the rest is open again.
        case part
    }

    public let order: BookingReference
    public let extent: Extent

    public init(order: BookingReference, extent: Extent = .whole(charges: .zero)) {
        self.order = order
        self.extent = extent
    }
}

extension BankMatching {
    /// What is to be done for a line that a person says is of an order. No fault of the line speaks against it.
    ///
    /// Throws `BankRefusal` where there is no such order, where the amounts do not agree with what is said, and where
    /// nothing can be done.
    public func finding(of line: BankLine, as saying: BankSaying) throws(BankRefusal) -> BankFinding {
        guard let place = named[saying.order.text] else {
            throw BankRefusal(
                .orderUnknown,
                "no run has ordered anything under \(saying.order): `settled payments orders --ages` lists what was ordered"
            )
        }
        let finding =
            switch saying.extent {
            case .whole(let charges): try whole(line, place, charges)
            case .part: try part(line, place)
            }
        guard !finding.steps.isEmpty else { throw BankRefusal(.nothingProposed, finding.reason) }
        return finding
    }

    private func whole(_ line: BankLine, _ place: Int, _ charges: Money) throws(BankRefusal) -> BankFinding {
        precondition(charges >= .zero, "charges are never gained")
        let order = orders[place]
        let sum = Int128(line.amount.minorUnits) + Int128(charges.minorUnits)
        // Charges do not turn the way that money went.
        guard sum.magnitude == order.amount.minorUnits.magnitude, (sum > 0) == (line.amount > .zero) else {
            let charged = charges == .zero ? "" : " with charges of \(currency.text(charges))"
            throw BankRefusal(
                .paymentMismatch,
                "it is of \(currency.text(line.amount))\(charged), and \(order.reference) of "
                    + "\(currency.text(order.amount)): say what the bank charged (--charges), or that it is a part "
                    + "(--partial)")
        }
        return judge(line, [place], [], charges: charges)
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
