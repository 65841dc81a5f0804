import Settlement
import Signing
import Testing

@testable import Store

@Suite("The outbox")
struct OutboxTests {
    private static let both = Destinations(
        folder: true, webhook: Webhook(url: WebhookURL("https://shop.example/hook")!))
    private static let folder = Destinations(folder: true)

    static func scene(own: Destinations? = nil, theirs: Destinations? = both, limit: Int64? = nil) throws
        -> Scene
    {
        let m = Scene.merchant("M")
        return try Scene(
            Alliance(
                id: "test", name: "Test", currency: Currency(code: "EUR", exponent: 2), timezone: "Etc/UTC",
                period: .month, delivery: own, start: .on("2026-01-01"),
                merchants: [
                    Merchant(
                        id: "M", name: m.name, exposureLimit: limit.map { Money($0) }, delivery: theirs,
                        terms: m.terms), Scene.merchant("N"),
                ]))
    }

    private static func all(_ scene: Scene) throws -> [Delivery] {
        try scene.store.deliveries(DeliveryFilter(all: true))
    }

    private static let earn = [record("a", .earn, "x", 100, "2026-01-05T10:00:00Z")]

    @Test("Without a destination nothing is kept")
    func nowhere() throws {
        let scene = try Self.scene(theirs: nil)
        try scene.send("b1", 1, Self.earn)
        try scene.close(0)
        #expect(try scene.integer("SELECT count(*) FROM outbox") == 0)
    }

