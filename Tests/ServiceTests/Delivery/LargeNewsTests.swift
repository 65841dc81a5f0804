import Settlement
import Signing
import Testing

@testable import Service
@testable import Store

@Suite("News of large documents")
struct LargeNewsTests {
    private func data(
        _ news: News, _ estate: Estate, mostBytes: Int = NewsMessage.mostBytes
    ) throws -> [String: Any] {
        let delivery = Delivery(
            number: 7, ownNumber: 3, lane: DeliveryLane(merchant: MerchantID("M"), channel: .webhook),
            news: news, created: Estate.received, state: .waiting, attempts: 0, due: nil, tried: nil,
            answer: nil)
        let message = try NewsMessage(delivery, from: estate.open.store, mostBytes: mostBytes)
        return try #require(try members(message.body)["data"] as? [String: Any])
    }

    @Test("One is named by where it is fetched from, with its digest, and signed and sealed as it is")
    func named() throws {
        let estate = try Estate()
        _ = try estate.take(Estate.batch())
        try PeriodCloser(store: estate.open.store, signer: estate.open.signer)
            .close(0, at: instant("2026-02-03T00:00:00Z"))
        let store = estate.open.store
        let receipt = try #require(try store.receipt(numbered: 1)).document
        let statement = try #require(try store.statement(of: MerchantID(verified: "M"), period: 0)).document
        for (news, document, path) in [
            (.receipt(batch: 1), receipt, "/v1/batches/B-1"),
            (.statement(period: 0), statement, "/v1/statements/2026-01/STATEMENT.json"),
        ] as [(News, SealedDocument, String)] {
            let whole = try data(news, estate, mostBytes: document.bytes.count)
            #expect(whole["document"] as? String == Base64.text(document.bytes) && whole["fetch"] == nil)
            let named = try data(news, estate, mostBytes: document.bytes.count - 1)
            let fetch = try #require(named["fetch"] as? [String: Any])
            #expect(named["document"] == nil && fetch["path"] as? String == path)
            #expect(fetch["digest"] as? String == document.digest.text)
            #expect(fetch["bytes"] as? Int == document.bytes.count)
            for told in [whole, named] {
                #expect(told["signature"] as? String == document.signature)
                #expect(told["seal"] as? String == document.seal)
            }
        }
    }

    @Test("A receipt that lists thousands of refused records makes a message of a few kilobytes")
    func thousands() throws {
        let estate = try Estate()
        _ = try estate.take(Estate.batch(records: 6_000, at: "2025-01-10T10:00:00Z"))
        let receipt = try #require(try estate.open.store.receipt(numbered: 1)).document
        #expect(receipt.bytes.count > NewsMessage.mostBytes)
        let fetch = try #require(try data(.receipt(batch: 1), estate)["fetch"] as? [String: Any])
        #expect(fetch["bytes"] as? Int == receipt.bytes.count)
    }

    @Test("The path of a batch whose id is another route's, or has a slash, leads to the batch")
    func paths() async throws {
        let estate = try Estate()
        var paths: [String: String] = [:]
        for (number, id) in zip(1..., ["missing", "a/b:c%"]) {
            _ = try estate.take(Estate.batch(id, sequence: Int64(number)))
            let fetch = try data(.receipt(batch: Int64(number)), estate, mostBytes: 0)["fetch"]
            paths[id] = try #require((fetch as? [String: Any])?["path"] as? String)
        }
        try await withDaemon(estate) { [paths] url, _ in
            for (id, path) in paths {
                let reply = try await read(url, path, estate.token(of: "M"))
                #expect(reply.status == 200, "\(path)")
                #expect(String(decoding: reply.body, as: UTF8.self).contains(#""batch":"\#(id)""#))
            }
        }
    }
}
