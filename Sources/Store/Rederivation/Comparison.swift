import GRDB

/// A value that is stored and not what comes of the history, or a row that is missing or too many.
public struct StoredDifference: Sendable {
    public enum Value: Hashable, Sendable {
        case absent
        case integer(Int64)
        case text(String)
        case bytes([UInt8])
    }

    public let table: ComparedTable
    /// What tells the row from others: the values of the table's key.
    public let key: [Value]
    /// Nil: the whole row.
    public let column: String?
    /// What comes of the history; nil: no such row.
    public let derived: Value?
    /// What is stored; nil: no such row.
    public let stored: Value?
}

/// What is compared row by row.
public enum ComparedTable: String, CaseIterable, Sendable {
    case periods, statements, closings, journal, settlements
    case merchants, batches, batchPeriods, recordRefusals, recordChunks, bookings, outcomes, holdings

    /// Those that a close writes, of one period.
    public static let ofPeriod: [ComparedTable] = [.settlements, .statements, .closings, .journal, .periods]
    /// Those that batches and bookings write, up to a batch.
    public static let ofIntake: [ComparedTable] = [
        .merchants, .batches, .batchPeriods, .recordRefusals, .recordChunks, .bookings,
    ]
    /// What stands as the last close left it.
    public static let ofEnd: [ComparedTable] = [.outcomes, .holdings]

    /// Its rows in a fixed order, the key's columns first; ?1 is the period, or the last batch that counts.
    var query: (sql: String, keyCount: Int) {
        switch self {
        case .periods:
            (
                """
                SELECT id, starts, ends, closed, forced, alliance, last_batch, finished_batch, settled, pending, refused, late,
                    settlement_rows, outcome_sum, holders, holdings_sum, sum
                FROM periods WHERE period = ?1
                """, 1
            )
        case .statements:
            (
                """
                SELECT (SELECT id FROM merchants m WHERE m.merchant = s.merchant) AS owner, document, number,
                    balance, points, digest, details_digest, details_rows, signature, seal
                FROM statements s WHERE period = ?1 ORDER BY 1
                """, 1
            )
        case .closings:
            ("SELECT period, document, number, digest, signature, seal FROM closings WHERE period = ?1", 1)
        case .journal: ("SELECT account, closing FROM journal WHERE period = ?1 ORDER BY 1", 1)
        case .settlements:
            ("SELECT first_member, last_member, bytes FROM settlements WHERE period = ?1 ORDER BY 1", 1)
        case .merchants: ("SELECT merchant, id FROM merchants WHERE ?1 >= 0 ORDER BY 1", 1)
        case .batches:
            (
                """
                SELECT batch, merchant, signer, id, sequence, strict, digest, received, records, accepted,
                    duplicates, refused, first_record, form, key_id
                FROM batches WHERE batch <= ?1 ORDER BY 1
                """, 1
            )
        case .batchPeriods:
            ("SELECT batch, period, records FROM batch_periods WHERE batch <= ?1 ORDER BY 1, 2", 2)
        case .recordRefusals:
            ("SELECT batch, line, id, code FROM record_refusals WHERE batch <= ?1 ORDER BY 1, 2", 2)
        case .recordChunks:
            (
                "SELECT first, batch, merchant, records, bytes FROM record_chunks WHERE batch <= ?1 ORDER BY 1",
                1
            )
        case .bookings:
            (
                """
                SELECT (SELECT id FROM merchants m WHERE m.merchant = b.merchant) AS owner, reference, kind,
                    amount, date, period, person, drafter, undoes
                FROM bookings b WHERE ?1 >= 0 ORDER BY 1, 2
                """, 2
            )
        case .outcomes:
            (
                """
                SELECT record, period, state, code, attempts, missing FROM outcomes
                WHERE ?1 >= 0 AND period <= (SELECT max(period) FROM periods) ORDER BY 1, 2
                """, 2
            )
        case .holdings:
            (
                """
                SELECT member, bytes FROM holdings h
                WHERE ?1 >= 0 AND length(bytes) > \(RowSum.byteCount) AND period = (
                    SELECT max(period) FROM holdings
                    WHERE member = h.member AND period <= (SELECT max(period) FROM periods))
                ORDER BY 1
                """, 1
            )
        }
    }
}

