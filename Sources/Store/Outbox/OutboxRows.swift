import GRDB
import Settlement

/// The table of deliveries. Rows are numbered without a gap and bear a sum, also of how far each has got.
struct OutboxRows {
    private let database: Database
    private let roster: Roster

    init(_ database: Database, _ roster: Roster) {
        self.database = database
        self.roster = roster
    }

    // MARK: Writing

    /// Adds a row a way; due at once.
    func add(
        _ news: News, to merchant: MerchantID?, _ destinations: Destinations, at instant: Instant
    ) throws {
        for channel in destinations.channels {
            let lane = DeliveryLane(merchant: merchant, channel: channel)
            try write(
                Delivery(
                    number: try OutboxHead(database).next(),
                    ownNumber: try nextOwnNumber(recipient(lane)), lane: lane, news: news, created: instant,
                    state: .waiting, attempts: 0, due: instant, tried: nil, answer: nil))
        }
    }

    private func nextOwnNumber(_ recipient: Int64) throws -> Int64 {
        let query = try Prepared(database, Self.nextOwnNumber)
        query.bind(1, recipient)
        return try query.first { $0.integer(0) } ?? 1
    }

    static let nextOwnNumber =
        "SELECT coalesce(max(own_number), 0) + 1 FROM outbox WHERE recipient = ?"

    private func recipient(_ lane: DeliveryLane) -> Int64 { lane.merchant.map { roster[$0] } ?? 0 }

    /// Notes how far a delivery has got.
    func update(_ delivery: Delivery) throws { try write(delivery) }

