import GRDB

/// How many deliveries have not arrived.
public struct DeliveryCounts: Hashable, Sendable {
    /// Due, or behind others of their lane.
    public let waiting: Int
    /// Those that were given up, and those whose receiver said that it wants nothing any more.
    public let givenUp: Int
}

extension Store {
    /// Only counts: no row is held against its sum.
    public func deliveryCounts() throws -> DeliveryCounts {
        try reading("count the deliveries") { database in
            // By the two small indexes: those that were delivered are not looked through.
            let open = try Prepared(
                database,
                "SELECT count(*), coalesce(sum(state = 'gone'), 0) FROM outbox WHERE due IS NOT NULL"
            ).first { (all: Int($0.integer(0)), gone: Int($0.integer(1))) }
            let parked = try Prepared(database, "SELECT count(*) FROM outbox WHERE state = 'parked'").first {
                Int($0.integer(0))
            }
            let gone = open?.gone ?? 0
            return DeliveryCounts(waiting: (open?.all ?? 0) - gone, givenUp: (parked ?? 0) + gone)
        }
    }
}
