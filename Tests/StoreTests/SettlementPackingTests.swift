import Fixtures
import Testing

@testable import Settlement
@testable import Store

@Suite("What closes keep, packed")
struct SettlementPackingTests {
    private static let merchants: [MerchantID] = ["M", "N", "O"]

    private func roster() throws -> Roster {
        let scene = try Scene(Scene.alliance(merchants: Self.merchants.map { Scene.merchant($0.text) }))
        return try scene.store.reading("look") { try Roster($0) }
    }

    private func text(_ random: inout SeededNumbers, upTo length: Int = 64) -> String {
        String(
            (0..<Int.random(in: 1...length, using: &random)).map { _ in
                Character(Unicode.Scalar(UInt8.random(in: 0x2D...0x7E, using: &random)))
            })
    }

    /// Small numbers, and such as take all their bytes.
    private func number(_ random: inout SeededNumbers) -> Int64 {
        [0, 1, Int64.random(in: 0...300, using: &random), .random(in: 0 ... .max, using: &random), .max]
            .randomElement(using: &random)!
    }

    private func lot(_ random: inout SeededNumbers, open: Bool? = nil) -> Lot {
        let at = Instant(milliseconds: .random(in: 0...4_000_000_000_000, using: &random))
        let ms = Int64.random(in: -9_000_000...90_000_000_000, using: &random)
        let campaign = CampaignID(verified: text(&random))
        var lot = Lot(
            number: RecordNumber(number(&random)), merchant: Self.merchants.randomElement(using: &random)!,
            id: RecordID(verified: text(&random)), issuer: Self.merchants.randomElement(using: &random)!,
            at: at, expiresAt: Bool.random(using: &random) ? nil : at.advanced(byMilliseconds: ms),
            funding: Bool.random(using: &random) ? .issue : .redemption,
            issuePrice: Price(millionths: number(&random)),
            breakageShare: Fraction(millionths: number(&random)),
            isOpening: Bool.random(using: &random), campaign: Bool.random(using: &random) ? nil : campaign,
            terms: TermsName(verified: text(&random)), points: Points(number(&random)))
        lot.open = Points(open == nil ? number(&random) : open == true ? max(1, number(&random)) : 0)
        lot.expired = Points(number(&random))
        lot.expiredMet = Points(number(&random))
        lot.reversed = Points(number(&random))
        return lot
    }

    private func allocation(_ random: inout SeededNumbers, of redemption: Int64) -> Allocation {
        var allocation = Allocation(
            redemption: RecordNumber(redemption), ordinal: Int.random(in: 0...200, using: &random),
            lot: RecordNumber(number(&random)), points: Points(number(&random)),
            redeemer: Self.merchants.randomElement(using: &random)!,
            redeemPrice: Price(millionths: number(&random)), feeRate: Fraction(millionths: number(&random)),
            terms: TermsName(verified: text(&random)))
        allocation.givenBack = Points(number(&random))
        return allocation
    }

    private func event(_ random: inout SeededNumbers) -> Event {
        func some<Kind>(_ random: inout SeededNumbers) -> Identifier<Kind>? {
            Bool.random(using: &random) ? nil : Identifier(verified: text(&random))
        }
        let at = Instant(milliseconds: .random(in: 0...4_000_000_000_000, using: &random))
        let days = Bool.random(using: &random) ? nil : Int.random(in: 10_000...40_000, using: &random)
        let record = Settlement.Record(
            id: RecordID(verified: text(&random)), type: RecordType.allCases.randomElement(using: &random)!,
            member: "x", points: Points(number(&random)), at: at, ref: some(&random),
            expires: days.map { LocalDate(dayNumber: $0) }, campaign: some(&random), item: some(&random))
        return Event(
            number: RecordNumber(.random(in: 1...1 << 40, using: &random)),
            merchant: Self.merchants.randomElement(using: &random)!, record: record,
            effective: Bool.random(using: &random) ? at : at.advanced(byMilliseconds: number(&random) >> 20),
            late: Bool.random(using: &random), attempts: Int.random(in: 0...3, using: &random))
    }

    private func outcome(_ random: inout SeededNumbers) -> Outcome {
        let code = SettlementRefusalCode.allCases.randomElement(using: &random)!
        return [.settled, .shortfall(missing: Points(number(&random))), .pending(code), .refused(code)]
            .randomElement(using: &random)!
    }

