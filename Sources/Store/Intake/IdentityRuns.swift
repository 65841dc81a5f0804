import GRDB

/// Runs as the file holds them.
struct IdentityRuns {
    private let database: Database
    private let page: Prepared
    private let range: Prepared
    private let insert: Prepared

    init(_ database: Database) throws {
        self.database = database
        page = try Prepared(database, "SELECT bytes FROM identity_pages WHERE page = ?")
        range = try Prepared(
            database, "SELECT page, bytes FROM identity_pages WHERE page BETWEEN ? AND ? ORDER BY page")
        insert = try Prepared(database, "INSERT INTO identity_pages (page, bytes) VALUES (?, ?)")
    }

    // MARK: Reading

    /// The whole runs, in the order of the records that they cover, if they were made by this form.
    func all(by form: IdentityForm) throws -> [IdentityRun] {
        try Prepared(
            database,
            "SELECT run, level, first, last, filter FROM identity_runs WHERE whole = 1 ORDER BY first"
        ).all { row in
            let (run, first, last) = (row.integer(0), row.integer(2), row.integer(3))
            let filter = row.withBytes(4) {
                Self.sum(run, first, last, form).content(of: $0).flatMap { IdentityFilter($0) }
            }
            // A level has twice as many records as the one below or more, and a number leaves room for its pages.
            guard let filter, first >= 1, first <= last, (0..<64).contains(row.integer(1)),
                (1..<1 << 38).contains(run)
            else {
                throw StoreTrouble.damaged(
                    "identity_runs", "row \(run)",
                    "its bytes are not those that were written, or identity_form is not what it was made by")
            }
            return IdentityRun(run, level: Int(row.integer(1)), first: first, last: last, filter: filter)
        }
    }

    /// The sum of a run's row, before its filter.
    private static func sum(_ run: Int64, _ first: Int64, _ last: Int64, _ form: IdentityForm) -> RowSum {
        var sum = RowSum(run, first, last)
        sum.add(form.mark)
        return sum
    }

    private static func withContent<Result>(
        of page: Int64, _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        guard let content = RowSum(page).content(of: bytes) else {
            throw StoreTrouble.damaged("identity_pages", "row \(page)")
        }
        return try body(content)
    }

    /// The records with a fingerprint.
    func records(with fingerprint: UInt64, in run: IdentityRun) throws -> [Int64] {
        let number = run.page(of: fingerprint)
        page.bind(1, run.key(of: number))
        let found = try page.first { row in
            try row.withBytes(0) { bytes in
                try Self.withContent(of: run.key(of: number), bytes) {
                    IdentityPage($0, number, of: run).records(with: fingerprint)
                }
            }
        }
        guard let found else { throw StoreTrouble.identities("page \(number) of run \(run.run) is missing") }
        return found
    }

    /// Calls `body` with the entries of a run whose fingerprints lie in a range.
    func forEach(
        in fingerprints: Range<UInt64>, of run: IdentityRun, _ body: (IdentityTail.Entry) -> Void
    ) throws {
        range.bind(1, run.key(of: run.page(of: fingerprints.lowerBound)))
        range.bind(2, run.key(of: run.page(of: fingerprints.upperBound - 1)))
        try range.forEach { row in
            let number = Int(row.integer(0) & 0xFF_FFFF)
            try row.withBytes(1) { bytes in
                try Self.withContent(of: row.integer(0), bytes) { content in
                    let view = IdentityPage(content, number, of: run)
                    for index in 0..<view.count {
                        let entry = view[index]
                        if fingerprints.contains(entry.fingerprint) { body(entry) }
                    }
                }
            }
        }
    }

    // MARK: Writing

    /// The number of the next run.
    func nextNumber() throws -> Int64 {
        try Prepared(database, "SELECT coalesce(max(run), 0) + 1 FROM identity_runs").first { $0.integer(0) }
            ?? 1
    }

