import Foundation
import Service
import Settlement
import Signing
import Store
import Testing

/// `GET /v1/statements/{period}/explain` over a real socket.
@Suite("Merchants explain their own statements")
struct ExplanationRouteTests {
    /// M earned, N redeemed of it; January is closed.
    private func estate() throws -> Estate {
        let estate = try Estate()
        _ = try estate.take(Estate.batch("B-1", records: 3))
        let records = [
            Record(
                id: RecordID(verified: "N-1"), type: .redeem, member: MemberID(verified: "member-1"),
                points: Points(40), at: instant("2026-01-11T10:00:00Z"))
        ]
        let header = BatchHeader(
            merchant: MerchantID(verified: "N"), batch: BatchID(verified: "secret-batch"), sequence: 1,
            for: records)
        let bytes = BatchWriter.bytes(header, records, form: .ndjson)
        _ = try estate.intake.take(
            bytes, form: .ndjson, signature: estate.key(of: "N").sign(bytes), received: Estate.received)
        try PeriodCloser(store: estate.open.store, signer: estate.open.signer)
            .close(0, at: Estate.received, forced: true)
        return estate
    }

    private let path = "/v1/statements/2026-01/explain"

    @Test("A line gives its movements, and the batches of the merchant's own records")
    func line() async throws {
        let estate = try estate()
        try await withDaemon(estate) { url, _ in
            let reply = try await read(url, path + "?line=1&limit=2", estate.token(of: "M"))
            #expect(reply.status == 200 && reply.headers["content-type"] == "application/json")
            let json = try members(reply.body)
            #expect(json["count"] as? Int == 3 && (json["movements"] as? [Any])?.count == 2)
            #expect(json["exact"] as? String == "-300" && json["rounded"] as? Int == -300)
            #expect(((json["batches"] as? [[String: Any]])?.first?["batch"] as? String) == "B-1")
        }
    }

