import GRDB

@testable import Settlement
@testable import Store

extension Scene {
    /// What every member holds, by member.
    func holdings() throws -> [MemberInput] {
        try store.reading("look") { database in
            let roster = try Roster(database)
            var source = try HoldingsSource(database, before: .max)
            var members: [MemberInput] = []
            while let member = source.member {
                let bytes = try source.take().bytes
                guard !bytes.isEmpty else { continue }
                var input = MemberInput(member: member)
                _ = bytes.withUnsafeBytes { HoldingsPacking.unpack($0, into: &input, roster) }
                members.append(input)
            }
            return members
        }
    }

    /// What all closes made of their members, in the order in which it was written.
    func settlements() throws -> [(member: MemberID, settled: SettledMember)] {
        try store.reading("look") { database in
            let roster = try Roster(database)
            var found: [(MemberID, SettledMember)] = []
            let query = try Prepared(
                database, "SELECT \(SettlementChunk.columns) FROM settlements ORDER BY settlement")
            try query.forEach { row in
                try SettlementChunk.withContent(of: row) { bytes in
                    var packed = SettlementChunk.reader(bytes)
                    while let (member, part) = SettlementChunk.next(&packed, of: bytes) {
                        found.append((member, SettlementPacking.unpack(part, of: member, roster)))
                    }
                }
            }
            return found
        }
    }
}

extension ClosingRun {
    /// What there is of each member before the close, by member.
    func inputs() throws -> [MemberInput] {
        var stream = try members()
        var inputs: [MemberInput] = []
        while let group = try stream.nextGroup(byteCount: groupBytes) {
            inputs += group.members.indices.map { group.unpack($0).input }
        }
        return inputs
    }
}

extension ClosedPeriod {
    /// The same with a count that is not true.
    func counting(settled: Int64) -> ClosedPeriod {
        var records = records
        records.settled = settled
        return ClosedPeriod(
            statements: statements, number: number, closing: closing, digest: digest, journal: journal,
            records: records)
    }
}

extension Scene {
    func contents() throws -> String { try store.contents() }

    func countingContents() throws -> String { try store.countingContents() }

    func closedRows() throws -> String { try store.closedRows() }

    /// Calls `body` at each statement that is run to write and begins so, with how many there were.
    func trace(_ prefix: String, _ body: @escaping (Int) -> Void) throws {
        var count = 0
        store.pool.writeWithoutTransaction { database in
            database.trace { event in
                guard "\(event)".hasPrefix(prefix) else { return }
                count += 1
                body(count)
            }
        }
    }

    func endTrace() throws { store.pool.writeWithoutTransaction { $0.trace() } }
}

extension Store {
    /// All rows of all tables, as text: equal if nothing has changed.
    func contents() throws -> String { try contents { _ in "" } }

    /// The rows that count: without those of a close that has not ended.
    func countingContents() throws -> String {
        try contents { table in
            switch table {
            case "cuts": "WHERE false"
            case "outcomes", "holdings", "settlements":
                "WHERE period <= (SELECT coalesce(max(period), -1) FROM periods)"
            default: ""
            }
        }
    }

    /// All that closes wrote, as text: the same in two files of the same history.
    func closedRows() throws -> String {
        try contents { table in
            let written = [
                "cuts", "periods", "outcomes", "holdings", "settlements", "statements", "closings", "journal",
            ]
            return written.contains(table) ? "" : "WHERE false"
        }
    }

    private func contents(_ condition: (_ table: String) -> String) throws -> String {
        try reading("look") { database in
            let names = try Prepared(
                database,
                """
                SELECT name FROM sqlite_schema
                WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name
                """
            ).all { $0.text(0) }
            return try names.map { name in
                let columns = try Prepared(database, "SELECT name FROM pragma_table_info('\(name)')").all {
                    "quote(\"\($0.text(0))\")"
                }
                let rows = try Prepared(
                    database,
                    "SELECT \(columns.joined(separator: " || ',' || ")) FROM \(name) \(condition(name))"
                )
                .all { $0.text(0) }
                return name + "\n" + rows.sorted().joined(separator: "\n")
            }.joined(separator: "\n")
        }
    }
}
