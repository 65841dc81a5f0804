import GRDB
import Settlement
import Signing

/// The tables of payment runs. Rows are numbered without a gap, bear sums, and never change, but that a file of a run is
/// given out or that it is withdrawn, which its sum is of too.
struct PaymentRows {
    private let database: Database
    private let roster: Roster

    init(_ database: Database, _ roster: Roster) {
        self.database = database
        self.roster = roster
    }

    func nextNumber() throws -> Int64 { try RowNumbers.next("run", of: "payment_runs", database) }

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
        insert.bind(8, Self.sum(run, files: 0, rejections: 0, withdrawn: nil, by: nil))
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
            INSERT INTO payment_files (run, form, kind, exported, person, digest, bytes, file, sum)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        let number =
            try Prepared(database, "SELECT coalesce(max(file), 0) + 1 FROM payment_files").first {
                $0.integer(0)
            } ?? 1
        let digest = SHA256Digest(of: file.bytes)
        insert.bind(1, run.number)
        insert.bind(2, file.form)
        insert.bind(3, file.kind.rawValue)
        insert.bind(4, file.exported.milliseconds)
        insert.bind(5, file.person)
        insert.bind(6, digest.bytes)
        insert.bind(7, file.bytes)
        insert.bind(8, number)
        insert.bind(9, Self.sum(file, number: number, of: run.number, digest: digest.bytes))
        try insert.run()
        let update = try Prepared(database, "UPDATE payment_runs SET sum = ? WHERE run = ?")
        update.bind(
            1,
            Self.sum(
                run, files: run.files.count + 1, rejections: run.rejections.count, withdrawn: nil, by: nil))
        update.bind(2, run.number)
        try update.run()
        try note(
            "\(file.form) of run \(run.number) of \(id) by \(file.person)", by: person, at: file.exported,
            digest: digest.description)
    }

    func withdraw(_ run: PaymentRun, id: String, by person: Person, at instant: Instant) throws {
        let update = try Prepared(
            database, "UPDATE payment_runs SET withdrawn = ?, withdrawn_by = ?, sum = ? WHERE run = ?")
        update.bind(1, instant.milliseconds)
        update.bind(2, person.name)
        update.bind(
            3, Self.sum(run, files: run.files.count, rejections: 0, withdrawn: instant, by: person.name))
        update.bind(4, run.number)
        try update.run()
        try note("run \(run.number) of \(id) withdrawn by \(person.name)", by: person, at: instant)
    }

    /// Uses up a number with a run of nothing.
    func leaveOut(_ run: PaymentRun, _ reference: BookingReference, id: String, by person: Person) throws {
        try add(run, id: id, by: person)
        try withdraw(run, id: id, by: person, at: run.made)
        try note("run \(run.number) of \(id) is left out: \(reference) is taken", by: person, at: run.made)
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

    /// By number. Throws `StoreTrouble` where a row is not as it was written, or one is gone.
    func all() throws -> [PaymentRun] {
        let items = Dictionary(grouping: try items(), by: \.run)
        let files = Dictionary(grouping: try files(), by: \.run)
        let rejections = Dictionary(grouping: try PaymentRejectionRows(database).all(), by: \.run)
        let query = try Prepared(
            database,
            """
            SELECT run, period, alliance, closing, made, maker, maker_key, sum, withdrawn, withdrawn_by
            FROM payment_runs ORDER BY run
            """)
        var last: Int64 = 0
        let runs = try query.all { row in
            let number = row.integer(0)
            last += 1
            guard number == last else { throw Self.gone("payment_runs", last) }
            let run = PaymentRun(
                number: number, period: try PeriodRows.ordinal(row.integer(1), of: "payment_runs", number),
                alliance: row.integer(2), closingDigest: row.text(3), made: row.instant(4),
                maker: row.identifier(5), makerKey: row.isNull(6) ? nil : row.bytes(6),
                items: items[number, default: []].map(\.item), files: files[number, default: []].map(\.file),
                rejections: rejections[number, default: []].map(\.rejection),
                withdrawn: row.instantOrNil(8), withdrawnBy: row.isNull(9) ? nil : row.identifier(9))
            let sum = Self.sum(
                run, files: run.files.count, rejections: run.rejections.count, withdrawn: run.withdrawn,
                by: run.withdrawnBy)
            guard sum == row.integer(7), run.rejections.allSatisfy({ run.items.indices.contains($0.place) })
            else { throw StoreTrouble.damaged("payment_runs", "row \(number)") }
            return run
        }
        if let run = (Array(items.keys) + files.keys + rejections.keys).first(where: { $0 < 1 || $0 > last })
        {
            throw Self.gone("payment_runs", run)
        }
        return runs
    }

    private static func gone(_ table: String, _ row: Int64) -> StoreTrouble {
        .damaged(table, "row \(row)", "it is not there")
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
            """
            SELECT run, form, kind, exported, person, digest, bytes, file, sum FROM payment_files ORDER BY file
            """)
        var last: Int64 = 0
        return try query.all { row in
            let number = row.integer(7)
            last += 1
            guard number == last else { throw Self.gone("payment_files", last) }
            guard let kind = PaymentRun.File.Kind(rawValue: row.text(2)) else {
                throw StoreTrouble.damaged("payment_files", "row \(number)")
            }
            let file = PaymentRun.File(
                kind: kind, form: row.text(1), exported: row.instant(3), person: row.identifier(4),
                bytes: row.bytes(6))
            let digest = SHA256Digest(of: file.bytes).bytes
            guard digest == row.bytes(5),
                Self.sum(file, number: number, of: row.integer(0), digest: digest) == row.integer(8)
            else { throw StoreTrouble.damaged("payment_files", "row \(number)") }
            return (row.integer(0), file)
        }
    }

    private static func sum(_ file: PaymentRun.File, number: Int64, of run: Int64, digest: [UInt8]) -> Int64 {
        RowSum.of(
            [number, run, file.exported.milliseconds], [file.form, file.kind.rawValue, file.person.text],
            bytes: digest)
    }

    /// Adds that the bank rejected an order, whose run's sum is of it too.
    func add(_ rejection: PaymentRun.Rejection, to run: PaymentRun) throws {
        try PaymentRejectionRows(database).add(rejection, of: run.number)
        let update = try Prepared(database, "UPDATE payment_runs SET sum = ? WHERE run = ?")
        update.bind(
            1,
            Self.sum(
                run, files: run.files.count, rejections: run.rejections.count + 1, withdrawn: nil, by: nil))
        update.bind(2, run.number)
        try update.run()
    }

    /// The sum of a run's row, and of how many items, files and rejections it has: one that is gone is told too.
    private static func sum(
        _ run: PaymentRun, files: Int, rejections: Int, withdrawn: Instant?, by person: PersonName?
    ) -> Int64 {
        RowSum.of(
            columns: [
                run.number, Int64(run.period), run.alliance, run.made.milliseconds, Int64(run.items.count),
                Int64(files), Int64(rejections), withdrawn?.milliseconds,
            ],
            [run.closingDigest, run.maker.text, person?.text], bytes: run.makerKey)
    }
}
