import GRDB
import Settlement

/// The table of what settled a bank's lines. Rows are numbered without a gap, bear sums, and never change.
struct BankMatchRows {
    private let database: Database
    private let roster: Roster

    init(_ database: Database, _ roster: Roster) {
        self.database = database
        self.roster = roster
    }

    func add(_ match: BankMatch) throws {
        let insert = try Prepared(
            database,
            """
            INSERT INTO bank_matches (match, line, at, merchant, draft, booking, charges, act, payment, person,
                reason, sum)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        let number = try RowNumbers.next("match", of: "bank_matches", database)
        let (merchant, reference) =
            match.act.payment.map { (roster[$0.merchant], $0.reference.text) } ?? (nil, nil)
        let (draft, booking): (Int64?, Int64?) =
            switch match.ground {
            case .draft(let number): (number, nil)
            case .booking(let number): (nil, number)
            case nil: (nil, nil)
            }
        let charges = match.charges.isZero ? nil : match.charges.minorUnits
        let numbers = [number, match.line, match.at.milliseconds, merchant, draft, booking, charges]
        let texts = [Self.name(of: match.act), reference, match.person.text, Self.reason(of: match.act)]
        for (index, number) in numbers.enumerated() { insert.bind(Int32(index + 1), number) }
        for (index, text) in texts.enumerated() { insert.bind(Int32(index + 8), text) }
        insert.bind(12, RowSum.of(columns: numbers, texts))
        try insert.run()
    }

    private static func name(of act: BankMatch.Act) -> String {
        switch act {
        case .paid: "paid"
        case .returned: "returned"
        case .named: "named"
        case .ignored: "ignored"
        case .reopened: "reopened"
        }
    }

    private static func reason(of act: BankMatch.Act) -> String? {
        switch act {
        case .ignored(let reason), .reopened(let reason): reason
        case .paid, .returned, .named: nil
        }
    }

    /// In the order in which they were made. Throws `StoreTrouble` where a row is not as it was written, or one before the
    /// last is gone.
    func all() throws -> [BankMatch] {
        let query = try Prepared(
            database,
            """
            SELECT match, line, at, merchant, draft, booking, charges, act, payment, person, reason, sum
            FROM bank_matches ORDER BY match
            """)
        var last: Int64 = 0
        return try query.all { row in
            last += 1
            guard row.integer(0) == last else {
                throw StoreTrouble.damaged("bank_matches", "row \(last)", "it is not there")
            }
            let sum = RowSum.of(
                columns: (0..<7).map { row.integerOrNil($0) }, (7..<11).map { row.textOrNil($0) })
            guard sum == row.integer(11), let act = try act(row, last) else {
                throw StoreTrouble.damaged("bank_matches", "row \(last)")
            }
            let ground: BankMatch.Ground? =
                row.integerOrNil(4).map { .draft($0) } ?? row.integerOrNil(5).map { .booking($0) }
            return BankMatch(
                line: row.integer(1), act: act, ground: ground, at: row.instant(2), person: row.identifier(9),
                charges: Money(row.integerOrNil(6) ?? 0))
        }
    }

    private func act(_ row: Prepared, _ number: Int64) throws -> BankMatch.Act? {
        guard !row.isNull(3) else {
            return switch row.text(7) {
            case "ignored": .ignored(row.text(10))
            case "reopened": .reopened(row.text(10))
            default: nil
            }
        }
        let merchant = try roster.merchant(row.integer(3), of: "bank_matches", number)
        let reference: BookingReference = row.identifier(8)
        return switch row.text(7) {
        case "paid": .paid(merchant, reference)
        case "returned": .returned(merchant, reference)
        case "named": .named(merchant, reference)
        default: nil
        }
    }
}
