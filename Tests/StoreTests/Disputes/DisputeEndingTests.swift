import Settlement
import Testing

@testable import Store

@Suite("Disputes that are ended together")
struct DisputeEndingTests {
    private let now = Instant.at("2026-02-10T00:00:00Z")
    private let ana = Person("ana")

    /// Three disputes of M against lines of January.
    private func scene() throws -> Scene {
        let scene = try Scene()
        for line in 1...3 {
            _ = try scene.store.openDispute(
                against: .line(line, period: 0), of: "M", reason: "twice", owner: "ben",
                due: .on("2026-02-20"), by: ana, at: now)
        }
        return scene
    }

    private func ending(_ dispute: Int64, _ adjustment: BookingReference? = nil) -> DisputeEnding {
        DisputeEnding(dispute: dispute, text: "it was", adjustment: adjustment)
    }

    @Test("All that is wrong is told by its place, and none is ended")
    func refused() throws {
        let scene = try scene()
        let counts = try scene.rowCounts()
        let refused = #expect(throws: DisputesRefused.self) {
            try scene.store.endDisputes(
                [ending(1), ending(9), ending(1), ending(2, "A"), ending(3)], by: ana, at: now)
        }
        #expect(refused?.refusals.map(\.position) == [1, 2, 3])
        #expect(
            refused?.refusals.map(\.refusal.code) == [.disputeUnknown, .disputeEnded, .adjustmentUnknown])
        #expect(try scene.rowCounts() == counts && scene.store.disputes().allSatisfy { $0.state == .open })
    }

    @Test("A trial shows how they would end, and ends none")
    func trial() throws {
        let scene = try scene()
        try scene.store.book(
            [.pay("A", 100, "2026-02-05", kind: .adjustment, reason: "dispute 2")], by: ana, at: now)
        let counts = try scene.rowCounts()
        let endings = [ending(1), ending(2, "A")]
        let shown = try scene.store.endDisputes(endings, by: ana, at: now, trial: true)
        #expect(shown.map(\.state) == [.rejected, .accepted])
        #expect(try scene.rowCounts() == counts)
        #expect(try scene.store.endDisputes(endings, by: ana, at: now) == shown)
        #expect(try scene.store.disputes().map(\.state) == [.rejected, .accepted, .open])
    }

    @Test("With four eyes it takes a key, and an adjustment that waits for another person ends nothing")
    func fourEyes() throws {
        let scene = try scene()
        let proven = try scene.person("ana", key: 1, at: now)
        try scene.takeFourEyes(at: now)
        try scene.store.draft(
            [.pay("A", 100, "2026-02-05", kind: .adjustment, reason: "dispute 2")], by: proven, at: now)
        #expect(throws: PersonRefusal.keyRequired("ana")) {
            try scene.store.endDisputes([ending(1)], by: ana, at: now)
        }
        let refused = #expect(throws: DisputesRefused.self) {
            try scene.store.endDisputes([ending(2, "A")], by: proven, at: now)
        }
        #expect(refused?.refusals.map(\.refusal.code) == [.adjustmentUnknown])
    }
}
