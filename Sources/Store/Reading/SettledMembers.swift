import GRDB
public import Settlement

extension Store {
    /// Calls `body` with what the close of a period made of each member, in the order of members. The period is a closed
    /// one: what a close wrote that has not ended counts for nothing.
    public func settledMembers(period: Int, _ body: (SettledMember) throws -> Void) throws {
        try reading("read what a close made of members") { database in
            let roster = try inForce(database).roster
            let query = try Prepared(database, Self.settlementsOfPeriod)
            query.bind(1, period)
            try query.forEach { row in
                try SettlementChunk.withContent(of: row) { bytes in
                    var packed = SettlementChunk.reader(bytes)
                    while let (member, part) = SettlementChunk.next(&packed, of: bytes) {
                        try body(SettlementPacking.unpack(part, of: member, roster))
                    }
                }
            }
        }
    }

    /// What the closes of some periods made of one member, by ordinal; periods in which nothing happened to
    /// it are left out. All are closed ones. Throws `StoreTrouble` where rows of one of them are gone or were added: what
    /// became of the member then is not known.
    public func settled(
        _ member: MemberID, in periods: Range<Int>
    ) throws -> [(period: Int, settled: SettledMember)] {
        try reading("read what closes made of a member") { database in
            let roster = try inForce(database).roster
            let kept = KeptRows(database, roster)
            for period in try PeriodRows(database).all() where periods.contains(period.ordinal) {
                try kept.requireSettlements(of: period)
            }
            let lookup = try SettlementLookup(database, roster)
            return try periods.compactMap { period in
                try lookup.settled(member, in: period).map { (period, $0) }
            }
        }
    }

    /// The alliance as it was when a period closed that has closed. Throws `StoreTrouble` where there is none.
    public func schedule(ofClosed period: Int) throws -> Schedule {
        guard let schedule = try schedule(ofPeriod: period) else {
            throw StoreTrouble.damaged("periods", "period \(period)", "it has closed, and there is no row")
        }
        return schedule
    }

    /// The alliance as it was when a period closed; nil while it is open.
    public func schedule(ofPeriod period: Int) throws -> Schedule? {
        try reading("read the alliance") { database in
            try PeriodRows(database).alliance(of: period).map { try AllianceRows(database).schedule(of: $0) }
        }
    }
}
