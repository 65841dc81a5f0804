import Fixtures
import Foundation
import Oracle
import Settlement
import Store
import Testing

@testable import Service

/// Every figure is made of what its explanation says, and every record is traced to a line of a signed batch.
@Suite("Explaining statements")
struct ExplainerTests {
    /// Holds every line and every figure of points of a folder's statements against its explanation.
    private func explainAll(_ folder: DataFolder, every nth: Int = 1) throws -> (lines: Int, movements: Int64)
    {
        let store = try folder.openStore()
        defer { try? store.shut() }
        var (lines, movements, place) = (0, Int64(0), 0)
        for period in 0..<(try store.earliestOpen()) {
            for statement in try store.statements(period: period) {
                place += 1
                guard place % nth == 0 else { continue }
                let explainer = try Explainer(statement, in: store, for: .operator)
                for number in 1...max(1, explainer.statement.lines.count) {
                    guard let line = try explainer.line(number) else { continue }
                    lines += 1
                    expectTrue(line, "\(statement.merchant) \(period) line \(number)")
                    if case .movements(let found) = line.basis { movements += found.count }
                }
                for figure in try explainer.pointFigures(.init()) {
                    #expect(
                        figure.movements.points == figure.stated,
                        "\(statement.merchant) \(period) \(figure.name)")
                }
            }
        }
        return (lines, movements)
    }

    /// The line's amount and points are what its parts sum to, and every record has a batch.
    private func expectTrue(_ line: LineExplanation, _ place: String) {
        #expect(line.rounded == line.line.amount, "\(place)")
        guard case .movements(let found) = line.basis else { return }
        #expect(found.points == line.line.points, "\(place)")
        #expect(found.count == Int64(found.movements.count) && found.count > 0, "\(place)")
        let exact = found.movements.reduce(ExactAmount.zero) { $0.adding($1.exact ?? .zero) ?? $0 }
        #expect(exact == found.exact, "\(place)")
        for movement in found.movements {
            #expect(
                movement.priced != nil
                    && movement.lot.number.map { found.origins[$0]?.record.id } == movement.lot.id)
            guard let cause = movement.cause, let number = cause.number else { continue }
            #expect(
                found.origins[number]?.record.id == cause.id
                    && found.origins[number]?.record.type == cause.type)
        }
        #expect(!found.batches.isEmpty && found.batches.allSatisfy { $0.signature.contains("..") })
    }

    @Test("A statement without lines says so; figures of points are told with an empty line between them")
    func texts() throws {
        let estate = try Estate()
        _ = try estate.take(Estate.batch(records: 1))
        let store = estate.open.store
        try PeriodCloser(store: store, signer: estate.open.signer)
            .close(0, at: Estate.received, forced: true)
        func explainer(_ merchant: String) throws -> Explainer {
            let stored = try #require(
                try store.statement(of: MerchantID(verified: merchant), period: 0))
            return try Explainer(stored, in: store, for: .operator)
        }
        let quiet = try explainer("N").overview()
        #expect(quiet[1] == "  it has no lines" && !quiet.contains { $0.contains("--line") }, "\(quiet)")
        let busy = try explainer("M")
        #expect(try busy.overview().contains("each line: settled explain M 2026-01 --line N"))
        let figures = busy.text(try busy.pointFigures(.init()))
        #expect(
            figures.contains("Issued 100, in 1 movement") && figures.contains("Reversed 0, in 0 movements"))
        #expect(figures.last == "  0 + 100 - 0 - 0 + 0 - 0 = 100 (Closing)")
        #expect(!zip(figures, figures.dropFirst()).contains { $0.isEmpty && $1.isEmpty }, "\(figures)")
        let first = try #require(try busy.line(1))
        let line = busy.words().lines(first)
        #expect(line[0] == "line 1 of M for January 2026: Points issued (issue), price 0.01", "\(line)")
        #expect(line[1] == "  100 points, amount -1.00 EUR", "\(line)")
        #expect(line.contains("sum of 1 movement: 100 points, -1.00 EUR, half to even -1.00 EUR"))
        #expect(
            try busy.overview().contains(
                "balance: 0.00 EUR at the start + -1.00 EUR of the lines + 0.00 EUR of payments = -1.00 EUR"))
        let chinese = busy.words(in: .chinese).lines(first)
        #expect(chinese[0] == "M 2026年1月第1行：发放积分 (issue)，单价0.01", "\(chinese)")
        #expect(chinese.last == "1笔变动合计：100积分，-1.00 EUR，四舍六入五成双为-1.00 EUR")
    }

    @Test(
        "An exact amount in major units has the currency's digits, and more where it has more",
        arguments: [
            (Int128(-18_235_000_000_000), 2, "-0.18235"), (Int128(125_000_000_000_000), 2, "1.25"),
            (Int128(0), 2, "0.00"), (Int128(0), 0, "0"), (Int128(1), 0, "0.000000000001"),
            (Int128(123_456_700_000_000_000_000), 3, "123,456.700"), (Int128(1_500_000_000_000), 0, "1.5"),
            (Int128(-1_000_000_000_000), 3, "-0.001"),
        ])
    func exact(parts: Int128, exponent: Int, text: String) {
        #expect(Figures.money(ExactAmount(parts: parts), exponent: exponent) == text)
    }

    @Test("In Chinese nothing but names, codes and what people wrote is in other letters")
    func chinese() throws {
        let story = try LongStory()
        let store = try story.folder.openStore()
        defer { try? store.shut() }
        var lines: [String] = []
        for period in 0..<3 {
            for statement in try store.statements(period: period) {
                let explainer = try Explainer(statement, in: store, for: .operator)
                lines += try explainer.overview(in: .chinese)
                lines += explainer.text(try explainer.pointFigures(.init()), in: .chinese)
                lines += try self.lines(explainer).flatMap { explainer.words(in: .chinese).lines($0) }
            }
        }
        let text = ExplanationText(try store.schedule(), .chinese)
        for (id, merchant) in [
            ("m1", "M"), ("m2", "M"), ("m6", "M"), ("n2", "N"), ("n3", "N"), ("p2", "P"), ("p3", "P"),
        ] {
            let life = try #require(
                try RecordLife(
                    RecordID(verified: id), of: MerchantID(verified: merchant), in: store, for: .operator))
            lines += text.lines(life)
        }
        lines += text.lines(
            try #require(
                try RecordRefusals(RecordID(verified: "m5"), of: MerchantID(verified: "M"), in: store)))
        // Members, people, what they wrote, kinds and codes, commands, keys and digests.
        let known = [
            "ana", "ben", "cem", "dan", "reason", "settled", "explain", "line", "points", "limit", "offset",
            "batch", "own", "sha", "EUR", "issue", "reversal", "redemption", "charge", "payout", "redeem",
            "expiry", "refund", "period", "fee", "vat", "adjustment", "original", "unknown", "exceed",
            "terms",
            "points", "PAY", "ADJ",
        ]
        for line in lines where !line.contains("..") {
            let plain = line.replacing(#/sha256:[0-9a-f]+/#, with: "")
            let words = plain.split { !($0.isASCII && $0.isLetter) }.map(String.init)
            let others = words.filter { $0.count > 2 && !known.contains($0) }
            #expect(others.isEmpty, "\(line)")
        }
        #expect(lines.count > 100)
    }

    @Test(
        "Every line and every figure of points of random histories is what its explanation sums to",
        arguments: 0..<4)
    func random(part: Int) throws {
        var lines = 0
        for seed in Seeds.among(400..<416) where Int(seed) % 4 == part {
            let settled = try SettledHistory(RandomHistory(seed: seed))
            lines += try explainAll(settled.folder).lines
            withExtendedLifetime(settled) {}
        }
        #expect(Seeds.picked != nil || lines > 20)
    }

    @Test(
        "So is every fourth statement of X5's year",
        .enabled(if: SharedFolder.isWanted, Comment(rawValue: SharedFolder.absence)))
    func x5() throws {
        func text(_ name: String) throws -> String {
            try String(contentsOf: SharedFolder.file("data/x5/" + name), encoding: .utf8)
        }
        let settled = try SettledHistory(
            alliance: text("alliance-month.yaml"), records: text("records.csv"), through: "2019-03")
        let (lines, movements) = try explainAll(settled.folder, every: 4)
        withExtendedLifetime(settled) {}
        #expect(lines > 100 && movements > 300, "\(lines) lines, \(movements) movements")
    }

    @Test("A window shows some movements and the sums of all")
    func window() throws {
        let story = try LongStory()
        let store = try story.folder.openStore()
        defer { try? store.shut() }
        let explainer = try explainer("M", 0, store)
        guard case .movements(let all)? = try explainer.line(1)?.basis,
            case .movements(let some)? = try explainer.line(1, .init(offset: 1, limit: 1))?.basis
        else {
            Issue.record("line 1 has no movements")
            return
        }
        #expect(all.movements.count == 3 && some.movements.count == 1 && some.count == 3)
        #expect(some.exact == all.exact && some.movements[0].lot == all.movements[1].lot)
        #expect(try explainer.line(0) == nil && explainer.line(99) == nil)
    }

    @Test("Fees, VAT and adjustments say what they were worked out of")
    func fees() throws {
        let story = try LongStory()
        let store = try story.folder.openStore()
        defer { try? store.shut() }
        let vat = try #require(
            try lines(explainer("P", 1, store)).first { $0.line.kind == "vat" })
        guard case .rate(let numbers, let base, let exact, let terms) = vat.basis else {
            Issue.record("vat is a rate")
            return
        }
        #expect(numbers.count == 1 && base == -10 && exact.description == "-2")
        #expect("\(terms)" == "terms of P from 2026-02-01")
        let words = try explainer("P", 1, store).words().lines(vat)
        #expect(words.contains("sum: -0.02 EUR, half to even -0.02 EUR"), "\(words)")
        let adjustment = try #require(
            try lines(explainer("M", 1, store)).first { $0.line.kind == "adjustment" })
        let text = ExplanationText(try store.schedule()).lines(adjustment)
        #expect(
            text.contains { $0.contains("booked by the operator") && $0.hasSuffix("a reason") }, "\(text)")
        #expect(
            adjustment.json.contains(#""booking":{"reference":"ADJ-1","date":"2026-02-10""#),
            "\(adjustment.json)")
    }

    @Test(
        "A fee on redemptions names the terms of each, gifts and what an earlier period redeemed among them")
    func redeemFees() throws {
        let story = try CatalogueStory()
        let store = story.estate.open.store
        func fee(_ period: Int) throws -> LineExplanation {
            try #require(try lines(explainer("S", period, store)).first { $0.line.kind == "redeem_fee" })
        }
        let january = try explainer("S", 0, store).words().lines(fee(0))
        #expect(
            january.contains(
                "  by the redeem fee of the terms of S in force at each redemption, from 2026-01-01, 2026-01-16"
            ),
            "\(january)")
        // The gift of January 12 alone.
        guard case .rate(_, let base, _, let terms) = try fee(1).basis else {
            Issue.record("a fee is a rate")
            return
        }
        #expect(base == 26 && terms == .termsAtEach(of: MerchantID(verified: "S"), from: ["2026-01-01"]))
        withExtendedLifetime(story) {}
    }

    private func explainer(_ merchant: String, _ period: Int, _ store: Store) throws -> Explainer {
        let statement = try #require(try store.statement(of: MerchantID(verified: merchant), period: period))
        return try Explainer(statement, in: store, for: .operator)
    }

    private func lines(_ explainer: Explainer) throws -> [LineExplanation] {
        try explainer.statement.lines.indices.compactMap { try explainer.line($0 + 1) }
    }
}
