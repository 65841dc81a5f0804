import Fixtures
import Foundation
import Service
import Settlement
import Signing
import Store
import Testing

/// Batches whose bytes were flipped, cut, doubled, moved and replaced.
@Suite("Mutated batches")
struct MutationTests {
    static let seed: UInt64 = 20_250_301
    static let count = 100_000

    @Test("A hundred thousand mutated batches get a receipt or a refusal each, and nothing is half-stored")
    func mutated() throws {
        let door = try QuaysideDoor()
        let originals = try Self.originals()
        let drafts = RandomHistory(seed: Self.seed, count: 400, members: 9)
            .shuffledBatches(seed: Self.seed, most: 6)
        var generator = SeededGenerator(seed: Self.seed)
        var tally = Tally()
        for number in 0..<Self.count {
            let (form, merchant, signer, bytes) =
                generator.chance(30)
                ? Self.fresh(generator.pick(drafts), number: number) : generator.pick(originals)
            let mutated =
                generator.chance(60) ? Self.mutated(bytes, &generator) : Self.misprinted(bytes, &generator)
            let key = door.key(merchant, signer)
            // Mostly signed anew, as only then the bytes are read at all.
            let signature = generator.chance(85) ? key.sign(mutated) : key.sign(bytes)
            do {
                let answer = try door.intake.take(
                    mutated, form: form, signature: generator.chance(2) ? nil : signature,
                    received: QuaysideDoor.received)
                tally.count(answer)
            } catch let refusal as BatchRefusal {
                tally.refused[refusal.code, default: 0] += 1
            }
        }
        #expect(tally.total == Self.count, "seed \(Self.seed)")
        // The bytes got through to every reader and every rule.
        for code in [.signatureMalformed, .signatureInvalid, .malformed, .countMismatch, .totalsMismatch]
            as [BatchRefusalCode]
        {
            #expect(tally.refused[code, default: 0] > 100, "\(code): \(tally.refused)")
        }
        #expect(tally.stored > 1_000 && tally.copies > 0, "\(tally)")
        try expectWhole(door, tally)
    }

    /// What is stored is what receipts say, and it settles.
    private func expectWhole(_ door: QuaysideDoor, _ tally: Tally) throws {
        let periods = try door.folder.store.periods()
        #expect(periods.reduce(0) { $0 + $1.records } == tally.accepted)
        var batches = 0
        for merchant in RandomHistory.merchants {
            let id = try #require(MerchantID(merchant))
            batches += try door.folder.store.batches(of: id, limit: Self.count).count
        }
        #expect(batches == tally.stored)
        #expect(try door.close().count == 18)
    }

    private struct Tally {
        var stored = 0
        var copies = 0
        var accepted: Int64 = 0
        var refused: [BatchRefusalCode: Int] = [:]

        var total: Int { stored + copies + refused.values.reduce(0, +) }

        mutating func count(_ answer: Intake.Answer) {
            switch answer {
            case .stored(_, let receipt):
                stored += 1
                accepted += receipt.counts.accepted
            case .copy: copies += 1
            }
        }
    }

    typealias Original = (form: BatchForm, merchant: String, signer: Signer, bytes: [UInt8])

    /// The records of a draft in a batch that has not been seen, so that some mutations of it can be stored.
    private static func fresh(_ draft: DraftBatch, number: Int) -> Original {
        let batch = DraftBatch(draft.rows, id: "fresh-\(number)", sequence: 1_000 + number)
        return (.ndjson, batch.merchant, batch.signer, batch.bytes)
    }

    /// The example's batches, which stay the same.
    private static func originals() throws -> [Original] {
        let example = SharedFolder.repository.appendingPathComponent("Deploy/example")
        var originals: [Original] = []
        for (month, names) in Quayside.months.sorted(by: { $0.key < $1.key }) {
            for name in names {
                let bytes = [UInt8](try Data(contentsOf: example.appendingPathComponent("\(month)/\(name)")))
                let merchant = String(name.prefix { $0 != "." && $0 != "-" })
                originals.append(
                    (
                        name.hasSuffix(".csv") ? .csv : .ndjson, merchant,
                        name.contains("operator") ? .operator : .merchant, bytes
                    ))
            }
        }
        return originals
    }

    /// One to three changes.
    private static func mutated(_ original: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            let end = min(bytes.count, place + Int.random(in: 1...40, using: &generator))
            let other = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 2: bytes[place] = generator.pick(Array("0123456789\",{}[]:\n\r .-+eE\\=".utf8))
            case 3: bytes.removeSubrange(place..<end)
            case 4: bytes.removeSubrange(place...)
            case 5: bytes.insert(contentsOf: bytes[place..<end], at: other)
            case 6: bytes = swappedLines(bytes, &generator)
            default: bytes.swapAt(place, other)
            }
        }
        return bytes
    }

    /// One or two digits are others: what can still be read, and means something else.
    private static func misprinted(_ original: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = original
        let digits = bytes.indices.filter { (0x30...0x39).contains(bytes[$0]) }
        for _ in 0..<Int.random(in: 1...2, using: &generator) {
            bytes[generator.pick(digits)] = UInt8.random(in: 0x30...0x39, using: &generator)
        }
        return bytes
    }

    private static func swappedLines(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
        lines.swapAt(
            Int.random(in: 0..<lines.count, using: &generator),
            Int.random(in: 0..<lines.count, using: &generator))
        return Array(lines.joined(separator: [0x0A]))
    }
}