    private func write(_ delivery: Delivery) throws {
        let insert = try Prepared(
            database,
            """
            INSERT OR REPLACE INTO outbox (delivery, recipient, subject, about, created, attempts, due, tried,
                own_number, channel, kind, state, answer, sum)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        var about: Int64?
        if case .exposure(let merchant, _) = delivery.news { about = roster[merchant] }
        let numbers: [Int64?] = [
            delivery.number, recipient(delivery.lane), delivery.news.subject, about,
            delivery.created.milliseconds, Int64(delivery.attempts), delivery.due?.milliseconds,
            delivery.tried?.milliseconds, delivery.ownNumber,
        ]
        let texts: [String?] = [
            delivery.lane.channel.rawValue, delivery.news.kind.rawValue, delivery.state.rawValue,
            delivery.answer,
        ]
        for (place, number) in numbers.enumerated() { insert.bind(Int32(place + 1), number) }
        for (place, text) in texts.enumerated() { insert.bind(Int32(numbers.count + place + 1), text) }
        insert.bind(14, RowSum.of(columns: numbers, texts))
        try insert.run()
    }

    // MARK: Reading

    /// The first delivery of each lane that has not ended. A row that is not as it was written stops its lane alone.
    func heads() throws -> [Result<Delivery, StoreTrouble>] {
        let query = try Prepared(
            database,
            """
            \(Self.select) INDEXED BY outbox_open WHERE due IS NOT NULL AND (recipient, channel) > (?, ?)
            ORDER BY recipient, channel, delivery LIMIT 1
            """)
        var heads: [Result<Delivery, StoreTrouble>] = []
        var last: (recipient: Int64, channel: String)? = (-1, "")
        while let (recipient, channel) = last {
            query.bind(1, recipient)
            query.bind(2, channel)
            last = try query.first { row in
                do throws(StoreTrouble) { heads.append(.success(try delivery(row))) } catch {
                    heads.append(.failure(error))
                }
                return (row.integer(1), row.text(9))
            }
        }
        return heads
    }

    /// The first delivery of one lane that has not ended, behind one of a number.
    func head(of lane: DeliveryLane, behind number: Int64) throws -> Delivery? {
        let query = try Prepared(
            database,
            """
            \(Self.select) INDEXED BY outbox_open
            WHERE due IS NOT NULL AND recipient = ? AND channel = ? AND delivery > ? ORDER BY delivery LIMIT 1
            """)
        query.bind(1, recipient(lane))
        query.bind(2, lane.channel.rawValue)
        query.bind(3, number)
        return try query.first { try delivery($0) }
    }

    func delivery(numbered number: Int64) throws -> Delivery? {
        let query = try Prepared(database, Self.select + " WHERE delivery = ?")
        query.bind(1, number)
        return try query.first { try delivery($0) }
    }

    /// By number: those that have not ended or were given up, or all.
    func forEach(all: Bool, _ body: (Delivery) throws -> Void) throws {
        // By the two small indexes: those that were delivered are not looked through.
        let condition =
            all
            ? ""
            : """
            WHERE delivery IN (SELECT delivery FROM outbox WHERE due IS NOT NULL
                UNION ALL SELECT delivery FROM outbox WHERE state = 'parked')
            """
        try Prepared(database, "\(Self.select) \(condition) ORDER BY delivery").forEach { row in
            try body(try delivery(row))
        }
    }

    /// Those that were given up, by number.
    func forEachParked(_ body: (Delivery) throws -> Void) throws {
        try Prepared(database, Self.select + " WHERE state = 'parked' ORDER BY delivery").forEach { row in
            try body(try delivery(row))
        }
    }

    /// The numbers of the rows that are not as they were written, and of those that are gone, as the rows behind them
    /// and the head tell.
    static func changed(_ database: Database) throws -> [Int64] {
        var changed = ChangedRows()
        try Prepared(database, select + " ORDER BY delivery").forEach { row in
            changed.look(at: row.integer(0), isWhole: isWhole(row))
        }
        return changed.found(of: try OutboxHead(database).last() ?? 0)
    }

    private static let select = """
        SELECT delivery, recipient, subject, about, created, attempts, due, tried, own_number, channel, kind, state,
            answer, sum
        FROM outbox
        """

    private static func isWhole(_ row: Prepared) -> Bool {
        RowSum.of(columns: (0..<9).map { row.integerOrNil($0) }, (9..<13).map { row.textOrNil($0) })
            == row.integer(13)
    }

    private func delivery(_ row: Prepared) throws(StoreTrouble) -> Delivery {
        let number = row.integer(0)
        guard Self.isWhole(row), let channel = Destinations.Channel(rawValue: row.text(9)),
            let kind = News.Kind(rawValue: row.text(10)), let state = Delivery.State(rawValue: row.text(11))
        else { throw StoreTrouble.damaged("outbox", "row \(number)") }
        var merchant: MerchantID?
        if row.integer(1) != 0 { merchant = try self.merchant(row.integer(1), number) }
        return Delivery(
            number: number, ownNumber: row.integer(8),
            lane: DeliveryLane(merchant: merchant, channel: channel), news: try news(kind, row),
            created: row.instant(4), state: state, attempts: Int(row.integer(5)), due: row.instantOrNil(6),
            tried: row.instantOrNil(7), answer: row.textOrNil(12))
    }

    private func news(_ kind: News.Kind, _ row: Prepared) throws(StoreTrouble) -> News {
        let (number, subject) = (row.integer(0), row.integer(2))
        return switch kind {
        case .statement: .statement(period: Int(subject))
        case .closing: .closing(period: Int(subject))
        case .receipt: .receipt(batch: subject)
        case .disputeAnswered: .disputeAnswered(subject)
        case .sequenceMissing: .sequencesMissing(period: Int(subject))
        case .exposure: .exposure(of: try merchant(row.integer(3), number), period: Int(subject))
        }
    }

    private func merchant(_ number: Int64, _ row: Int64) throws(StoreTrouble) -> MerchantID {
        guard let merchant = roster.known(number) else {
            throw StoreTrouble.damaged(
                "outbox", "row \(row)", "it names merchant \(number), and there is none")
        }
        return merchant
    }
}
