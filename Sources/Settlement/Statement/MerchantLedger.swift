/// What one merchant's period comes to, gathered member by member.
struct MerchantLedger {
    let merchant: MerchantID
    var lineSums = LineSums()
    /// Of the merchant as an issuer; known once every member has been added.
    var points = PointFigures()
    var records = RecordCounts()
    /// By id when the statement is written.
    var exceptions: [StatementException] = []

    init(merchant: MerchantID) { self.merchant = merchant }

    /// The lines of points, each rounded once, in the order of statements.
    ///
    /// `merchants` and `campaigns` tell the ids of the places that slots name.
    func lines(merchants: [MerchantID], campaigns: [CampaignID]) throws(CloseFailure) -> [Line] {
        var lines: [Line] = []
        for (slot, sum) in lineSums.ordered {
            let key = slot.key(merchants: merchants, campaigns: campaigns)
            let points = try fitting(sum.points, "a line of \(key.kind.name)", of: merchant)
            let amount = try fitting(sum.exact.roundedHalfEven, "a line of \(key.kind.name)", of: merchant)
            lines.append(Line(key: key, points: Points(points), amount: Money(amount)))
        }
        return lines
    }

    /// Adds what other members came to; false where a sum passes what 128 bits hold.
    mutating func add(_ other: MerchantLedger) -> Bool {
        records.add(other.records)
        exceptions += other.exceptions
        return lineSums.add(other.lineSums)
    }

    /// Whether nothing at all happened to the merchant's points and records.
    var isQuiet: Bool { lineSums.isEmpty && records.all == 0 && points.isQuiet }
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

    mutating func add(_ sums: LotClassSums) {
        opening += Int128(sums.openBefore)
        closing += Int128(sums.openAfter)
        issued += Int128(sums.issued)
        reversed += Int128(sums.recovered)
        redeemed += Int128(sums.redeemed)
        restored += Int128(sums.restored)
        expired += Int128(sums.expired)
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
