import Fixtures
import Settlement
import Testing

@testable import Fuzzing

/// What Deploy/fuzz runs for hours, for a moment: so that it is never broken when it is wanted.
@Suite("What is fuzzed")
struct FuzzTests {
    /// A seed that failed can be put here.
    private static let seed: UInt64 = 20_261_129

    @Test(
        "Every target keeps its promises on its seeds and on 3,000 changed ones",
        arguments: FuzzTarget.all.map(\.name))
    func promises(name: String) async throws {
        let target = try #require(FuzzTarget.named(name))
        let seeds = try target.seeds()
        #expect(seeds.count >= (SharedFolder.isWanted ? 40 : 3))
        var verdicts: [FuzzTarget.Verdict: Int] = [:]
        for seed in seeds { verdicts[try await target.run(seed), default: 0] += 1 }
        for round in 0..<3000 {
            var chance = Chance(seed: Self.seed &+ UInt64(round))
            let input = chance.mutated(chance.pick(seeds))
            do {
                verdicts[try await target.run(input), default: 0] += 1
            } catch {
                Issue.record("seed \(Self.seed), round \(round): \(error)")
            }
        }
        // Else nothing but one side would have been looked at.
        let taken = verdicts[.taken, default: 0]
        #expect(taken > 50 && verdicts.values.reduce(0, +) - taken > 200, "\(verdicts)")
    }

    @Test("A promise that is broken is told")
    func trap() async throws {
        #expect(try await FuzzTarget.trap.run(Array("settl".utf8)) == .taken)
        #expect(try await FuzzTarget.trap.run(Array("settled".utf8).reversed()) == .refused("other"))
        await #expect(throws: BrokenPromise.self) { try await FuzzTarget.trap.run(Array("settled".utf8)) }
    }

    @Test(
        "Writers that lose a record, change a digit or write nothing are found out",
        arguments: BatchForm.allCases)
    func wrongWriters(form: BatchForm) throws {
        let bytes = Array(
            BatchWriter.bytes(try sample().header, try sample().records.map(\.record), form: form))
        _ = try BatchFuzzing(form: form).check(bytes)
        var lossy = BatchFuzzing(form: form)
        lossy.write = { BatchWriter.bytes($0, Array($1.dropLast()), form: $2) }
        #expect(throws: BrokenPromise.self) { try lossy.check(bytes) }
        lossy.write = { BatchWriter.bytes($0, $1, form: $2).map { $0 == UInt8(ascii: "7") ? 0x38 : $0 } }
        #expect(throws: BrokenPromise.self) { try lossy.check(bytes) }
        lossy.write = { _, _, _ in [] }
        #expect(throws: BrokenPromise.self) { try lossy.check(bytes) }
    }

    private func sample() throws -> BatchContent {
        try BatchContent(parsing: Array(Sample.batch.utf8), form: .ndjson)
    }
}
