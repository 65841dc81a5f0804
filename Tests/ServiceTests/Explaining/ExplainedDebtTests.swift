import Fixtures
import Foundation
import Oracle
import Settlement
import Signing
import Store
import Testing

@testable import Service

/// Which later points paid what a member owed, and what points of an earn paid.
@Suite("Debts explained")
struct ExplainedDebtTests {
    /// In January ana spends 80 of the 100 points of a at N, and a is taken back: 20 are recovered, 80 owed. In February
    /// b brings 50 and c 45, of which 30 are left to pay.
    private static let story = Result { () throws -> Estate in
        let estate = try Estate()
        func record(
            _ id: String, _ type: RecordType, _ points: Int64, _ at: String, ref: String? = nil
        ) -> Settlement.Record {
            Record(
                id: RecordID(verified: id), type: type, member: MemberID(verified: "ana"),
                points: Points(points), at: instant(at), ref: ref.map { RecordID(verified: $0) })
        }
        func send(_ merchant: String, _ sequence: Int64, _ received: String, _ records: [Settlement.Record])
            throws
        {
            let header = BatchHeader(
                merchant: MerchantID(verified: merchant), batch: BatchID(verified: "\(merchant)-\(sequence)"),
                sequence: sequence, for: records)
            let bytes = BatchWriter.bytes(header, records, form: .ndjson)
            _ = try estate.intake.take(
                bytes, form: .ndjson,
                signature: estate.open.master.batchKey(merchant: merchant, version: 1).sign(bytes),
                received: instant(received))
        }
        func close(_ period: Int, _ at: String) throws {
            try PeriodCloser(store: estate.open.store, signer: estate.open.signer)
                .close(period, at: instant(at), forced: true)
        }
        try send("M", 1, "2026-01-06T00:00:00Z", [record("a", .earn, 100, "2026-01-05T10:00:00Z")])
        try send("N", 1, "2026-01-07T00:00:00Z", [record("r", .redeem, 80, "2026-01-06T10:00:00Z")])
        try send(
            "M", 2, "2026-01-09T00:00:00Z",
            [record("v", .earnReversal, 100, "2026-01-08T10:00:00Z", ref: "a")])
        try close(0, "2026-02-03T00:00:00Z")
        try send("M", 3, "2026-02-04T00:00:00Z", [record("b", .earn, 50, "2026-02-03T10:00:00Z")])
        try send(
            "M", 4, "2026-02-08T00:00:00Z",
            [
                record("c", .earn, 45, "2026-02-05T10:00:00Z"),
                record("f", .earn, 1, "2026-02-07T10:00:00Z"),
            ])
        try close(1, "2026-03-03T00:00:00Z")
        return estate
    }

