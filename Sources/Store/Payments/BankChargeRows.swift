import GRDB
public import Settlement

/// What the bank charged beside a payment, as the operator bears it; or the opposite, where that counts no more.
public struct BankCharge: Hashable, Sendable {
    /// 1, 2, 3 … over all lines.
    public let number: Int64
    /// The number of the bank's line.
    public let line: Int64
    /// The payment that it is beside.
    public let merchant: MerchantID
    public let payment: BookingReference
    /// Borne is positive.
    public let amount: Money
    public let date: LocalDate
    /// The ordinal of the period that it belongs to, as a booking of its date does.
    public let period: Int
    public let booked: Instant
    public let person: PersonName
}

/// The table of them. Rows are numbered without a gap, bear sums, and never change.
struct BankChargeRows {
    private let database: Database
    private let roster: Roster

    init(_ database: Database, _ roster: Roster) {
        self.database = database
        self.roster = roster
    }

    func nextNumber() throws -> Int64 { try RowNumbers.next("charge", of: "bank_charges", database) }

    func add(_ charge: BankCharge) throws {
        let insert = try Prepared(
            database,
            """
            INSERT INTO bank_charges (charge, line, merchant, amount, date, period, booked, payment, person, sum)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        let numbers = [
            charge.number, charge.line, roster[charge.merchant], charge.amount.minorUnits,
            Int64(charge.date.dayNumber), Int64(charge.period), charge.booked.milliseconds,
        ]
        for (index, number) in numbers.enumerated() { insert.bind(Int32(index + 1), number) }
        insert.bind(8, charge.payment)
        insert.bind(9, charge.person)
        insert.bind(10, RowSum.of(numbers, [charge.payment.text, charge.person.text]))
        try insert.run()
    }

    /// In the order in which they were booked. Throws `StoreTrouble` where a row is not as it was written, or one before the
    /// last is gone.
    func all() throws -> [BankCharge] {
        let query = try Prepared(
            database,
            """
            SELECT charge, line, merchant, amount, date, period, booked, payment, person, sum
            FROM bank_charges ORDER BY charge
            """)
        var last: Int64 = 0
        return try query.all { row in
            last += 1
            let numbers = (0..<7).map { row.integer($0) }
            guard numbers[0] == last else {
                throw StoreTrouble.damaged("bank_charges", "row \(last)", "it is not there")
            }
            guard RowSum.of(numbers, [row.text(7), row.text(8)]) == row.integer(9) else {
                throw StoreTrouble.damaged("bank_charges", "row \(last)")
            }
            return BankCharge(
                number: last, line: numbers[1],
                merchant: try roster.merchant(numbers[2], of: "bank_charges", last),
                payment: row.identifier(7), amount: Money(numbers[3]),
                date: LocalDate(dayNumber: Int(numbers[4])),
                period: try PeriodRows.ordinal(numbers[5], of: "bank_charges", last), booked: row.instant(6),
                person: row.identifier(8))
        }
    }

    /// Holds them against what of each line counts, before that changes: what is missing would be booked again after it. Throws
    /// `StoreTrouble` as reading them does.
    func verify() throws {
        let query = try Prepared(
            database,
            """
            SELECT EXISTS (SELECT 1 FROM bank_matches WHERE charges IS NOT NULL)
                OR EXISTS (SELECT 1 FROM bank_charges)
            """)
        guard try query.first({ $0.integer(0) }) == 1 else { return }
        var lines = try BankRows(database, roster).lines()
        _ = try StandingMatches(
            bookings: BookingRows(database, roster).all(), drafts: DraftRows(database, roster).all()
        ).sift(&lines)
        _ = try all(of: lines)
    }

    /// The same, held against what of each line counts: that the last row is gone, no row behind it tells.
    func all(of lines: [StoredBankLine]) throws -> [BankCharge] {
        let charges = try all()
        var left = Dictionary(grouping: charges, by: \.line).mapValues(Self.sum)
        for stored in lines {
            let sum = left.removeValue(forKey: stored.number) ?? 0
            guard sum == Int128(stored.charges.minorUnits) else {
                throw StoreTrouble.damaged(
                    "bank_charges", "those of entry \(stored.number)", "they do not come to what was charged")
            }
        }
        if let line = left.keys.min() {
            throw StoreTrouble.damaged("bank_lines", "row \(line)", "it is not there")
        }
        return charges
    }

    static func sum(_ charges: [BankCharge]) -> Int128 {
        charges.reduce(0) { $0 + Int128($1.amount.minorUnits) }
    }
}
