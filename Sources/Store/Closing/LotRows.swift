import GRDB
import Settlement

/// Lots as they are stored.
enum LotRows {
    /// What `lot` reads.
    static let columns = """
        member, record, merchant, id, issuer, at, expires_at, funding, issue_price, breakage_share, opening,
        campaign, terms, points, open, expired, expired_met, reversed
        """

    static func lot(_ row: Prepared, _ roster: Roster) -> Lot {
        var lot = Lot(
            number: RecordNumber(row.integer(1)), merchant: roster[row.integer(2)],
            id: RecordID(verified: row.text(3)), issuer: roster[row.integer(4)],
            at: Instant(milliseconds: row.integer(5)),
            expiresAt: row.integerOrNil(6).map { Instant(milliseconds: $0) },
            funding: row.integer(7) == 0 ? .issue : .redemption,
            issuePrice: Price(millionths: row.integer(8)),
            breakageShare: Fraction(millionths: row.integer(9)),
            isOpening: row.integer(10) != 0, campaign: row.textOrNil(11).map { CampaignID(verified: $0) },
            terms: row.text(12), points: Points(row.integer(13)))
        lot.open = Points(row.integer(14))
        lot.expired = Points(row.integer(15))
        lot.expiredMet = Points(row.integer(16))
        lot.reversed = Points(row.integer(17))
        return lot
    }
}

/// All open lots in the order of members, read by chunks: between two of them no cursor stands on the table,
/// which is written all the while. What is written lies before the place where the next chunk begins, or
/// apart among the spent lots.
struct LotSource {
    static let chunk = """
        SELECT \(LotRows.columns) FROM lots
        WHERE spent = 0 AND (member, record) > (?, ?) ORDER BY member, record LIMIT \(size)
        """
    private static let size = 2_048

    private let query: Prepared
    private let roster: Roster
    private var lots: [(member: MemberID, lot: Lot)] = []
    private var position = 0
    private var isLastChunk = false

    init(_ database: Database, _ roster: Roster) throws {
        query = try Prepared(database, Self.chunk)
        self.roster = roster
        try refill()
    }

    var member: MemberID? { position < lots.count ? lots[position].member : nil }

    mutating func take() throws -> Lot {
        let lot = lots[position].lot
        position += 1
        if position == lots.count, !isLastChunk { try refill() }
        return lot
    }

    private mutating func refill() throws {
        query.bind(1, lots.last?.member.text ?? "")
        query.bind(2, lots.last?.lot.number.value ?? 0)
        lots.removeAll(keepingCapacity: true)
        position = 0
        try query.forEach { row in
            lots.append((MemberID(verified: row.text(0)), LotRows.lot(row, roster)))
        }
        isLastChunk = lots.count < Self.size
    }
}

/// All debts in the order of members and of age, by chunks likewise.
struct DebtSource {
    private static let chunk = 1_024

    private let query: Prepared
    private let roster: Roster
    private var debts: [(member: MemberID, ordinal: Int64, debt: Debt)] = []
    private var position = 0
    private var isLastChunk = false

    init(_ database: Database, _ roster: Roster) throws {
        query = try Prepared(
            database,
            """
            SELECT member, ordinal, issuer, lot, points FROM debts
            WHERE (member, ordinal) > (?, ?) ORDER BY member, ordinal LIMIT \(Self.chunk)
            """)
        self.roster = roster
        try refill()
    }

    var member: MemberID? { position < debts.count ? debts[position].member : nil }

    mutating func take() throws -> Debt {
        let debt = debts[position].debt
        position += 1
        if position == debts.count, !isLastChunk { try refill() }
        return debt
    }

    private mutating func refill() throws {
        query.bind(1, debts.last?.member.text ?? "")
        query.bind(2, debts.last?.ordinal ?? 0)
        debts.removeAll(keepingCapacity: true)
        position = 0
        try query.forEach { row in
            let debt = Debt(
                issuer: roster[row.integer(2)], lot: RecordNumber(row.integer(3)),
                points: Points(row.integer(4)))
            debts.append((MemberID(verified: row.text(0)), row.integer(1), debt))
        }
        isLastChunk = debts.count < Self.chunk
    }
}
