import Fixtures
import Testing

/// Our readers against those of others, on inputs that chance made: where they differ is decided, or it is a fault.
@Suite(
    "Our readers and others'",
    .enabled(if: SharedFolder.isWanted, Comment(rawValue: SharedFolder.absence)))
struct DifferentialTests {
    @Test("Instants are read as ciso8601 and rfc3339-validator read them")
    func instants() async throws { try await compare(ReaderCases.instants(), taken: 500) }

    @Test("JSON is read as json and orjson read it")
    func values() async throws { try await compare(ReaderCases.values(), taken: 500) }

    @Test("Records are read as the rulebook says, over json and over orjson")
    func lines() async throws { try await compare(ReaderCases.lines(), taken: 300) }

    @Test("CSV is read as csv reads it")
    func tables() async throws { try await compare(ReaderCases.tables(), taken: 500) }

    @Test("Signatures hold where joserfc and jwcrypto say that they hold")
    func signatures() async throws { try await compare(ReaderCases.signatures(), taken: 500) }

    private func compare(_ cases: [ReaderCase], taken: Int) async throws {
        let verdicts = try await Peers.verdicts(on: cases)
        var met: [Disagreement: (count: Int, example: [UInt8])] = [:]
        for (item, words) in zip(cases, verdicts) {
            for (peer, word) in words {
                let ours = item.reason
                guard
                    let found = Disagreement(item.reader, peer: peer, ours: ours, theirs: word)
                else { continue }
                met[found, default: (0, item.input)].count += 1
            }
        }
        for (found, (count, example)) in met where !Decision.all.contains(where: { $0.covers(found) }) {
            let text = String(decoding: example, as: UTF8.self)
            Issue.record("nothing is decided on \(found) (\(count) times, first \(text.debugDescription))")
        }
        let reader = try #require(cases.first?.reader)
        for decision in Decision.all where decision.reader == reader {
            #expect(met.keys.contains { decision.covers($0) }, "nobody differs any more as \(decision)")
        }
        // Else nothing but refusals would have been compared.
        #expect(cases.count { $0.ours != nil } > taken && cases.count { $0.ours == nil } > taken)
    }
}
