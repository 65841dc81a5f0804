import GRDB
import Settlement
import Testing

@testable import Store

@Suite("Orders that two persons give up")
struct RejectionDraftTests {
    private let bank = BankImportTests()
    private var now: Instant { bank.now }

    /// January's run is with the bank, and from now on two persons have to look at what is done.
    private func scene() throws -> (Scene, ana: Person, ben: Person) {
        let scene = try bank.scene()
        let (ana, ben) = (
            try scene.person("ana", key: 1, at: now), try scene.person("ben", key: 2, at: now)
        )
        // A draft of before, by a name alone.
        _ = try scene.store.rejectOrders(
            of: 0, ["N"], because: "MD01", by: bank.ana, at: now, draft: true)
        try scene.takeFourEyes(at: now)
        return (scene, ana, ben)
    }

    private func code(_ body: () throws -> PaymentRun) throws -> PaymentRefusal.Code? {
        do {
            _ = try body()
            return nil
        } catch let refusal as PaymentRefusal { return refusal.code }
    }

    @Test("With four eyes it takes a draft, a key and another person, who says which draft was looked at")
    func refused() throws {
        let (scene, ana, ben) = try scene()
        let store = scene.store
        func reject(by person: Person, draft: Bool = true) throws -> PaymentRun {
            try store.rejectOrders(of: 0, ["M"], because: "AC01", by: person, at: now, draft: draft)
        }
        func approve(_ number: Int64, by person: Person) throws -> PaymentRefusal.Code? {
            try code { try store.approveRejections(of: 0, [number], by: person, at: now) }
        }
        #expect(throws: PersonRefusal.draftRequired) { try reject(by: ana, draft: false) }
        #expect(throws: PersonRefusal.keyRequired("ana")) { try reject(by: bank.ana) }
        #expect(try reject(by: ana).waitingRejections.map(\.number) == [1, 2])
        #expect(try code { try reject(by: ben) } == .rejectionWaiting)
        #expect(try approve(2, by: ana) == .samePerson && approve(9, by: ben) == .rejectionUnknown)
        #expect(try approve(1, by: ben) == .makerUnproven)
        #expect(throws: PersonRefusal.keyRequired("ben")) { try approve(2, by: bank.ben) }
        // One of two that cannot be approved keeps both.
        #expect(
            try code { try store.approveRejections(of: 0, [2, 9], by: ben, at: now) } == .rejectionUnknown)
        #expect(try bank.states(scene) == [.open, .open] && store.paymentRuns()[0].hasOrdered(0))
        #expect(try approve(2, by: ben) == nil)
        #expect(try bank.states(scene) == [.rejected, .open] && !store.paymentRuns()[0].hasOrdered(0))
        #expect(try approve(2, by: ben) == .rejectionUnknown)
        let reasons = try store.audit(limit: 9).map(\.reason)
        #expect(reasons.contains("R1-M of M drafted to be given up as rejected by ana: AC01"))
        #expect(reasons.contains("R1-M of M given up as rejected by ben: AC01"))
    }

    @Test(
        "A draft that is dropped gives up nothing, and another may be made; a booking stands against an approval"
    )
    func dropped() throws {
        let (scene, ana, ben) = try scene()
        let store = scene.store
        let dropped = try store.withdrawRejections(of: 0, [1], by: ana, at: now)
        #expect(dropped.waitingRejections.isEmpty)
        #expect(dropped.rejections.map(\.state) == [.withdrawn(at: now, by: "ana")])
        let again = try store.rejectOrders(of: 0, ["N"], because: "MD01", by: ana, at: now, draft: true)
        #expect(again.waitingRejections.map(\.number) == [2])
        try bank.take(scene, [bank.line("b", 40, endToEnd: "R1-N")], by: ana, draft: true)
        #expect(
            try code { try store.approveRejections(of: 0, [2], by: ben, at: now) } == .orderBooked)
        #expect(try bank.states(scene) == [.open, .waiting])
        #expect(try scene.store.changedRows().isEmpty)
    }

    @Test(
        "A row that was changed is told",
        arguments: [
            "UPDATE payment_rejections SET state = 'undrafted'",
            "UPDATE payment_rejections SET state = 'approved', ended = 1, ended_by = 'ben'",
            "UPDATE payment_rejections SET person_key = zeroblob(32)",
            "UPDATE payment_rejections SET person = 'ben'",
        ])
    func changed(sql: String) throws {
        let (scene, _, _) = try scene()
        try scene.store.pool.writeWithoutTransaction { try $0.execute(sql: sql) }
        let trouble = #expect(throws: StoreTrouble.self) { try scene.store.paymentRuns() }
        #expect(trouble?.attempt.hasPrefix("read payment_rejections, ") == true)
    }
}
