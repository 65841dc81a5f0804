import GRDB
import Settlement
import Signing
import Testing

@testable import Store

@Suite("Disputes that merchants open themselves")
struct ContestTests {
    private let now = Instant.at("2026-02-10T23:30:00Z")
    private let ana = Person("ana")

    private func code(_ body: () throws -> Store.Contested) throws -> ContestRefusalCode? {
        do {
            _ = try body()
            return nil
        } catch let refusal as ContestRefusal { return refusal.code }
    }

    @Test("One is opened for the operator to see to in 30 days, with what was signed")
    func opened() throws {
        let scene = try Scene()
        let contested = try scene.contest("C-1", .line(3, period: "2026-01"), at: now)
        guard case .opened(let dispute) = contested else {
            Issue.record("\(contested)")
            return
        }
        #expect(
            dispute.number == 1 && dispute.ownNumber == 1 && dispute.state == .open
                && dispute.subject == .line(3, period: 0))
        #expect(dispute.owner == "operator" && dispute.due == .on("2026-03-12"))
        #expect(dispute.steps.map(\.person) == ["M"] && dispute.steps.map(\.text) == ["not ours"])
        #expect(dispute.signed?.reference == "C-1" && dispute.signed?.keyID == "batch/M/1")
        #expect(try scene.store.disputes() == [dispute] && scene.store.dispute(1, of: "M") == dispute)
        let noted = try #require(try scene.store.audit(limit: 1).first)
        #expect(noted.reason == "dispute 1 opened by M" && noted.keyID == "batch/M/1")
        let stored = try #require(try scene.store.history().contests.first)
        #expect(stored.bytes == dispute.signed?.bytes && stored.opened == now && stored.person == "M")
    }

    @Test(
        "The same bytes give the first one, whatever became of it; other bytes under its reference are refused"
    )
    func replays() throws {
        let scene = try Scene()
        _ = try scene.contest("C-1", .record("T-1"), at: now)
        try scene.store.endDisputes(
            [DisputeEnding(dispute: 1, text: "two sales", adjustment: nil)], by: ana, at: now)
        let again = try scene.contest("C-1", .record("T-1"), at: now) {
            Issue.record("what was opened is not looked up again")
        }
        #expect(again.dispute.number == 1 && again.dispute.state == .rejected)
        guard case .copy = again else {
            Issue.record("\(again)")
            return
        }
        #expect(try code { try scene.contest("C-1", .record("T-2"), at: now) } == .reused)
        #expect(try code { try scene.contest("C-1", .record("T-1"), reason: "another", at: now) } == .reused)
        // References are each merchant's own.
        #expect(try scene.contest("C-1", .record("T-1"), of: "N", at: now).dispute.number == 2)
        #expect(try scene.contest("C-2", .record("T-1"), at: now).dispute.number == 3)
        #expect(try scene.store.disputes().count == 3)
    }

    @Test(
        "One that is another alliance's, or was signed long ago or not yet, opens nothing, and nothing is kept"
    )
    func foreign() throws {
        let scene = try Scene()
        func code(for alliance: AllianceID = "test", signed seconds: Int64) throws -> ContestRefusalCode? {
            try self.code {
                try scene.contest(
                    "C-1", .record("T-1"), for: alliance,
                    signed: now.advanced(byMilliseconds: seconds * 1_000), at: now
                ) { Issue.record("it is not looked up") }
            }
        }
        #expect(try code(for: "other", signed: 0) == .alliance)
        #expect(try code(signed: 31) == .early && code(signed: -331) == .expired)
        #expect(try scene.store.disputes() == [] && scene.store.history().contests.isEmpty)
        #expect(try self.code { try scene.contest("C-1", .record("T-1"), signed: now, at: now) } == nil)
    }

    @Test(
        "The same that opened one gives it for ever, signed then or anew; what is refused first never opens one"
    )
    func late() throws {
        let scene = try Scene()
        let later = now.advanced(byHours: 24)
        let first = try scene.contest("C-1", .record("T-1"), at: now)
        for signed in [now, later] {
            let again = try scene.contest("C-1", .record("T-1"), signed: signed, at: later)
            #expect(again == .copy(first.dispute), "\(again)")
        }
        // Too late for anything else, whatever its reference.
        for reference in ["C-1", "C-2"] {
            #expect(
                try code {
                    try scene.contest(reference, .record("T-2"), signed: now, at: later)
                } == .expired)
        }
        #expect(try code { try scene.contest("C-1", .record("T-2"), at: later) } == .reused)
        #expect(try scene.store.disputes() == [first.dispute])
    }

    @Test("Merchants count their own, whatever others contest")
    func ownNumbers() throws {
        let scene = try Scene()
        let opened: [(MerchantID, Int64, Int64)] = [("M", 1, 1), ("N", 2, 1), ("M", 3, 2), ("N", 4, 2)]
        for (merchant, number, own) in opened {
            let dispute = try scene.contest(
                "C-\(number)", .record(RecordID(verified: "T-\(number)")), of: merchant, at: now
            ).dispute
            #expect(dispute.number == number && dispute.ownNumber == own)
            #expect(try scene.store.dispute(own, of: merchant) == dispute)
        }
        let refusal = #expect(throws: ContestRefusal.self) {
            try scene.contest("C-5", .record("T-4"), of: "N", at: now)
        }
        #expect(refusal?.found == "dispute 2")
    }

    @Test("What an open one is against cannot be contested again, whoever opened it")
    func open() throws {
        let scene = try Scene()
        _ = try scene.store.openDispute(
            against: .record("T-1"), of: "M", reason: "by mail", owner: "ben", due: .on("2026-02-20"),
            by: ana, at: now)
        #expect(try code { try scene.contest("C-1", .record("T-1"), at: now) } == .disputeOpen)
        #expect(try code { try scene.contest("C-1", .record("T-1"), of: "N", at: now) } == nil)
    }

    @Test("A merchant has so many open ones of its own and no more, until one of them ends")
    func most() throws {
        let scene = try Scene()
        for number in 1...Store.mostOpenContests {
            _ = try scene.contest("C-\(number)", .line(number, period: "2026-01"), at: now)
        }
        #expect(try code { try scene.contest("more", .record("T-1"), at: now) } == .tooMany)
        #expect(try scene.contest("C-7", .line(7, period: "2026-01"), at: now).dispute.number == 7)
        #expect(try code { try scene.contest("more", .record("T-1"), of: "N", at: now) } == nil)
        try scene.store.endDisputes(
            [DisputeEnding(dispute: 1, text: "no", adjustment: nil)], by: ana, at: now)
        #expect(try code { try scene.contest("more", .record("T-1"), at: now) } == nil)
    }

    @Test("What is refused without it is not looked up, and waits for nobody who writes; nor does a copy")
    func beside() throws {
        let scene = try Scene()
        for number in 1...Store.mostOpenContests {
            _ = try scene.contest("C-\(number)", .line(number, period: "2026-01"), at: now)
        }
        func contest(_ reference: String, _ subject: Contest.Subject) throws -> Store.Contested {
            try scene.contest(reference, subject, at: now) { Issue.record("\(reference) is looked up") }
        }
        let another = try DatabaseQueue(path: scene.store.path)
        defer { try? another.close() }
        try another.inDatabase { database in
            try database.execute(sql: "BEGIN IMMEDIATE")
            defer { try? database.execute(sql: "ROLLBACK") }
            #expect(try code { try contest("more", .line(1, period: "2026-01")) } == .disputeOpen)
            #expect(try code { try contest("more", .line(1, period: "2026-02")) } == .tooMany)
            // What is not there is told only to those who may have another one.
            #expect(try code { try contest("more", .line(1, period: "none")) } == .tooMany)
            #expect(try code { try contest("C-1", .record("T-1")) } == .reused)
            #expect(try contest("C-1", .line(1, period: "2026-01")).dispute.number == 1)
        }
    }

    @Test("What is not found is refused, and nothing is kept")
    func notFound() throws {
        let scene = try Scene()
        #expect(
            try code {
                try scene.contest("C-1", .record("T-9"), at: now) {
                    throw ContestRefusal(.subjectUnknown, expected: "a record", found: "none")
                }
            } == .subjectUnknown)
        #expect(try scene.store.disputes() == [] && scene.store.history().contests.isEmpty)
    }

    @Test("Pages go from the last one back, and hold the merchant's own only")
    func pages() throws {
        let scene = try Scene()
        for number in 1...5 {
            _ = try scene.contest("C-\(number)", .record(RecordID(verified: "T-\(number)")), at: now)
        }
        _ = try scene.contest("C-1", .record("N-1"), of: "N", at: now)
        #expect(try scene.store.disputePage(of: "M", limit: 2).map(\.number) == [5, 4])
        #expect(try scene.store.disputePage(of: "M", before: 4, limit: 9).map(\.number) == [3, 2, 1])
        #expect(try scene.store.disputePage(of: "X", limit: 9) == [])
        #expect(try scene.store.dispute(6, of: "M") == nil && scene.store.dispute(1, of: "N")?.number == 6)
        for number in [0, -1, 2, Int64.max, .min] { #expect(try scene.store.dispute(number, of: "N") == nil) }
    }

    @Test("It is assigned by a step of its own, as often as need be, as long as it is open")
    func assign() throws {
        let scene = try Scene()
        _ = try scene.contest("C-1", .record("T-1"), at: now)
        let first = try scene.store.assignDispute(1, to: "ben", due: nil, "his till", by: ana, at: now)
        #expect(first.owner == "ben" && first.due == .on("2026-03-12") && first.state == .open)
        let second = try scene.store.assignDispute(
            1, to: nil, due: .on("2026-02-20"), "sooner", by: ana, at: now)
        #expect(second.owner == "ben" && second.due == .on("2026-02-20"))
        #expect(second.steps.map(\.act) == [.opened, .assigned, .assigned])
        #expect(try scene.store.disputes() == [second])
        try scene.store.endDisputes(
            [DisputeEnding(dispute: 1, text: "no", adjustment: nil)], by: ana, at: now)
        let refusal = #expect(throws: DisputeRefusal.self) {
            try scene.store.assignDispute(1, to: "cem", due: nil, "late", by: ana, at: now)
        }
        #expect(refusal?.code == .disputeEnded)
    }

    @Test("A list is opened whole or not at all, and all that is wrong with it is told")
    func list() throws {
        let scene = try Scene()
        func draft(_ record: RecordID, of merchant: MerchantID = "M", reason: String = "x") -> DisputeDraft {
            DisputeDraft(
                merchant: merchant, subject: .record(record), reason: reason, owner: "ben",
                due: .on("2026-02-20"))
        }
        let wrong = [draft("T-1"), draft("T-1"), draft("T-2", reason: ""), draft("T-3", of: "X")]
        let refused = #expect(throws: DisputesRefused.self) {
            try scene.store.openDisputes(wrong, by: ana, at: now)
        }
        #expect(refused?.refusals.map(\.position) == [1, 2, 3])
        #expect(
            refused?.refusals.map(\.refusal.code) == [.disputeOpen, .textMalformed, .merchantUnknown])
        let right = [draft("T-1"), draft("T-2"), draft("T-1", of: "N")]
        #expect(
            try scene.store.openDisputes(right, by: ana, at: now, trial: true).map(\.number) == [1, 2, 3])
        #expect(try scene.store.disputes() == [])
        #expect(try scene.store.audit(limit: 9).allSatisfy { $0.act != .disputed })
        #expect(try scene.store.openDisputes(right, by: ana, at: now) == scene.store.disputes())
        #expect(try scene.store.disputes().count == 3)
    }

    @Test("They are found by indices")
    func plans() throws {
        let scene = try Scene()
        for (sql, index) in [
            (DisputeRows.signed, "sqlite_autoindex_disputes_1 (merchant=? AND reference=?)"),
            (DisputeRows.page, "sqlite_autoindex_disputes_2 (merchant=? AND own_number<?)"),
            (DisputeRows.stepsOf, "dispute_steps_by_dispute (dispute=?)"),
            (DisputeRows.against, "dispute_steps_by_dispute (dispute=?)"),
            (DisputeRows.openContests, "dispute_steps_by_dispute (dispute=?)"),
        ] {
            let plan = try scene.store.reading("plan") { database in
                try Prepared(database, "EXPLAIN QUERY PLAN " + sql).all { $0.text(3) }
            }
            #expect(
                plan.contains { $0.hasSuffix(index) } && !plan.contains { $0.hasPrefix("SCAN dis") },
                "\(plan)")
        }
    }
}

extension Scene {
    /// Contests something, as the merchant's key signs it then or at another instant; `find` is asked before its subject
    /// is taken as it is.
    func contest(
        _ reference: String, _ subject: Contest.Subject, of merchant: MerchantID = "M",
        reason: String = "not ours", for alliance: AllianceID = "test", signed: Instant? = nil,
        at instant: Instant, _ find: () throws -> Void = {}
    ) throws -> Store.Contested {
        let bytes = Contest(
            alliance: alliance, at: signed ?? instant, reference: ContestReference(verified: reference),
            subject: subject, reason: reason
        ).bytes
        let contest = try AuthenticContest(
            bytes: bytes, signature: master.batchKey(merchant: merchant.text, version: 1).sign(bytes),
            received: instant, keys: try store.keys(master: master).lookup())
        return try store.contest(contest, at: instant) {
            try find()
            switch subject {
            case .line(let line, _): return .line(line, period: 0)
            case .record(let id): return .record(id)
            }
        }
    }
}
