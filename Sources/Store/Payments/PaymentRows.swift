import GRDB
import Settlement
import Signing

/// The tables of payment runs. Rows bear sums and never change, but that a run is withdrawn.
struct PaymentRows {
    private let database: Database
    private let roster: Roster

    init(_ database: Database, _ roster: Roster) {
        self.database = database
        self.roster = roster
    }

    func nextNumber() throws -> Int64 {
        try Prepared(database, "SELECT coalesce(max(run), 0) + 1 FROM payment_runs").first { $0.integer(0) }
            ?? 1
    }

    // MARK: Writing

    func add(_ run: PaymentRun, id: String, by person: Person) throws {
        let insert = try Prepared(
            database,
            """
            INSERT INTO payment_runs (run, period, alliance, closing, made, maker, maker_key, sum)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """)
        insert.bind(1, run.number)
        insert.bind(2, run.period)
        insert.bind(3, run.alliance)
        insert.bind(4, run.closingDigest)
        insert.bind(5, run.made.milliseconds)
        insert.bind(6, run.maker)
        insert.bind(7, run.makerKey)
        insert.bind(8, Self.sum(run))
        try insert.run()
        for place in run.items.indices { try add(run.items[place], at: place + 1, of: run.number) }
        let paid = run.items.count { $0.method == .transfer || $0.method == .debit }
        try note(
            "run \(run.number) of \(id), \(paid) by bank, made by \(run.maker)", by: person, at: run.made)
    }

    private func add(_ item: PaymentItem, at place: Int, of run: Int64) throws {
        let insert = try Prepared(
            database,
            """
            INSERT INTO payment_items (run, place, merchant, balance, paid_since, under_way, amount, due, method, sum)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        let numbers = [
            run, Int64(place), roster[item.open.merchant], item.open.balance.minorUnits,
            item.open.paidSince.minorUnits, item.open.underWay.minorUnits, item.amount.minorUnits,
            Int64(item.due.dayNumber),
        ]
        for (index, number) in numbers.enumerated() { insert.bind(Int32(index + 1), number) }
        insert.bind(9, item.method.rawValue)
        insert.bind(10, RowSum.of(numbers, [item.method.rawValue]))
        try insert.run()
    }

    func add(_ file: PaymentRun.File, of run: PaymentRun, id: String, by person: Person) throws {
        let insert = try Prepared(
            database,
            """
            INSERT INTO payment_files (run, form, kind, exported, person, digest, bytes)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """)
        let digest = SHA256Digest(of: file.bytes)
        insert.bind(1, run.number)
        insert.bind(2, file.form)
        insert.bind(3, file.kind.rawValue)
        insert.bind(4, file.exported.milliseconds)
        insert.bind(5, file.person)
        insert.bind(6, digest.bytes)
        insert.bind(7, file.bytes)
        try insert.run()
        try note(
            "\(file.form) of run \(run.number) of \(id) by \(file.person)", by: person, at: file.exported,
            digest: digest.description)
    }

    func withdraw(_ run: PaymentRun, id: String, by person: Person, at instant: Instant) throws {
        let update = try Prepared(
            database, "UPDATE payment_runs SET withdrawn = ?, withdrawn_by = ? WHERE run = ?")
        update.bind(1, instant.milliseconds)
        update.bind(2, person.name)
        update.bind(3, run.number)
        try update.run()
        try note("run \(run.number) of \(id) withdrawn by \(person.name)", by: person, at: instant)
    }

    func note(_ text: String, by person: Person, at instant: Instant, digest: String? = nil) throws {
        try AuditRows(database).add(
            AuditEntry(
                at: instant, act: .paymentRun, keyID: person.provenKey == nil ? nil : person.name.text,
                digest: digest, reason: text))
    }

    // MARK: Reading

    func standing(of period: Int, id: String) throws -> PaymentRun {
        guard let run = try all().first(where: { $0.period == period && $0.withdrawn == nil }) else {
            throw PaymentRefusal(.runUnknown, "\(id) has no payment run: make it with --make")
        }
        return run
    }

    func all() throws -> [PaymentRun] {
        let items = Dictionary(grouping: try items(), by: \.run)
        let files = Dictionary(grouping: try files(), by: \.run)
        let query = try Prepared(
            database,
            """
            SELECT run, period, alliance, closing, made, maker, maker_key, sum, withdrawn, withdrawn_by
            FROM payment_runs ORDER BY run
            """)
        return try query.all { row in
            let number = row.integer(0)
            let run = PaymentRun(
                number: number, period: try PeriodRows.ordinal(row.integer(1), of: "payment_runs", number),
                alliance: row.integer(2), closingDigest: row.text(3), made: row.instant(4),
                maker: row.identifier(5), makerKey: row.isNull(6) ? nil : row.bytes(6),
                items: items[number, default: []].map(\.item), files: files[number, default: []].map(\.file),
                withdrawn: row.instantOrNil(8), withdrawnBy: row.isNull(9) ? nil : row.identifier(9))
            guard Self.sum(run) == row.integer(7) else {
                throw StoreTrouble.damaged("payment_runs", "row \(number)")
            }
            return run
        }
    }

    private func items() throws -> [(run: Int64, item: PaymentItem)] {
        let query = try Prepared(
            database,
            """
            SELECT run, place, merchant, balance, paid_since, under_way, amount, due, method, sum
            FROM payment_items ORDER BY run, place
            """)
        return try query.all { row in
            let numbers = (0..<8).map { row.integer($0) }
            guard RowSum.of(numbers, [row.text(8)]) == row.integer(9),
                let method = PaymentMethod(rawValue: row.text(8))
            else {
                throw StoreTrouble.damaged("payment_items", "row \(numbers[1]) of run \(numbers[0])")
            }
            let open = OpenBalance(
                merchant: try roster.merchant(numbers[2], of: "payment_items", numbers[1]),
                balance: Money(numbers[3]), paidSince: Money(numbers[4]), underWay: Money(numbers[5]))
            return (
                numbers[0],
                PaymentItem(
                    open: open, amount: Money(numbers[6]), method: method,
                    due: LocalDate(dayNumber: Int(numbers[7])))
            )
        }
    }

    private func files() throws -> [(run: Int64, file: PaymentRun.File)] {
        let query = try Prepared(
            database,
            "SELECT run, form, kind, exported, person, digest, bytes, file FROM payment_files ORDER BY file")
        return try query.all { row in
            let bytes = row.bytes(6)
            guard SHA256Digest(of: bytes).bytes == row.bytes(5),
                let kind = PaymentRun.File.Kind(rawValue: row.text(2))
            else { throw StoreTrouble.damaged("payment_files", "row \(row.integer(7))") }
            return (
                row.integer(0),
                PaymentRun.File(
                    kind: kind, form: row.text(1), exported: row.instant(3), person: row.identifier(4),
                    bytes: bytes)
            )
        }
    }

    /// The sum of a run's row, and of how many items it has: one that is gone is told too.
    private static func sum(_ run: PaymentRun) -> Int64 {
        RowSum.of(
            [run.number, Int64(run.period), run.alliance, run.made.milliseconds, Int64(run.items.count)],
            [run.closingDigest, run.maker.text], bytes: run.makerKey)
    }
}
