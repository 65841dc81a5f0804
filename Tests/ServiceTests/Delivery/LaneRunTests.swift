import Logging
import Settlement
import Synchronization
import Testing

@testable import Service
@testable import Store

@Suite("A lane's deliveries")
struct LaneRunTests {
    private static let alliance = Estate.alliance.replacing(
        "  name: Merchant M",
        with: "  name: Merchant M\n  delivery: {webhook: {url: 'https://shop.example/x'}}")

    /// Time that the test moves.
    private final class Time: Sendable {
        private let value = Mutex(Estate.received)
        var clock: WallClock { WallClock { self.value.withLock { $0 } } }
        func set(_ instant: Instant) { value.withLock { $0 = instant } }
    }

    private static func run(_ desk: DeliveryDesk, _ clock: WallClock) async throws {
        try await LaneRun(
            lane: DeliveryLane(merchant: MerchantID("M"), channel: .webhook), desk: desk, clock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ).run()
    }

    private static func desk(_ estate: Estate) -> DeliveryDesk {
        var desk = DeliveryDesk(
            store: estate.open.store, master: estate.open.master, settings: DeliverySettings())
        desk.lookUp = { host throws(Failure) in throw .trouble(host, "has no address") }
        return desk
    }

    @Test(
        "One whose endpoint is down for days is tried ever more seldom, then given up, and the next one's turn comes"
    )
    func down() async throws {
        let estate = try Estate(alliance: Self.alliance)
        for number in 1...2 { _ = try estate.take(Estate.batch("B-\(number)", sequence: Int64(number))) }
        let (time, desk, store) = (Time(), Self.desk(estate), estate.open.store)
        desk.start()
        var tries = 0
        while let head = try store.deliveryHeads().heads.first, head.number == 1 {
            let due = try #require(head.due)
            time.set(due.advanced(byMilliseconds: -1))
            try await Self.run(desk, time.clock)
            #expect(try store.deliveryHeads().heads.first == head, "before it is due nothing is tried")
            time.set(due)
            try await Self.run(desk, time.clock)
            tries += 1
            guard tries < 100 else { break }
        }
        let all = try store.deliveries(DeliveryFilter(all: true))
        #expect(all.map(\.state) == [.parked, .waiting])
        #expect(all[0].attempts == tries && (15...30).contains(tries), "\(tries)")
        #expect(all[0].answer?.contains("has no address") == true)
        // In the same go the next one was tried.
        #expect(all[1].attempts == 1)
        let span = time.clock.now.milliseconds - Estate.received.milliseconds
        #expect((4 * 86_400_000..<7 * 86_400_000).contains(span), "\(span)")
        let status = try StatusReport(store, now: time.clock.now).text
        #expect(status.contains("1 deliveries to M by webhook given up, the first of"), "\(status)")
        try await desk.shutdownGracefully()
    }

    @Test("What is meant for a destination that is no more is given up")
    func destinationGone() async throws {
        let estate = try Estate(alliance: Self.alliance)
        _ = try estate.take(Estate.batch())
        let without = try AllianceFile.parse(text: Estate.alliance, fileName: "a.yaml")
        let store = estate.open.store
        _ = try store.apply(without, zone: try store.schedule().zone, at: Estate.received)
        let desk = Self.desk(estate)
        desk.start()
        try await Self.run(desk, .standing(at: Estate.received))
        let all = try store.deliveries(DeliveryFilter(all: true))
        #expect(all.map(\.state) == [.parked])
        #expect(all[0].answer == "the alliance has no such destination any more")
        try await desk.shutdownGracefully()
    }

    @Test("Settings come from the file, and the folder from its flag first")
    func settings() async throws {
        let scratch = try Scratch()
        let file = try scratch.write(
            "out: {folder: a}\ndelivery: {allow_private: true, authorities: ca.pem}\n", to: "settled.yaml")
        let read = try await DaemonConfiguration.read(file: file)
        #expect(read.delivery == DeliverySettings(folder: "a", allowsPrivate: true, authorities: "ca.pem"))
        let flagged = try await DaemonConfiguration.read(file: file, flags: .init(out: "b"))
        #expect(flagged.delivery.folder == "b")
        #expect(try await DaemonConfiguration.read(file: nil).delivery == DeliverySettings())
    }
}
