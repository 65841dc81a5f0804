import Foundation
import Service
import Settlement
import Signing
import Testing

@Suite("The room for long answers, over a real socket")
struct LongAnswersTests {
    /// Of answers of so many, more than what the system and the channel take of one that nobody reads.
    private static let records = 16_000
    private static let limitBytes = 8 << 20

    /// A batch whose records are all refused, and listed on its receipt.
    private static func refused(_ id: String, sequence: Int64 = 1, merchant: String = "M") -> [UInt8] {
        Estate.batch(
            id, sequence: sequence, records: records, merchant: merchant, at: "2025-12-01T00:00:00Z")
    }

    /// An alliance in which M and N have such a batch each.
    private func estate() throws -> Estate {
        let estate = try Estate(limitBytes: Self.limitBytes)
        for merchant in ["M", "N"] {
            let batch = Self.refused("\(merchant)-1", merchant: merchant)
            _ = try estate.intake.take(
                batch, form: .ndjson, signature: estate.key(of: merchant).sign(batch),
                received: Estate.received)
        }
        return estate
    }

    private static func reading(_ path: String, _ token: String) -> [UInt8] {
        request("GET \(path)", headers: [("Authorization", "Bearer \(token)")])
    }

    private static func posting(_ estate: Estate, _ bytes: [UInt8], isDryRun: Bool) -> [UInt8] {
        request(
            "POST /v1/batches\(isDryRun ? "?dry_run=true" : "")",
            headers: [
                ("Content-Type", "application/x-ndjson"),
                ("Settled-Signature", estate.merchantKey.sign(bytes)),
            ], body: bytes)
    }

    /// As many files as one may have.
    private static let mostOfOne = 64

    /// Asks and does not read until so many have their answer, as often as it is told to come again: others may keep the
    /// machine busy.
    private func fill(_ url: String, _ request: () -> [UInt8]) async throws -> [UnreadConnection] {
        var held: [UnreadConnection] = []
        for _ in 0..<1_000 where held.count < Self.mostOfOne {
            let next = try await UnreadConnection(url, request())
            if next.status == 200 { held.append(next) } else { expectLater(next) }
        }
        #expect(held.count == Self.mostOfOne)
        return held
    }

    private func expectLater(_ answer: UnreadConnection) {
        let head = answer.head.lowercased()
        #expect(answer.status == 503 && head.contains("\nretry-after: "), "\(head)")
    }

    /// Asks until it gets another answer than to come again.
    private func insist(
        _ url: String, _ request: [UInt8], from source: String = "127.0.0.1"
    ) async throws -> Reply {
        var reply = try await ask(url, request, from: source)
        for _ in 0..<3_000 where reply.status == 503 {
            try await Task.sleep(for: .milliseconds(10))
            reply = try await ask(url, request, from: source)
        }
        return reply
    }

    @Test("Who reads none of its long answers is told to come again, by the same token; others get theirs")
    func readers() async throws {
        let estate = try estate()
        try await withDaemon(estate, limitBytes: Self.limitBytes) { url, _ in
            var held = try await fill(url) { Self.reading("/v1/batches/M-1", estate.token(of: "M")) }
            let token = estate.token(of: "M")
            for _ in 0..<2 {
                let busy = try await ask(url, Self.reading("/v1/batches/M-1", token))
                #expect(busy.status == 503 && busy.code == "busy" && busy.headers["retry-after"] != nil)
            }
            let short = try await insist(url, Self.reading("/v1/batches", estate.token(of: "M")))
            #expect(short.status == 200)
            let other = try await insist(url, Self.reading("/v1/batches/N-1", estate.token(of: "N")))
            #expect(other.status == 200 && other.body.count > 200_000)
            // Until here nobody has hung up.
            #expect(held.count == Self.mostOfOne)
            held.removeAll()
            let reply = try await insist(url, Self.reading("/v1/batches/M-1", token))
            #expect(reply.status == 200)
            #expect(try await insist(url, Self.reading("/v1/batches/M-1", token)).code == "token_replayed")
        }
    }

    @Test("Dry runs that are not read leave others their room; a batch that finds none is not stored")
    func senders() async throws {
        let estate = try estate()
        try await withDaemon(estate, limitBytes: Self.limitBytes) { url, _ in
            let (copy, new) = (Self.refused("M-1"), Self.refused("M-2", sequence: 2))
            let copying = Self.posting(estate, copy, isDryRun: false)
            let trying = Self.posting(estate, new, isDryRun: true)
            let storing = Self.posting(estate, new, isDryRun: false)
            var held = try await fill(url) { trying }
            for upload in [copying, trying, storing] {
                let busy = try await ask(url, upload)
                #expect(busy.status == 503 && busy.code == "busy" && busy.headers["retry-after"] != nil)
            }
            for upload in [copying, trying] {
                #expect(try await insist(url, upload, from: "127.0.0.2").status == 200)
            }
            let read = try await insist(url, Self.reading("/v1/batches/N-1", estate.token(of: "N")))
            #expect(read.status == 200 && read.body.count > 200_000)
            // Until here nobody has hung up.
            #expect(held.count == Self.mostOfOne)
            held.removeAll()
            #expect(try await insist(url, storing).status == 201)
        }
    }
}
