import Settlement
import Testing

@testable import Store

@Suite("The alliance")
struct AdministrationTests {
    private let now = Instant.at("2026-01-10T00:00:00Z")

    @Test("A change comes into force, and earlier versions are kept")
    func apply() throws {
        let scene = try Scene()
        let wider = Scene.alliance(
            name: "Wider", merchants: [Scene.merchant("A"), Scene.merchant("M"), Scene.merchant("N")])
        let change = try scene.store.change(to: wider)
        #expect(!change.isEmpty)
        #expect(try scene.store.schedule().alliance.name == "Test")
        #expect(try scene.store.apply(wider, zone: Scene.utc, at: now).lines == change.lines)
        #expect(try scene.store.schedule().alliance == wider)
        #expect(try scene.store.allianceHistory().map(\.version) == [1, 2])
        #expect(
            try scene.store.allianceHistory().map { try AllianceDocument.alliance(from: $0.document).name }
                == ["Test", "Wider"])
        // The same again is no change.
        #expect(try scene.store.apply(wider, zone: Scene.utc, at: now).isEmpty)
        #expect(try scene.store.allianceHistory().count == 2)
    }

    @Test("What would touch a closed period is refused, and nothing is changed")
    func refusedChange() throws {
        let scene = try Scene()
        try scene.close(0)
        let dearer = Scene.alliance(merchants: [Scene.merchant("M", price: 20_000), Scene.merchant("N")])
        let refusal = #expect(throws: AllianceChangeRefusal.self) {
            try scene.store.apply(dearer, zone: Scene.utc, at: now)
        }
        #expect(refusal?.problems.map(\.code) == [.touchesClosedPeriod])
        #expect(try scene.store.schedule().alliance == Scene.alliance())
        #expect(try scene.store.allianceHistory().count == 1)
    }

    @Test("A merchant that leaves the list before anything is stored keeps its number")
    func merchantNumbers() throws {
        let scene = try Scene()
        let other = Scene.alliance(merchants: [Scene.merchant("A"), Scene.merchant("N")])
        _ = try scene.store.apply(other, zone: Scene.utc, at: now)
        #expect(try scene.integer("SELECT merchant FROM merchants WHERE id = 'N'") == 2)
        #expect(try scene.integer("SELECT merchant FROM merchants WHERE id = 'A'") == 3)
        #expect(try scene.store.keys().map(\.merchant) == ["M", "N", nil])
    }
}
