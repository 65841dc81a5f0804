/// What one merchant's period comes to, gathered member by member.
struct MerchantLedger {
    /// Exact sums of one line.
    struct Sum {
        var points: Int128 = 0
        var exact = ExactAmount.zero
    }

    let merchant: MerchantID
    private(set) var sums: [LineKey: Sum] = [:]
    var points = PointFigures()
    var records = RecordCounts()
    /// By id when the statement is written.
    var exceptions: [StatementException] = []
    var details: DetailsWriter

    init(merchant: MerchantID) {
        self.merchant = merchant
        details = DetailsWriter()
    }

    mutating func add(_ points: Points, _ exact: ExactAmount, to key: LineKey) throws(CloseFailure) {
        var sum = sums[key] ?? Sum()
        sum.points += Int128(points.count)
        guard let exactSum = sum.exact.adding(exact) else {
            throw .doesNotFit(what: "a line of \(key.kind.name)", merchant: merchant)
        }
        sum.exact = exactSum
        sums[key] = sum
    }

    /// The lines of points, each rounded once, in the order of statements.
    func lines() throws(CloseFailure) -> [Line] {
        var lines: [Line] = []
        for (key, sum) in sums.sorted(by: { $0.key < $1.key }) {
            let what = "a line of \(key.kind.name)"
            lines.append(
                Line(
                    key: key, points: Points(try fitting(sum.points, what, of: merchant)),
                    amount: Money(try fitting(sum.exact.roundedHalfEven, what, of: merchant))))
        }
        return lines
    }

    /// Whether nothing at all happened to the merchant's points and records.
    var isQuiet: Bool { sums.isEmpty && records.all == 0 && points.isQuiet }
}

/// Points of an issuer in one period: opening + issued − reversed − redeemed + restored − expired = closing.
/// Rulebook §6.
struct PointFigures {
    /// Open points of its lots when the period began and when it ended.
    var opening: Int128 = 0
    var closing: Int128 = 0
    var issued: Int128 = 0
    var reversed: Int128 = 0
    var redeemed: Int128 = 0
    var restored: Int128 = 0
    var expired: Int128 = 0

    var isQuiet: Bool {
        opening == 0 && closing == 0 && issued == 0 && reversed == 0 && redeemed == 0 && restored == 0
            && expired == 0
    }

    mutating func count(_ kind: Movement.Kind, _ points: Points) {
        let points = Int128(points.count)
        switch kind {
        case .issue: issued += points
        case .allocation: redeemed += points
        case .restoration: restored += points
        case .recovery, .debtRecovery: reversed += points
        case .expiry: expired += points
        }
    }

    mutating func add(_ other: PointFigures) {
        opening += other.opening
        closing += other.closing
        issued += other.issued
        reversed += other.reversed
        redeemed += other.redeemed
        restored += other.restored
        expired += other.expired
    }
}

/// A record that did not simply settle. Rulebook §7.
struct StatementException: Sendable {
    let id: RecordID
    let type: RecordType
    let state: String
    let code: String
    /// The missing points of a shortfall.
    let points: Points?
}
