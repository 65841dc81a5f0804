import Settlement
import Signing
import Testing

/// Chance that says the same for the same seed, everywhere (SplitMix64).
private struct Chance: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// The bytes with a few changes: flipped, replaced, cut out, doubled, moved.
    mutating func mutated(_ original: [UInt8], from start: Int = 0) -> [UInt8] {
        var bytes = original
        for _ in 0..<[1, 1, 2, 3][Int.random(in: 0..<4, using: &self)] where bytes.count > start {
            let position = Int.random(in: start..<bytes.count, using: &self)
            let end = min(bytes.count, position + Int.random(in: 1...20, using: &self))
            let target = Int.random(in: start..<bytes.count, using: &self)
            switch Int.random(in: 0..<7, using: &self) {
            case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 1:
                bytes[position] =
                    Array("\"\\,:{}[]\n\r\t 0123456789-+.eEu".utf8).randomElement(using: &self) ?? 0
            case 2: bytes.removeSubrange(position..<end)
            case 3: bytes.insert(contentsOf: bytes[position..<end], at: target)
            case 4: bytes.swapAt(position, target)
            default: bytes[position] = UInt8.random(in: 0x30...0x39, using: &self)
            }
        }
        return bytes
    }
}

/// What a line of NDJSON says, read the slow and obvious way: the whole JSON first, then each member.
private func slowRecord(_ line: [UInt8]) -> Record? {
    guard let json = try? JSONValue(parsing: line), let names = json.names else { return nil }
    let known = [
        "id", "type", "member", "points", "amount", "at", "ref", "store", "expires", "campaign", "item",
    ]
    guard names.allSatisfy(known.contains) else { return nil }
    func text<Value>(_ name: String, _ read: (String) -> Value?) -> Value?? {
        guard let value = json[name] else { return .some(nil) }
        return value.string.flatMap(read).map { .some($0) }
    }
    func number(_ name: String, _ bounds: ClosedRange<Int64>) -> Int64?? {
        guard let value = json[name] else { return .some(nil) }
        return value.integer.flatMap { bounds.contains($0) ? .some($0) : nil }
    }
    guard let id = text("id", { RecordID($0) }) ?? nil, let member = text("member", { MemberID($0) }) ?? nil,
        let type = text("type", { RecordType(name: $0) }) ?? nil,
        let at = text("at", { Instant(rfc3339: $0) }) ?? nil, at.isWithinBounds,
        let points = number("points", (type == .earn ? 0 : 1)...1_000_000_000) ?? nil,
        let amount = number("amount", 0...1_000_000_000_000_000), let ref = text("ref", { RecordID($0) }),
        let store = text("store", { StoreID($0) }), let expires = text("expires", { LocalDate($0) }),
        let campaign = text("campaign", { CampaignID($0) }), let item = text("item", { ItemID($0) }),
        (ref != nil) == (type.reverses != nil), expires == nil || type == .opening,
        campaign == nil || type == .earn, item == nil || type == .redeem,
        amount == nil || type == .earn || type == .redeem
    else { return nil }
    return Record(
        id: id, type: type, member: member, points: Points(points), amount: amount.map { Money($0) }, at: at,
        ref: ref, store: store, expires: expires, campaign: campaign, item: item)
}

@Suite("Mutated batches")
struct MutationTests {
    /// A seed that failed can be put here.
    private static let seed: UInt64 = 20_260_115

    @Test(
        "4,000 mutated batches of each form are taken or refused, and what is taken can be written again",
        arguments: BatchForm.allCases)
    func answered(form: BatchForm) throws {
        let original = Array((form == .csv ? SampleBatch.csv : SampleBatch.ndjson).utf8)
        var codes: [BatchRefusalCode: Int] = [:]
        var taken = 0
        for round in 0..<4000 {
            var chance = Chance(state: Self.seed &+ UInt64(round))
            let bytes = chance.mutated(original)
            do throws(BatchRefusal) {
                let batch = try BatchSetting.verified(
                    bytes, form: form, by: round.isMultiple(of: 4) ? "M" : nil)
                taken += 1
                let records = batch.records.map(\.record)
                let again = try BatchContent(
                    parsing: BatchWriter.bytes(batch.header, records, form: form), form: form)
                #expect(
                    again.header == batch.header && again.records.map(\.record) == records,
                    "seed \(Self.seed), round \(round)")
            } catch {
                codes[error.code, default: 0] += 1
                #expect(
                    !error.reason.isEmpty && error.line != nil, "seed \(Self.seed), round \(round): \(error)")
            }
        }
        #expect(taken > 100)
        #expect((codes[.malformed] ?? 0) > 1000)
        let possible: Set<BatchRefusalCode> = [
            .malformed, .merchantUnknown, .merchantMismatch, .operatorOnly, .countMismatch, .totalsMismatch,
        ]
        #expect(possible.isSuperset(of: codes.keys), "\(codes)")
        #expect(codes[.totalsMismatch] != nil && codes[.operatorOnly] != nil)
    }

    @Test("The scanner and a slow, obvious reader agree on 20,000 mutated records")
    func agreement() throws {
        var accepted = 0
        for round in 0..<20_000 {
            var chance = Chance(state: Self.seed &+ UInt64(round))
            let line = chance.mutated(Array(SampleBatch.records[round % SampleBatch.records.count].utf8))
                .filter { $0 != 0x0A }
            let slow = slowRecord(line)
            let fast = try? BatchContent(
                parsing: SampleBatch.header.utf8 + [0x0A] + line + [0x0A], form: .ndjson)
            #expect(
                fast?.records.map(\.record) == slow.map { [$0] },
                "seed \(Self.seed), round \(round): \(String(decoding: line, as: UTF8.self))")
            if slow != nil { accepted += 1 }
        }
        #expect((1000...15_000).contains(accepted))
    }
}