    private func output(_ random: inout SeededNumbers) -> MemberOutput {
        var output = MemberOutput(member: "x")
        output.settled.lots = (0..<Int.random(in: 0...8, using: &random)).map { _ in
            lot(&random, open: Bool.random(using: &random))
        }
        output.changed = output.lots.map { _ in Bool.random(using: &random) }
        output.openBefore = output.lots.map(\.open)
        output.debts = (0..<Int.random(in: 0...3, using: &random)).map { _ in
            Debt(
                issuer: Self.merchants.randomElement(using: &random)!, lot: RecordNumber(number(&random)),
                points: Points(number(&random)))
        }
        output.debtsChanged = true
        output.settled.events = (0..<5).map { _ in event(&random) }
        output.settled.outcomes = (0..<5).map { _ in outcome(&random) }
        output.settled.allocations = (0..<5).map { _ in
            allocation(&random, of: Int64.random(in: 1...1 << 40, using: &random))
        }
        guard !output.lots.isEmpty else { return output }
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            let lot = output.lots.indices.randomElement(using: &random)!
            output.changed[lot] = true
            output.settled.movements.append(
                Movement(
                    kind: Movement.Kind.allCases.randomElement(using: &random)!,
                    event: Bool.random(using: &random) ? nil : Int.random(in: 0..<5, using: &random),
                    lot: lot,
                    points: Points(max(1, number(&random))),
                    allocation: Bool.random(using: &random) ? nil : Int.random(in: 0..<5, using: &random)))
        }
        return output
    }

    @Test("Holdings come back as they were packed, twice over")
    func holdings() throws {
        let roster = try roster()
        var random = SeededNumbers(seed: 3)
        var rows = 0
        for _ in 0..<300 {
            var output = output(&random)
            let parts = { (output: MemberOutput) in
                // What was not held before and is open now has changed.
                var output = output
                output.changed = output.lots.map { _ in true }
                var parts = SettlementParts()
                parts.add(output, of: MemberInput(member: "x"), roster)
                return parts
            }
            let open = { output.lots.filter { !$0.open.isZero } }
            guard let bytes = HoldingsPacking.pack(output, before: HeldRow(), parts: parts(output), roster)
            else {
                #expect(open().isEmpty && output.debts.isEmpty)
                continue
            }
            var input = MemberInput(member: "x")
            let places = bytes.withUnsafeBytes { HoldingsPacking.unpack($0, into: &input, roster) }
            #expect(input.lots == open())
            #expect(input.debts == output.debts)
            // A lot that was held keeps its fixed part, and its state is written anew.
            output.settled.lots = input.lots + [lot(&random, open: true)]
            for position in input.lots.indices where Bool.random(using: &random) {
                output.settled.lots[position].open = Points(number(&random))
                output.settled.lots[position].reversed = Points(number(&random))
            }
            // As a slice, which does not begin at zero.
            let before = HeldRow(bytes: ([7, 7] + bytes)[2...], places: places)
            let again = try #require(
                HoldingsPacking.pack(output, before: before, parts: parts(output), roster))
            input = MemberInput(member: "x")
            _ = again.withUnsafeBytes { HoldingsPacking.unpack($0, into: &input, roster) }
            #expect(input.lots == open())
            rows += 1
        }
        #expect(rows > 200)
    }

    @Test("Events, outcomes, touched lots, allocations and movements come back as they were packed")
    func settlements() throws {
        let roster = try roster()
        var random = SeededNumbers(seed: 5)
        var movements = 0
        for _ in 0..<300 {
            let output = output(&random)
            var bytes: [UInt8] = []
            var lots: [Range<Int>] = []
            SettlementPacking.pack(output, of: MemberInput(member: "x"), roster, to: &bytes, lots: &lots)
            let settled = bytes.withUnsafeBytes { SettlementPacking.unpack($0, of: "x", roster) }
            #expect(settled.events == output.events)
            #expect(settled.outcomes == output.outcomes)
            let touched = output.lots.indices.filter { output.changed[$0] }
            #expect(settled.lots == touched.map { output.lots[$0] })
            #expect(settled.allocations == output.allocations)
            #expect(settled.movements.map(\.kind) == output.movements.map(\.kind))
            #expect(settled.movements.map(\.points) == output.movements.map(\.points))
            #expect(settled.movements.map(\.event) == output.movements.map(\.event))
            #expect(settled.movements.map(\.allocation) == output.movements.map(\.allocation))
            #expect(
                settled.movements.map { settled.lots[$0.lot] } == output.movements.map { output.lots[$0.lot] }
            )
            movements += settled.movements.count
        }
        #expect(movements > 400)
    }

    @Test(
        "Of earlier redemptions those are kept whole of which any was given back; of nothing, nothing is kept"
    )
    func allocations() throws {
        let roster = try roster()
        var random = SeededNumbers(seed: 9)
        let before = [1, 1, 2, 2, 3].map { allocation(&random, of: $0) }
        var output = MemberOutput(member: "x")
        output.settled.allocations = before
        output.knownAllocations = before.count
        var bytes: [UInt8] = []
        var lots: [Range<Int>] = []
        let input = MemberInput(member: "x", allocations: before)
        SettlementPacking.pack(output, of: input, roster, to: &bytes, lots: &lots)
        #expect(bytes.isEmpty)
        output.settled.allocations[3].givenBack = Points(before[3].givenBack.count ^ 1)
        output.settled.allocations.append(allocation(&random, of: 4))
        SettlementPacking.pack(output, of: input, roster, to: &bytes, lots: &lots)
        let settled = bytes.withUnsafeBytes { SettlementPacking.unpack($0, of: "x", roster) }
        #expect(settled.allocations == [output.allocations[2], output.allocations[3], output.allocations[5]])
    }
}