    @Test("Nothing tells of a batch that was refused, rehearsed or a copy, nor of a close that failed")
    func untold() throws {
        let scene = try Self.scene(own: Self.folder)
        try scene.send("b1", 1, Self.earn)
        #expect(throws: BatchRefusal.self) { try scene.send("b2", 1, Self.earn) }
        #expect(throws: BatchRefusal.self) {
            try scene.send(
                "b3", 3, [record("z", .earn, "x", 1, "2020-01-05T10:00:00Z")], strict: true)
        }
        try scene.send("b1", 1, Self.earn)
        _ = try scene.store.rehearse(
            try scene.verified("b4", 4, [record("c", .earn, "x", 1, "2026-01-05T10:00:00Z")]),
            received: .at("2026-01-31T12:00:00Z"))
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            _ = try scene.store.close(0, at: .at("2026-02-03T00:00:00Z"), forced: false) { _ in throw Stop() }
        }
        try scene.close(0, preview: true)
        #expect(try Self.all(scene).map(\.news) == [.receipt(batch: 1), .receipt(batch: 1)])
    }

    @Test("What a merchant and the operator are told, in order, on each of their ways")
    func told() throws {
        let scene = try Self.scene(own: Self.folder, limit: 0)
        try scene.send("b1", 1, Self.earn)
        try scene.send("b3", 3, [record("b", .earn, "x", 100, "2026-01-06T10:00:00Z")])
        try scene.send("n1", 1, [record("n", .earn, "x", 5, "2026-01-06T10:00:00Z")], of: "N")
        try scene.close(0)
        let exposure = News.exposure(of: "M", period: 0)
        let theirs: [News] = [
            .receipt(batch: 1), .receipt(batch: 2), .statement(period: 0), .sequencesMissing(period: 0),
            exposure,
        ]
        let all = try Self.all(scene)
        #expect(all.map(\.number) == Array(1...Int64(all.count)))
        for channel in Destinations.Channel.allCases {
            #expect(
                all.filter { $0.lane == DeliveryLane(merchant: "M", channel: channel) }.map(\.news) == theirs)
        }
        #expect(all.filter { $0.lane.merchant == nil }.map(\.news) == [.closing(period: 0), exposure])
        // Each receiver counts its own.
        for merchant in ["M", nil] as [MerchantID?] {
            let own = all.filter { $0.lane.merchant == merchant }.map(\.ownNumber)
            #expect(own == Array(1...Int64(own.count)))
        }
        #expect(all.count == 12 && all.allSatisfy { $0.state == .waiting && $0.due == $0.created })
        #expect(try scene.store.excess(of: "M", period: 0)?.limit == .zero)
        #expect(try scene.store.receipt(numbered: 2)?.batch == "b3")
        let receipt = try #require(try scene.store.receipt(numbered: 2)).document
        let statement = try #require(try scene.store.statement(of: "M", period: 0))
        for isWhole in [true, false] {
            let room = isWhole ? 0 : -1
            let told = try #require(
                try scene.store.toldReceipt(numbered: 2, mostBytes: receipt.bytes.count + room)
            ).document
            #expect(told.bytes == (isWhole ? receipt.bytes : nil) && told.seal == receipt.seal)
            #expect(told.byteCount == receipt.bytes.count && told.digest == receipt.digest.text)
            let document = try #require(
                try scene.store.toldStatement(
                    of: "M", period: 0, mostBytes: statement.document.bytes.count + room)
            ).document
            #expect(document.bytes == (isWhole ? statement.document.bytes : nil))
            #expect(
                document.byteCount == statement.document.bytes.count && document.digest == statement.digest)
        }
        #expect(try scene.store.history().changedDeliveries == [])
    }

    @Test("A dispute's answer is told, its opening and what is said of it are not")
    func dispute() throws {
        let scene = try Self.scene(theirs: Self.folder)
        let (ana, now) = (Person("ana"), Instant.at("2026-02-10T00:00:00Z"))
        for merchant in ["M", "N"] as [MerchantID] {
            let dispute = try scene.store.openDispute(
                against: .record("T-1"), of: merchant, reason: "twice", owner: "ben", due: .on("2026-02-20"),
                by: ana, at: now)
            try scene.store.commentDispute(dispute.number, "asked", by: ana, at: now)
            #expect(try Self.all(scene).count == (merchant == "M" ? 0 : 1))
            try scene.store.endDisputes(
                [DisputeEnding(dispute: dispute.number, text: "two sales", adjustment: nil)], by: ana, at: now
            )
        }
        #expect(try Self.all(scene).map(\.news) == [.disputeAnswered(1)])
    }

    @Test("A lane goes on behind what was delivered or given up, and stands behind what fails or is gone")
    func order() throws {
        let scene = try Self.scene(theirs: Self.folder)
        for number in 1...4 {
            try scene.send(
                "b\(number)", Int64(number),
                [record(RecordID(verified: "r\(number)"), .earn, "x", 1, "2026-01-05T10:00:00Z")])
        }
        let now = Instant.at("2026-02-01T00:00:00Z")
        func head() throws -> Int64? { try scene.store.deliveryHeads().heads.first?.number }
        func note(_ number: Int64, _ outcome: DeliveryAttempt.Outcome) throws {
            try scene.store.note(DeliveryAttempt(number, outcome, at: now, answer: "\(outcome)"))
        }
        try note(1, .failed(again: now.advanced(byHours: 1)))
        #expect(try head() == 1)
        try note(1, .delivered)
        #expect(try head() == 2)
        try note(2, .parked)
        #expect(try head() == 3)
        try note(3, .gone)
        #expect(try scene.store.deliveryHeads().heads.map(\.state) == [.gone])
        // What has ended stays so.
        try note(1, .parked)
        try note(3, .delivered)
        #expect(try Self.all(scene).map(\.state) == [.delivered, .parked, .gone, .waiting])
        #expect(try Self.all(scene).map(\.attempts) == [2, 1, 1, 0])
        let stuck = try scene.store.stuckDeliveries()
        #expect(stuck.map(\.parked) == [1] && stuck.map(\.isGone) == [true])
        #expect(try scene.store.deliveryCounts() == DeliveryCounts(waiting: 1, givenUp: 2))
        #expect(try scene.store.deliveries(DeliveryFilter()).map(\.number) == [2, 3, 4])
        #expect(try scene.store.retryDeliveries(DeliveryFilter(merchant: "N"), at: now) == 0)
        #expect(try scene.store.retryDeliveries(DeliveryFilter(numbers: [1, 3]), at: now) == 1)
        #expect(try scene.store.retryDeliveries(DeliveryFilter(), at: now) == 1)
        #expect(try scene.store.stuckDeliveries().isEmpty)
        #expect(try scene.store.deliveryCounts() == DeliveryCounts(waiting: 3, givenUp: 0))
        #expect(try head() == 2)
        #expect(try scene.store.audit().filter { $0.act == .deliveriesRetried }.count == 2)
    }

    @Test("Attempts that end on many threads are all noted")
    func together() async throws {
        let scene = try Self.scene(theirs: Self.folder)
        for number in 1...40 {
            try scene.send(
                "b\(number)", Int64(number),
                [record(RecordID(verified: "r\(number)"), .earn, "x", 1, "2026-01-05T10:00:00Z")])
        }
        let store = scene.store
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...Int64(40) {
                group.addTask {
                    try store.note(
                        DeliveryAttempt(
                            number, .delivered, at: .at("2026-02-01T00:00:00Z"), answer: "written"))
                }
            }
            try await group.waitForAll()
        }
        #expect(try Self.all(scene).allSatisfy { $0.state == .delivered })
        #expect(try scene.store.deliveryHeads().heads.isEmpty)
    }

    @Test("A lane of a hundred thousand is not read to find the next ones")
    func manyWait() throws {
        let scene = try Self.scene()
        try scene.send("b1", 1, Self.earn)
        let plan = try scene.store.reading("explain") { database in
            try Prepared(
                database,
                """
                EXPLAIN QUERY PLAN SELECT delivery FROM outbox INDEXED BY outbox_open
                WHERE due IS NOT NULL AND (recipient, channel) > (0, '') ORDER BY recipient, channel, delivery LIMIT 1
                """
            ).all { $0.text(3) }
        }
        #expect(plan.count == 1 && plan[0].hasPrefix("SEARCH outbox USING"), "\(plan)")
        let numbering = try scene.store.reading("explain") { database in
            try Prepared(database, "EXPLAIN QUERY PLAN " + OutboxRows.nextOwnNumber).all { $0.text(3) }
        }
        #expect(numbering.contains { $0.contains("outbox_own (recipient=?)") }, "\(numbering)")
    }
}
