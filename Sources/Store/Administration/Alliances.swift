import GRDB
public import Settlement

/// A version of the alliance that is or was in force.
public struct AllianceVersion: Hashable, Sendable {
    /// 1, 2, 3 …
    public let version: Int64
    /// Since when.
    public let at: Instant
    /// As `AllianceDocument` writes it.
    public let document: [UInt8]
}

/// Why an alliance is not put in the place of the one in force: every reason, with its place.
public struct AllianceChangeRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    public let problems: [AllianceProblem]

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

extension Store {
    /// The alliance in force, with all its dates as instants. Cheap as long as it does not change.
    public func schedule() throws -> Schedule {
        try reading("read the alliance") { try inForce($0).schedule }
    }

    /// What putting this alliance in force would change, and what of it is refused; changes nothing.
    public func change(to alliance: Alliance) throws -> AllianceChange {
        try reading("compare the alliance") { try change(to: alliance, $0) }
    }

    /// Puts an alliance that has no `problems` in force; one that says what the present one says changes
    /// nothing.
    ///
    /// `zone` are the rules of its time zone; those of a zone that was in force before stay as they were
    /// then. Throws `AllianceChangeRefusal` for what the rulebook forbids to change (§2).
    public func apply(_ alliance: Alliance, zone: ZoneRules, at instant: Instant) throws -> AllianceChange {
        try writing("change the alliance") { database in
            let change = try change(to: alliance, database)
            guard change.refusals.isEmpty else { throw AllianceChangeRefusal(problems: change.refusals) }
            guard !change.isEmpty else { return change }
            try AllianceRows(database).add(alliance, zone: zone, at: instant)
            try AuditRows(database).add(
                AuditEntry(at: instant, act: .apply, reason: change.lines.joined(separator: "\n")))
            return change
        }
    }

    /// All versions, the first one first.
    public func allianceHistory() throws -> [AllianceVersion] {
        try reading("read the alliance") { try AllianceRows($0).history() }
    }

    private func change(to alliance: Alliance, _ database: Database) throws -> AllianceChange {
        AllianceChange(
            from: try inForce(database).schedule.alliance, to: alliance,
            standing: AllianceChange.Standing(
                earliestOpen: try PeriodRows(database).earliestChangeable(),
                hasRecords: try AllianceRows(database).isStoodOn()))
    }
}