    @Test("The figures of points give the movements that make them, as the command has them")
    func points() async throws {
        let estate = try estate()
        try await withDaemon(estate) { url, _ in
            let reply = try await read(url, path + "?points=true&limit=2", estate.token(of: "M"))
            let json = try members(reply.body)
            let figures = try #require(json["figures"] as? [[String: Any]])
            #expect(
                figures.map { "\($0["name"] ?? "") \($0["stated"] ?? "") \($0["count"] ?? "")" }
                    == ["issued 300 3", "reversed 0 0", "redeemed 40 1", "restored 0 0", "expired 0 0"])
            #expect((figures[0]["movements"] as? [Any])?.count == 2)
            #expect(json["opening"] as? Int == 0 && json["closing"] as? Int == 260)
            // N answers for none, and sees none of M's.
            let other = try await read(url, path + "?points=true", estate.token(of: "N"))
            let text = String(decoding: other.body, as: UTF8.self)
            #expect(
                other.status == 200 && !text.contains("member-1") && !text.contains("batch/M/"), "\(text)")
        }
    }

    @Test("Another merchant's credentials show neither M's batch nor M's terms, nor M's records")
    func others() async throws {
        let estate = try estate()
        try await withDaemon(estate) { url, _ in
            let reply = try await read(url, path + "?line=1", estate.token(of: "N"))
            let text = String(decoding: reply.body, as: UTF8.self)
            #expect(reply.status == 200 && text.contains(#""kind":"redemption_payout""#), "\(text)")
            #expect(text.contains("secret-batch") && text.contains("B-1-1"), "\(text)")
            #expect(
                !text.contains("batch/M/") && !text.contains("funding") && !text.contains(#""B-1""#),
                "\(text)")
            let record = try await read(url, path + "?record=B-1-1", estate.token(of: "N"))
            #expect(record.status == 404 && record.code == "not_found")
            let own = try await read(url, path + "?record=B-1-1", estate.token(of: "M"))
            let life = String(decoding: own.body, as: UTF8.self)
            #expect(
                own.status == 200 && life.contains(#""id":"N-1""#) && !life.contains("secret-batch"),
                "\(life)")
        }
    }

    @Test("The life of a redemption shows what it was paid by, and nothing that others agreed on")
    func redemption() async throws {
        let story = try CatalogueStory()
        try await withDaemon(story.estate) { url, _ in
            func life(_ id: String) async throws -> (text: String, lines: [[String: Any]]) {
                let reply = try await read(url, path + "?record=\(id)", story.estate.token(of: "M"))
                let chapter = (try members(reply.body)["chapters"] as? [[String: Any]])?.first
                let movement = try #require((chapter?["movements"] as? [[String: Any]])?.first)
                return (
                    String(decoding: reply.body, as: UTF8.self),
                    movement["lines"] as? [[String: Any]] ?? []
                )
            }
            let item = try await life("M-2")
            #expect(item.lines.isEmpty && !item.text.contains("priced"), "\(item.text)")
            let plain = try await life("M-1")
            #expect(
                plain.lines.count == 1 && plain.lines[0]["priced"] as? String == "terms of M from 2026-01-01")
            #expect(
                plain.lines[0]["exact"] as? String == "40" && plain.lines[0]["price"] as? String == "0.01")
            for text in [item.text, plain.text] {
                #expect(!text.contains("campaign spring") && !text.contains("terms of S"), "\(text)")
            }
        }
    }

    @Test("A record of the merchant's that was refused alone is told with its code, another's is not")
    func refused() async throws {
        let estate = try Estate()
        _ = try estate.take(Estate.batch("B-1", records: 1), received: instant("2026-01-10T09:00:00Z"))
        try await withDaemon(estate) { url, _ in
            let reply = try await read(url, path + "?record=B-1-0", estate.token(of: "M"))
            let json = try members(reply.body)
            #expect(reply.status == 200 && json["code"] as? String == "in_future", "\(json)")
            let first = try #require((json["refusals"] as? [[String: Any]])?.first)
            #expect(first["batch"] as? String == "B-1" && first["line"] as? Int == 2)
            #expect(first["received"] as? String == "2026-01-10T09:00:00.000Z")
            let other = try await read(url, path + "?record=B-1-0", estate.token(of: "N"))
            #expect(other.status == 404 && other.code == "not_found")
        }
    }

    @Test(
        "What cannot be explained is told as a problem",
        arguments: [
            ("", 400, "parameter_malformed"), ("?line=1&record=B-1-1", 400, "parameter_malformed"),
            ("?line=1&points=true", 400, "parameter_malformed"),
            ("?record=B-1-1&points=true", 400, "parameter_malformed"),
            ("?points=false", 400, "parameter_malformed"), ("?points=1", 400, "parameter_malformed"),
            ("?line=0", 400, "parameter_malformed"), ("?line=x", 400, "parameter_malformed"),
            ("?line=1&limit=1001", 400, "parameter_malformed"), ("?record=a%20b", 400, "parameter_malformed"),
            ("?line=77", 404, "not_found"), ("?record=nothing", 404, "not_found"),
        ])
    func problems(query: String, status: Int, code: String) async throws {
        let estate = try estate()
        try await withDaemon(estate) { url, _ in
            let reply = try await read(url, path + query, estate.token(of: "M"))
            #expect(reply.status == status && reply.code == code, "\(query): \(reply.status)")
            let other = try await read(
                url, "/v1/statements/2026-02/explain?line=1", estate.token(of: "M"))
            #expect(other.status == 404)
            let life = try await read(
                url, "/v1/statements/2026-02/explain?record=B-1-1", estate.token(of: "M"))
            #expect(life.status == 200, "\(life.status)")
            let never = try await read(
                url, "/v1/statements/never/explain?record=B-1-1", estate.token(of: "M"))
            #expect(never.status == 404)
        }
    }
}
