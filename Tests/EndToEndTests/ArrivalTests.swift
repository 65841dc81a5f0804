import Fixtures
import Foundation
import Service
import Settlement
import Signing
import Store
import Testing

/// The example's alliance in a folder of its own, taking batches in this process.
final class QuaysideDoor {
    private let scratch: Scratch
    let folder: OpenFolder
    let intake: Intake
    /// After both months.
    static let received = Instant(milliseconds: 1_746_050_400_000)

    /// In memory if the system has a folder that is, so that chance can be tried often.
    init() throws {
        scratch = try Scratch(inMemory: true)
        let file = SharedFolder.repository.appendingPathComponent("Deploy/example/alliance.yaml")
        let alliance = try AllianceFile.parse(
            text: String(contentsOf: file, encoding: .utf8), fileName: "alliance.yaml")
        let secret = scratch.file("secret").path
        try SecretFile.create(Array("a secret that the tests know, and all do".utf8), at: secret)
        _ = try Founding(
            alliance: alliance, at: scratch.file("data").path, secretFile: secret, now: Self.received)
        folder = try DataFolder(scratch.file("data").path).open()
        intake = folder.intake(limitBytes: 1 << 20)
    }

    deinit { try? folder.store.shut() }

    func key(_ merchant: String, _ signer: Signer) -> SigningKey {
        signer == .operator
            ? folder.master.operatorKey(version: 1) : folder.master.batchKey(merchant: merchant, version: 1)
    }

    func take(_ batch: DraftBatch) throws -> Intake.Answer {
        try intake.take(
            batch.bytes, form: .ndjson, signature: key(batch.merchant, batch.signer).sign(batch.bytes),
            received: Self.received)
    }

    /// Closes both months; gives the statements and details of all merchants, and the closings.
    func close() throws -> [String: String] {
        var documents: [String: String] = [:]
        let closer = PeriodCloser(store: folder.store, signer: folder.signer)
        for period in 0...1 {
            let closed = try closer.close(period, at: Self.received, forced: true)
            documents["\(period) closing"] = String(decoding: closed.closing.bytes, as: UTF8.self)
            for statement in closed.statements {
                let name = "\(period) \(statement.merchant)"
                documents[name] = String(decoding: statement.document.bytes, as: UTF8.self)
                var details: [UInt8] = []
                try folder.store.details(of: statement.merchant, period: period) { details += $0 }
                documents[name + " details"] = String(decoding: details, as: UTF8.self)
            }
        }
        return documents
    }
}

@Suite("The order of arrival")
struct ArrivalTests {
    @Test(
        "Shuffled and cut otherwise, the same records make the same statements, byte for byte",
        arguments: [1, 2, 3, 4] as [UInt64])
    func shuffled(seed: UInt64) throws {
        let history = RandomHistory(seed: seed, count: 400, members: 12)
        let one = try documents(of: history, seed: seed &* 7, most: 400)
        for (cut, most) in [(seed &* 11, 1), (seed &* 13, 9)] {
            let other = try documents(of: history, seed: cut, most: most)
            #expect(one.keys.sorted() == other.keys.sorted())
            for (name, text) in one {
                #expect(text == other[name] ?? "", "seed \(seed), cut \(cut): \(name)")
            }
        }
        #expect(one.count == 18)
        #expect(one.values.contains { $0.contains(#""state":"pending""#) })
        #expect(one.values.contains { $0.contains("redemption_payout_reversal") })
    }

    @Test("Only what the rulebook names is left out of the comparison")
    func cutOut() {
        let text = #"{"previous":null,"batches":[{"a":[1]}],"lines":[],"missing_sequences":[],"x":1}"#
        #expect(Self.withoutArrival(text) == #"{"lines":[],"x":1}"#)
    }

    private func documents(of history: RandomHistory, seed: UInt64, most: Int) throws -> [String: String] {
        let door = try QuaysideDoor()
        var records = 0
        for batch in history.shuffledBatches(seed: seed, most: most) {
            guard case .stored(_, let receipt) = try door.take(batch) else {
                throw Unexpected(what: "a copy")
            }
            #expect(receipt.counts.accepted == Int64(batch.rows.count), "\(receipt.refused)")
            records += batch.rows.count
        }
        #expect(records == history.rows.count)
        return try door.close().mapValues(Self.withoutArrival)
    }

    struct Unexpected: Error {
        let what: String
    }

    /// A document without `batches`, `missing_sequences` and `previous`; of closings also without the counts of
    /// batches and the digests of statements, which hold them.
    private static func withoutArrival(_ text: String) -> String {
        ["intake", "batches", "missing_sequences", "previous", "statements"].reduce(text) { text, name in
            guard let start = text.range(of: "\"\(name)\":") else { return text }
            var depth = 0
            var end = start.upperBound
            while end < text.endIndex {
                let character = text[end]
                if depth == 0 && (character == "," || character == "}") { break }
                if character == "[" || character == "{" { depth += 1 }
                if character == "]" || character == "}" { depth -= 1 }
                end = text.index(after: end)
            }
            if end < text.endIndex && text[end] == "," { end = text.index(after: end) }
            return text.replacingCharacters(in: start.lowerBound..<end, with: "")
        }
    }
}
