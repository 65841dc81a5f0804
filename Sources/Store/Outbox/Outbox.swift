public import Settlement
public import Signing

/// What one looks for among the deliveries.
public struct DeliveryFilter: Hashable, Sendable {
    /// Nil: of all; a nil in it: the operator's.
    public var merchant: MerchantID??
    /// Also those that were delivered.
    public var all: Bool
    /// Nil: of any number.
    public var numbers: Set<Int64>?

    public init(merchant: MerchantID?? = nil, all: Bool = false, numbers: Set<Int64>? = nil) {
        self.merchant = merchant
        self.all = all
        self.numbers = numbers
    }

    func takes(_ delivery: Delivery) -> Bool {
        (merchant.map { $0 == delivery.lane.merchant } ?? true)
            && (numbers?.contains(delivery.number) ?? true)
    }
}

/// A lane that waits for somebody.
public struct StuckDeliveries: Hashable, Sendable {
    public let lane: DeliveryLane
    /// How many were given up.
    public let parked: Int64
    /// When the first of them came about, or the receiver said that it wants nothing any more.
    public let since: Instant
    /// Whether all that is to come waits too.
    public let isGone: Bool
    /// What came of the last attempt.
    public let answer: String?
}

extension Store {
    /// The first delivery of each lane that has not ended, and what is wrong with those rows that cannot be read or
    /// with the end of the outbox.
    public func deliveryHeads() throws -> (heads: [Delivery], troubles: [StoreTrouble]) {
        try reading("look into the outbox") { database in
            var (heads, troubles): ([Delivery], [StoreTrouble]) = ([], [])
            for head in try OutboxRows(database, try inForce(database).roster).heads() {
                switch head {
                case .success(let delivery): heads.append(delivery)
                case .failure(let trouble): troubles.append(trouble)
                }
            }
            do { try OutboxHead(database).verify() } catch let trouble as StoreTrouble where trouble.isDamage
            {
                troubles.append(trouble)
            }
            return (heads, troubles)
        }
    }

    /// The next delivery of a lane behind one that has ended.
    public func nextDelivery(of lane: DeliveryLane, behind number: Int64) throws -> Delivery? {
        try reading("look into the outbox") { database in
            try OutboxRows(database, try inForce(database).roster).head(of: lane, behind: number)
        }
    }

    /// Notes what became of an attempt, durably. Attempts that end at the same time share a transaction. One of a
    /// delivery that has ended meanwhile changes nothing.
    public func note(_ attempt: DeliveryAttempt) throws {
        try memory.attempts.run(attempt) { attempts in
            do { return try note(attempts) } catch { return attempts.map { _ in .failure(error) } }
        }
    }

    /// A row that is not as it was written is the trouble of its own attempt alone.
    private func note(_ attempts: [DeliveryAttempt]) throws -> [Result<Void, any Error>] {
        try writing("note what became of deliveries") { database in
            let rows = OutboxRows(database, try inForce(database).roster)
            return try attempts.map { attempt in
                do {
                    if let delivery = try rows.delivery(numbered: attempt.delivery),
                        delivery.state == .waiting
                    {
                        try rows.update(delivery.after(attempt))
                    }
                    return .success(())
                } catch let trouble as StoreTrouble where trouble.isDamage {
                    return .failure(trouble)
                }
            }
        }
    }

    /// By number, the first `limit` of them. Throws `StoreTrouble` where a row is not as it was written.
    public func deliveries(_ filter: DeliveryFilter, limit: Int = .max) throws -> [Delivery] {
        try reading("list the deliveries") { database in
            var found: [Delivery] = []
            try OutboxRows(database, try inForce(database).roster).forEach(all: filter.all) { delivery in
                if found.count < limit, filter.takes(delivery) { found.append(delivery) }
            }
            return found
        }
    }

    /// Has deliveries that were given up, and those that wait for their next attempt, tried again now; gives how many.
    public func retryDeliveries(_ filter: DeliveryFilter, at instant: Instant) throws -> Int {
        try writing("have deliveries tried again") { database in
            let rows = OutboxRows(database, try inForce(database).roster)
            var found: [Delivery] = []
            try rows.forEach(all: false) { delivery in
                guard filter.takes(delivery), delivery.state != .waiting || delivery.attempts > 0 else {
                    return
                }
                found.append(delivery)
            }
            for delivery in found { try rows.update(delivery.again(at: instant)) }
            if !found.isEmpty {
                try AuditRows(database).add(
                    AuditEntry(
                        at: instant, act: .deliveriesRetried, merchant: filter.merchant ?? nil,
                        reason: "\(found.count), the first \(found[0].number)"))
            }
            return found.count
        }
    }

    /// The lanes with deliveries that were given up, or whose receiver wants nothing any more.
    public func stuckDeliveries() throws -> [StuckDeliveries] {
        try reading("look for deliveries that were given up") { database in
            let rows = OutboxRows(database, try inForce(database).roster)
            var stuck: [DeliveryLane: StuckDeliveries] = [:]
            try rows.forEachParked { delivery in
                let known = stuck[delivery.lane]
                stuck[delivery.lane] = StuckDeliveries(
                    lane: delivery.lane, parked: (known?.parked ?? 0) + 1,
                    since: known?.since ?? delivery.created,
                    isGone: false, answer: delivery.answer)
            }
            for case .success(let head) in try rows.heads() where head.state == .gone {
                stuck[head.lane] = StuckDeliveries(
                    lane: head.lane, parked: stuck[head.lane]?.parked ?? 0, since: head.tried ?? head.created,
                    isGone: true, answer: head.answer)
            }
            return stuck.values.sorted {
                ($0.lane.owner, $0.lane.channel.rawValue) < ($1.lane.owner, $1.lane.channel.rawValue)
            }
        }
    }

    /// The receipt of a batch by its number; nil if there is no such batch.
    public func receipt(
        numbered number: Int64
    ) throws -> (batch: BatchID, sequence: Int64, document: SealedDocument)? {
        try reading("read a receipt") { database in
            let query = try Prepared(
                database,
                "SELECT id, sequence, receipt, receipt_signature, receipt_seal FROM batches WHERE batch = ?")
            query.bind(1, number)
            return try query.first { row in
                let document = SealedDocument(bytes: row.bytes(2), signature: row.text(3), seal: row.text(4))
                return (row.identifier(0), row.integer(1), document)
            }
        }
    }

    /// By how much a merchant was beyond its limit when a period closed; nil if it was not.
    public func excess(of merchant: MerchantID, period: Int) throws -> Exposures.Excess? {
        try reading("read an exposure") { database in
            guard let version = try PeriodRows(database).alliance(of: period) else { return nil }
            return try ExposureRows(database).excesses(
                of: try inForce(database, version: version).schedule.alliance, before: period + 1
            ).first { $0.merchant == merchant }
        }
    }
}

extension Delivery {
    func after(_ attempt: DeliveryAttempt) -> Delivery {
        let (state, due): (State, Instant?) =
            switch attempt.outcome {
            case .delivered: (.delivered, nil)
            case .failed(let again): (.waiting, again)
            case .parked: (.parked, nil)
            case .gone: (.gone, attempt.at)
            }
        return Delivery(
            number: number, ownNumber: ownNumber, lane: lane, news: news, created: created, state: state,
            attempts: attempts + 1, due: due, tried: attempt.at, answer: attempt.answer)
    }

    func again(at instant: Instant) -> Delivery {
        Delivery(
            number: number, ownNumber: ownNumber, lane: lane, news: news, created: created, state: .waiting,
            attempts: 0, due: instant, tried: tried, answer: answer)
    }
}
