import Foundation
import Settlement
import Signing
import Testing

@testable import Service
@testable import Store

@Suite("Endpoints of webhooks")
struct EndpointTests {
    private func message(_ estate: Estate) throws -> NewsMessage {
        _ = try estate.take(Estate.batch())
        let delivery = Delivery(
            number: 7, ownNumber: 3, lane: DeliveryLane(merchant: MerchantID("M"), channel: .webhook),
            news: .receipt(batch: 1), created: instant("2026-01-01T00:00:00Z"), state: .waiting, attempts: 0,
            due: nil, tried: nil, answer: nil)
        return try NewsMessage(delivery, from: estate.open.store)
    }

    @Test("The news of one dispute is told, whatever was changed of another")
    func dispute() throws {
        let estate = try Estate()
        _ = try estate.take(Estate.batch())
        let (store, ana) = (estate.open.store, Person(PersonName(verified: "ana")))
        for record in ["B-1-0", "B-1-1"] {
            _ = try store.openDispute(
                against: .record(RecordID(verified: record)), of: MerchantID(verified: "M"),
                reason: "twice", owner: ana.name, due: LocalDate("2026-02-01")!, by: ana,
                at: Estate.received)
        }
        try store.endDisputes(
            [DisputeEnding(dispute: 2, text: "two sales", adjustment: nil)], by: ana, at: Estate.received)
        try tamper(with: estate.open.folder.databasePath, "UPDATE disputes SET line = 1 WHERE dispute = 1")
        func message(_ number: Int64) throws -> NewsMessage {
            let delivery = Delivery(
                number: 7, ownNumber: 3, lane: DeliveryLane(merchant: MerchantID("M"), channel: .webhook),
                news: .disputeAnswered(number), created: Estate.received, state: .waiting, attempts: 0,
                due: nil, tried: nil, answer: nil)
            return try NewsMessage(delivery, from: store)
        }
        let text = String(decoding: try message(2).body, as: UTF8.self)
        #expect(text.contains(#""dispute":2,"record":"B-1-1","state":"rejected""#), "\(text)")
        #expect(throws: StoreTrouble.self) { try message(1) }
        #expect(throws: StoreTrouble.self) { try message(3) }
    }

    private let privately = DeliverySettings(allowsPrivate: true)

    @Test("One whose addresses are all of no public network is not connected to, nor one of plain HTTP")
    func refused() throws {
        let addresses = [[127, 0, 0, 1], [10, 0, 0, 1]].map { NetworkAddress($0) }
        let url = try #require(WebhookURL("https://shop.example/"))
        let failure = #expect(throws: Failure.self) {
            try Endpoint(url, DeliverySettings(), attempt: 0, addresses: addresses)
        }
        #expect(failure?.problem == "has an address of no public network")
        let plain = try #require(WebhookURL("http://shop.example/"))
        #expect(throws: Failure.self) { try Endpoint.requireTLS(of: plain, DeliverySettings()) }
        #expect(throws: Failure.self) {
            try Endpoint(plain, DeliverySettings(), attempt: 0, addresses: [NetworkAddress([1, 1, 1, 1])])
        }
    }

    /// No resolver knows the name: a look by the client itself would find nothing.
    @Test("A connection goes to the address that was looked at")
    func pinned() async throws {
        let estate = try Estate()
        let message = try message(estate)
        let secret = estate.open.master.webhookSecret(owner: "M", version: 1)
        try await withDaemon(estate) { url, stop in
            let port = url.split(separator: ":").last.map(String.init) ?? ""
            let target = try #require(WebhookURL("http://changing.invalid:\(port)/v1/batches"))
            let endpoint = try Endpoint(
                target, privately, attempt: 3, addresses: [NetworkAddress([127, 0, 0, 1])])
            for _ in 0..<3 {
                let answer = try await endpoint.post(message, secrets: [secret], at: Estate.received)
                // A daemon's answer to what is no batch.
                #expect((400..<500).contains(answer.status))
            }
            await endpoint.close()
            await stop()
        }
    }

    @Test("A message is the same bytes each time, and its id tells it from others")
    func message() throws {
        let estate = try Estate()
        let first = try message(estate)
        let again = try message(estate)
        #expect(first.body == again.body && first.id == again.id)
        #expect(first.id == "msg_M_3_1767225600000" && first.type == "receipt.issued")
        let body = try members(first.body)
        let data = try #require(body["data"] as? [String: Any])
        #expect(body["type"] as? String == "receipt.issued")
        #expect(data["merchant"] as? String == "M" && data["batch"] as? String == "B-1")
        let document = try #require((data["document"] as? String).flatMap { Data(base64Encoded: $0) })
        let receipt = try #require(try estate.open.store.receipt(of: BatchID("B-1")!, MerchantID("M")!))
        #expect(Array(document) == receipt.document.bytes)
        #expect(data["signature"] as? String == receipt.document.signature)
    }
}