    private func life(
        _ id: String, of merchant: String = "M", for viewer: Explainer.Viewer = .operator
    ) throws -> RecordLife {
        try #require(
            try RecordLife(
                RecordID(verified: id), of: MerchantID(verified: merchant),
                in: try Self.story.get().open.store, for: viewer))
    }

    private func payments(_ debt: ExplainedDebt) -> [String] {
        debt.payments.map { "\($0.period.id) \($0.points.count) \($0.lot.id) by \($0.cause.id)" }
    }

    @Test("A reversal tells which later points paid the debt that it left")
    func left() throws {
        let life = try life("v")
        let debt = try #require(life.debts.first)
        #expect(life.debts.count == 1 && life.paid.isEmpty)
        #expect(debt.points == Points(80) && debt.owed == .zero && debt.issuer.text == "M")
        #expect(debt.period.id == "2026-01" && debt.lot.id.text == "a" && debt.reversal.id.text == "v")
        #expect(payments(debt) == ["2026-02 50 b by b", "2026-02 30 c by c"])
        // So does the record that it takes back.
        let taken = try self.life("a")
        #expect(taken.debts.map { payments($0) } == [payments(debt)] && taken.paid.isEmpty)
        let json = try members(life.bytes)
        let written = try #require((json["debts"] as? [[String: Any]])?.first)
        #expect(written["owed"] as? Int == 0 && written["at_first"] as? Int == 80)
        let paid = try #require(written["payments"] as? [[String: Any]])
        #expect(paid.map { $0["points"] as? Int } == [50, 30])
        let lot = paid[1]["lot"] as? [String: Any]
        #expect(
            lot?["id"] as? String == "c" && lot?["batch"] as? String == "M-4" && lot?["line"] as? Int == 2)
    }

    @Test("A later earn tells what part of its points paid which debt")
    func paid() throws {
        for (id, points, total) in [("b", Int64(50), Int64(50)), ("c", 30, 45)] {
            let life = try life(id)
            let paid = try #require(life.paid.first)
            #expect(life.paid.count == 1 && life.debts.isEmpty)
            #expect(paid.payment.points == Points(points) && paid.reversal.id.text == "v")
            #expect(life.chapters[0].lot?.open == Points(total - points))
            let written = try #require((try members(life.bytes)["paid"] as? [[String: Any]])?.first)
            #expect(written["points"] as? Int == Int(points) && written["issuer"] as? String == "M")
            #expect((written["reversal"] as? [String: Any])?["id"] as? String == "v")
        }
        let spared = try life("f")
        #expect(spared.paid.isEmpty && spared.debts.isEmpty)
    }

    @Test("Only the issuer sees a debt of its members")
    func viewers() throws {
        let own = Explainer.Viewer.merchant(MerchantID(verified: "M"))
        #expect(try life("v", for: own).debts.count == 1 && life("c", for: own).paid.count == 1)
        let other = Explainer.Viewer.merchant(MerchantID(verified: "N"))
        let redemption = try life("r", of: "N", for: other)
        #expect(redemption.debts.isEmpty && redemption.paid.isEmpty)
    }

    @Test("The text names the debt, each payment and what is owed, in both languages")
    func texts() throws {
        let store = try Self.story.get().open.store
        let english = ExplanationText(try store.schedule()).lines(try life("v"))
        let start = try #require(english.firstIndex(of: "debts of points"))
        #expect(
            english[(start + 1)...].prefix { !$0.isEmpty } == [
                "  January 2026: a debt of 80 points to M",
                "    left by earn reversal M/v of 100 points at 2026-01-08T10:00:00+00:00: batch M-2 line 2",
                "    for points already spent of earn M/a of 100 points at 2026-01-05T10:00:00+00:00: batch M-1 line 2",
                "    February 2026: 50 points paid of it",
                "      taken from the lot of earn M/b of 50 points at 2026-02-03T10:00:00+00:00: batch M-3 line 2",
                "    February 2026: 30 points paid of it",
                "      taken from the lot of earn M/c of 45 points at 2026-02-05T10:00:00+00:00: batch M-4 line 2",
                "    nothing of it is owed any more",
            ])
        let chinese = ExplanationText(try store.schedule(), .chinese).lines(try life("c"))
        let place = try #require(chinese.firstIndex(of: "由其积分偿还的欠分"))
        #expect(chinese[place + 1] == "  2026年2月：偿还对M所欠的30积分")
    }

    /// Follows the debts of every member of a folder: every point that was taken for a debt is told once, and what is
    /// owed at the end is what the store keeps.
    private func follow(_ folder: DataFolder) throws -> (debts: Int, payments: Int) {
        let store = try folder.openStore()
        defer { try? store.shut() }
        var kept: [MemberID: [(period: Int, settled: SettledMember)]] = [:]
        var schedules: [Schedule] = []
        for period in 0..<(try store.earliestOpen()) {
            schedules.append(try store.schedule(ofClosed: period))
            try store.settledMembers(period: period) { kept[$0.member, default: []].append((period, $0)) }
        }
        var (debts, payments) = (0, 0)
        for (member, closes) in kept {
            var replay = DebtReplay()
            var taken: [String] = []
            for (period, settled) in closes {
                let agrees = replay.add(settled, period: period, schedules[period])
                #expect(agrees, "\(member) \(period)")
                for movement in settled.movements where movement.kind == .debtRecovery {
                    let cause = movement.event.map { settled.events[$0].number.value } ?? 0
                    taken.append(
                        "\(period) \(settled.lots[movement.lot].number.value) \(cause) \(movement.points.count)"
                    )
                }
            }
            let told = replay.debts.flatMap(\.payments).filter(\.isTaken).map {
                "\($0.period) \($0.lot.number.value) \($0.cause.number.value) \($0.points.count)"
            }
            #expect(told.sorted() == taken.sorted(), "\(member)")
            let owed = replay.debts.filter { !$0.owed.isZero }.map {
                Debt(issuer: $0.lot.issuer, lot: $0.lot.number, points: $0.owed)
            }
            #expect(try store.held(by: member).debts == owed, "\(member)")
            for debt in replay.debts {
                #expect(debt.payments.allSatisfy { $0.lot.issuer == debt.lot.issuer }, "\(member)")
            }
            debts += replay.debts.count
            payments += told.count
        }
        return (debts, payments)
    }

    @Test("In random histories every point taken for a debt is told once, and what is owed is what is kept")
    func random() throws {
        var (debts, payments) = (0, 0)
        for seed in Seeds.among(400..<416) {
            let settled = try SettledHistory(RandomHistory(seed: seed))
            let found = try follow(settled.folder)
            debts += found.debts
            payments += found.payments
            withExtendedLifetime(settled) {}
        }
        #expect(Seeds.picked != nil || (debts > 5 && payments > 5), "\(debts) debts, \(payments) payments")
    }

    @Test(
        "So it is in X5's data, all purchases of 2018 of those who spend being taken back",
        .enabled(if: SharedFolder.isWanted, Comment(rawValue: SharedFolder.absence)))
    func x5() throws {
        func text(_ name: String) throws -> String {
            try String(contentsOf: SharedFolder.file("data/x5/" + name), encoding: .utf8)
        }
        let records = try text("records.csv")
        let rows = records.split(separator: "\n").dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let spenders = Set(rows.filter { $0[2] == "redeem" }.map { $0[3] })
        let reversals = rows.filter {
            $0[2] == "earn" && $0[4] != "0" && $0[6] < "2019" && spenders.contains($0[3])
        }.map {
            "\($0[0]),rev-\($0[1]),earn_reversal,\($0[3]),\($0[4]),,2019-01-05T12:00:00+03:00,\($0[1]),,\n"
        }
        let settled = try SettledHistory(
            alliance: text("alliance-month.yaml"), records: records + reversals.joined(), through: "2019-03")
        let (debts, payments) = try follow(settled.folder)
        withExtendedLifetime(settled) {}
        #expect(debts > 100 && payments > 200, "\(debts) debts, \(payments) payments")
    }
}
