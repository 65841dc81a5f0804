/// The lots of all members, as nothing but the rows of DETAILS.csv tell them.
struct LotReplay {
    struct Key: Hashable, Comparable {
        let member, lot: String

        static func < (left: Key, right: Key) -> Bool { (left.member, left.lot) < (right.member, right.lot) }
    }
    struct Lot {
        let issuer: String
        let issued: Int64
        var open: Int64
    }

    private(set) var lots: [Key: Lot] = [:]
    /// What does not add up.
    private(set) var faults: [String] = []

    /// Takes the movements of one period, of each merchant's details those of its own issue.
    mutating func take(_ period: SettledHistory.Period) {
        let rows = period.merchants.flatMap { name, documents in
            documents.details.filter { row in
                guard !row.isRecord, row["issuer"] == name else { return false }
                // What was redeemed in the issuer's own shop may have two rows here: the redeemer's counts.
                return row["redeemer"] != name || row["line"].hasPrefix("redemption_payout")
            }
        }
        // A reversal may stand before the record that it reverses.
        for row in rows where row["state"] == "issued" { issue(row) }
        for row in rows where row["state"] != "issued" { move(row) }
        for (key, lot) in lots where !(0...lot.issued).contains(lot.open) {
            faults.append("\(key.member) holds \(lot.open) of the \(lot.issued) points of \(key.lot)")
        }
    }

    private mutating func issue(_ row: DetailsRow) {
        let key = Key(member: row["member"], lot: row["lot"])
        if lots[key] != nil || row.points < 1 { faults.append("cannot be issued: \(row.text)") }
        lots[key] = Lot(issuer: row["issuer"], issued: row.points, open: row.points)
    }

    private mutating func move(_ row: DetailsRow) {
        let key = Key(member: row["member"], lot: row["lot"])
        guard let lot = lots[key], lot.issuer == row["issuer"], row.points > 0 else {
            return faults.append("moves no lot: \(row.text)")
        }
        switch row["state"] {
        case "restored": lots[key]?.open += row.points
        case "allocated", "recovered", "debt_recovered", "expired": lots[key]?.open -= row.points
        default: faults.append("is no movement: \(row.text)")
        }
    }

    /// The open points of an issuer's lots.
    func open(of issuer: String) -> Int64 {
        lots.values.reduce(0) { $0 + ($1.issuer == issuer ? $1.open : 0) }
    }
}
