import Foundation
import Logging
import Settlement
import Testing

@testable import Service
@testable import Store

@Suite("Names that are looked up")
struct NameLookupTests {
    private static let address = NetworkAddress([1, 1, 1, 1])

    /// A resolver that answers for names that begin with `hang` only once it is let go.
    private final class Resolver: Sendable {
        private let gate = DispatchSemaphore(value: 0)

        var lookUp: Endpoint.LookUp {
            { [gate] host throws(Failure) in
                guard !host.hasPrefix("hang") else {
                    gate.wait()
                    gate.signal()
                    return [NameLookupTests.address]
                }
                guard host != "none" else { throw .trouble(host, "has no address") }
                return [NameLookupTests.address]
            }
        }

        func letGo() { gate.signal() }

        deinit { gate.signal() }
    }

    private static func lane(_ merchant: String) -> DeliveryLane {
        DeliveryLane(merchant: MerchantID(verified: merchant), channel: .webhook)
    }

    private static func problem(_ body: () async throws -> [NetworkAddress]) async -> String? {
        do {
            _ = try await body()
            return nil
        } catch { return (error as? Failure)?.problem ?? "\(error)" }
    }

    @Test("One that is never answered ends in time, and keeps nobody but its own lane, until it is answered")
    func hanging() async throws {
        let (names, resolver) = (NameLookups(patience: .seconds(2)), Resolver())
        defer { resolver.letGo() }
        @Sendable func look(_ host: String, for merchant: String) async throws -> [NetworkAddress] {
            try await names.addresses(
                of: host, for: Self.lane(merchant), isFailing: false, resolver.lookUp)
        }
        async let hangs = Self.problem { try await look("hang.example", for: "M") }
        #expect(try await look("shop.example", for: "N") == [Self.address])
        #expect(await Self.problem { try await look("none", for: "P") } == "has no address")
        let told = await hangs
        #expect(told?.hasPrefix("was not looked up within") == true, "\(told ?? "nothing")")
        // Neither is another thread kept for it, nor is anybody who shares the name.
        #expect(await Self.problem { try await look("shop.example", for: "M") } == "is still being looked up")
        #expect(await Self.problem { try await look("hang.example", for: "Q") } != "is still being looked up")
        resolver.letGo()
        var found: [NetworkAddress]?
        for _ in 0..<600 where found == nil {
            found = try? await look("shop.example", for: "M")
            if found == nil { try await Task.sleep(for: .milliseconds(10)) }
        }
        #expect(found == [Self.address])
    }

    @Test("However many hang of those that failed before, one that did not is still looked up")
    func many() async throws {
        let (names, resolver) = (NameLookups(patience: .seconds(2)), Resolver())
        defer { resolver.letGo() }
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<NameLookups.mostFailing {
                group.addTask {
                    _ = try? await names.addresses(
                        of: "hang.example", for: Self.lane("m\(number)"), isFailing: true, resolver.lookUp)
                }
            }
        }
        let refused = await Self.problem {
            try await names.addresses(
                of: "shop.example", for: Self.lane("failing"), isFailing: true, resolver.lookUp)
        }
        #expect(refused?.contains("too many lookups hang") == true, "\(refused ?? "nothing")")
        let found = try await names.addresses(
            of: "shop.example", for: Self.lane("fine"), isFailing: false, resolver.lookUp)
        #expect(found == [Self.address])
    }

    @Test("A lane whose name hangs is tried again later, as one that does not answer is")
    func lane() async throws {
        let alliance = Estate.alliance.replacing(
            "  name: Merchant M",
            with: "  name: Merchant M\n  delivery: {webhook: {url: 'https://hang.example/x'}}")
        let (estate, resolver) = (try Estate(alliance: alliance), Resolver())
        defer { resolver.letGo() }
        _ = try estate.take(Estate.batch())
        var desk = DeliveryDesk(
            store: estate.open.store, master: estate.open.master, settings: DeliverySettings())
        (desk.names, desk.lookUp) = (NameLookups(patience: .milliseconds(100)), resolver.lookUp)
        desk.start()
        try await LaneRun(
            lane: Self.lane("M"), desk: desk, clock: .standing(at: Estate.received),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ).run()
        // Nor does a name that hangs keep the daemon from ending.
        try await desk.shutdownGracefully()
        let delivery = try #require(try estate.open.store.deliveries(DeliveryFilter()).first)
        #expect(delivery.state == .waiting && delivery.attempts == 1)
        #expect(delivery.answer?.contains("was not looked up within") == true, "\(delivery)")
    }
}
