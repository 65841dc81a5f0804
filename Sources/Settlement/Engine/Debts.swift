/// What a member owes, oldest first, found by issuer and by the lot whose reversal left it. Rulebook §5.
///
/// Paid debts stay at zero until the end; each is passed over once, not at every step.
struct Debts {
    private var debts: [Debt]
    /// Positions by issuer, and how many at the front are paid.
    private var byIssuer: [MerchantID: Line] = [:]
    private var byLot: [RecordNumber: Line] = [:]

    private struct Line {
        var positions: [Int] = []
        var paid = 0

        mutating func first(of debts: [Debt]) -> Int? {
            while paid < positions.count {
                if !debts[positions[paid]].points.isZero { return positions[paid] }
                paid += 1
            }
            return nil
        }
    }

    init(_ debts: [Debt]) {
        self.debts = []
        for debt in debts { add(debt) }
    }

    /// Those that stand, oldest first.
    var standing: [Debt] { debts.filter { !$0.points.isZero } }

    subscript(position: Int) -> Points { debts[position].points }

    /// Notes a new debt, and says where it stands.
    @discardableResult
    mutating func add(_ debt: Debt) -> Int {
        let position = debts.count
        debts.append(debt)
        byIssuer[debt.issuer, default: Line()].positions.append(position)
        byLot[debt.lot, default: Line()].positions.append(position)
        return position
    }

    /// The oldest debt to the issuer that is not paid.
    mutating func oldest(to issuer: MerchantID) -> Int? {
        guard !debts.isEmpty else { return nil }
        return byIssuer[issuer]?.first(of: debts)
    }

    /// The oldest debt, not paid, that a reversal of this lot left.
    mutating func oldest(leftBy lot: RecordNumber) -> Int? {
        guard !debts.isEmpty else { return nil }
        return byLot[lot]?.first(of: debts)
    }

    /// Lessens a debt by at most what it is.
    mutating func lessen(_ position: Int, by points: Points) {
        precondition(points <= debts[position].points, "a debt is lessened by at most what it is")
        debts[position].points -= points
    }
}