    /// Notes a run whose pages are not all there.
    func begin(_ run: IdentityRun) throws {
        let insert = try Prepared(
            database, "INSERT INTO identity_runs (run, level, first, last, whole) VALUES (?, ?, ?, ?, 0)")
        insert.bind(1, run.run)
        insert.bind(2, run.level)
        insert.bind(3, run.first)
        insert.bind(4, run.last)
        try insert.run()
    }

    /// Writes some pages of a run: `entries` are all that belong on them, in any order.
    func write(_ pages: Range<Int>, of run: IdentityRun, _ entries: [IdentityTail.Entry]) throws {
        let (sorted, ends) = Self.sorted(entries, on: pages, of: run)
        for page in pages {
            let place = page - pages.lowerBound
            var bytes = IdentityPage.packed(sorted[ends[place]..<ends[place + 1]], page, of: run)
            RowSum(run.key(of: page)).append(to: &bytes)
            insert.bind(1, run.key(of: page))
            insert.bind(2, bytes)
            try insert.run()
        }
    }

    /// The entries in order, and where those of each page begin: dealt out to places of about three, as
    /// fingerprints are spread evenly, and put right from neighbour to neighbour.
    private static func sorted(
        _ entries: [IdentityTail.Entry], on pages: Range<Int>, of run: IdentityRun
    ) -> (entries: [IdentityTail.Entry], ends: [Int]) {
        let parts = 64
        let places = UInt64(run.pages * parts)
        let first = pages.lowerBound * parts
        func place(_ entry: IdentityTail.Entry) -> Int {
            Int((entry.fingerprint &<< 16).multipliedFullWidth(by: places).high) &- first
        }
        var next = [Int](repeating: 0, count: pages.count * parts + 1)
        for entry in entries { next[place(entry) + 1] += 1 }
        for index in 1..<next.count { next[index] += next[index - 1] }
        let ends = stride(from: 0, through: next.count - 1, by: parts).map { next[$0] }
        var sorted = [IdentityTail.Entry](
            repeating: IdentityTail.Entry(fingerprint: 0, record: 0), count: entries.count)
        for entry in entries {
            let place = place(entry)
            sorted[next[place]] = entry
            next[place] += 1
        }
        sorted.withUnsafeMutableBufferPointer { sorted in
            for index in sorted.indices.dropFirst() {
                let entry = sorted[index]
                var hole = index
                while hole > 0, entry < sorted[hole - 1] {
                    sorted[hole] = sorted[hole - 1]
                    hole -= 1
                }
                sorted[hole] = entry
            }
        }
        return (sorted, ends)
    }

    /// Notes that all pages of a run are there: from now on it is one.
    func finish(_ run: IdentityRun, by form: IdentityForm) throws {
        let update = try Prepared(database, "UPDATE identity_runs SET whole = 1, filter = ? WHERE run = ?")
        var filter = run.filter.bytes
        Self.sum(run.run, run.first, run.last, form).append(to: &filter)
        update.bind(1, filter)
        update.bind(2, run.run)
        try update.run()
    }

    func remove(_ run: Int64) throws {
        for sql in [
            "DELETE FROM identity_pages WHERE page >= ?1 << 24 AND page < (?1 + 1) << 24",
            "DELETE FROM identity_runs WHERE run = ?1",
        ] {
            let delete = try Prepared(database, sql)
            delete.bind(1, run)
            try delete.run()
        }
    }

    /// Removes what is left of a run that was never finished.
    func removeUnfinished() throws {
        let runs = try Prepared(database, "SELECT run FROM identity_runs WHERE whole = 0").all {
            $0.integer(0)
        }
        for run in runs { try remove(run) }
    }
}

extension StoreTrouble {
    /// The index of ids does not fit the records.
    static func identities(_ cause: String) -> StoreTrouble {
        StoreTrouble(
            "read the index of ids", because: cause,
            hint: "stop, keep a copy of the file, and restore the last backup", kind: .damage)
    }
}