extension Store {
    /// How many differing rows of one table are told.
    private static let mostDifferences = 20

    /// Holds a table of another file, which is only read, against this one's, whose rows come of the history.
    /// Bytes are compared as they stand: nothing of the other file is unpacked.
    ///
    /// `bound` is the period's ordinal, or the last batch; `without` leaves columns out.
    public func differences(
        from other: Store, in table: ComparedTable, bound: Int64, without: Set<String> = []
    ) throws -> [StoredDifference] {
        try reading("compare \(table.rawValue)") { derived in
            try other.reading("compare \(table.rawValue)") { stored in
                try Self.differences(derived, stored, table, bound, without)
            }
        }
    }

    private static func differences(
        _ derived: Database, _ stored: Database, _ table: ComparedTable, _ bound: Int64,
        _ without: Set<String>
    ) throws -> [StoredDifference] {
        let (sql, keyCount) = table.query
        let ours = try Row.fetchCursor(derived, sql: sql, arguments: [bound])
        let theirs = try Row.fetchCursor(stored, sql: sql, arguments: [bound])
        var found: [StoredDifference] = []
        var (our, their) = (try ours.next(), try theirs.next())
        while our != nil || their != nil, found.count < mostDifferences {
            switch order(our, their, keyCount) {
            case .same:
                if let our, let their { found += differences(our, their, table, keyCount, without) }
                (our, their) = (try ours.next(), try theirs.next())
            case .missing:
                if let our { found.append(row(our, table, keyCount, isStored: false)) }
                our = try ours.next()
            case .surplus:
                if let their { found.append(row(their, table, keyCount, isStored: true)) }
                their = try theirs.next()
            }
        }
        return found
    }

    private enum Order { case same, missing, surplus }

    /// Which of two rows comes first by its key; keys of one column hold values of one kind.
    private static func order(_ our: Row?, _ their: Row?, _ keyCount: Int) -> Order {
        guard let our else { return .surplus }
        guard let their else { return .missing }
        for place in 0..<keyCount {
            let (one, other) = (value(our, place), value(their, place))
            if one == other { continue }
            return isLess(one, other) ? .missing : .surplus
        }
        return .same
    }

    private static func isLess(_ left: StoredDifference.Value, _ right: StoredDifference.Value) -> Bool {
        switch (left, right) {
        case (.integer(let one), .integer(let other)): one < other
        case (.text(let one), .text(let other)): one.utf8.lexicographicallyPrecedes(other.utf8)
        case (.absent, _): true
        default: false
        }
    }

    private static func differences(
        _ our: Row, _ their: Row, _ table: ComparedTable, _ keyCount: Int, _ without: Set<String>
    ) -> [StoredDifference] {
        let names = Array(our.columnNames)
        var found: [StoredDifference] = []
        for place in keyCount..<names.count where !without.contains(names[place]) {
            guard !isSame(our, their, place) else { continue }
            found.append(
                StoredDifference(
                    table: table, key: (0..<keyCount).map { value(our, $0) }, column: names[place],
                    derived: value(our, place), stored: value(their, place)))
        }
        return found
    }

    /// Compares long values where they stand.
    private static func isSame(_ our: Row, _ their: Row, _ place: Int) -> Bool {
        let (one, other): (DatabaseValue, DatabaseValue) = (our[place], their[place])
        return one == other
    }

    private static func row(
        _ row: Row, _ table: ComparedTable, _ keyCount: Int, isStored: Bool
    ) -> StoredDifference {
        let key = (0..<keyCount).map { value(row, $0) }
        return StoredDifference(
            table: table, key: key, column: nil, derived: isStored ? nil : key[0],
            stored: isStored ? key[0] : nil)
    }

    private static func value(_ row: Row, _ place: Int) -> StoredDifference.Value {
        let value: DatabaseValue = row[place]
        switch value.storage {
        case .null: return .absent
        case .int64(let number): return .integer(number)
        case .double(let number): return .text("\(number)")
        case .string(let text): return .text(text)
        case .blob(let bytes): return .bytes([UInt8](bytes))
        }
    }
}
