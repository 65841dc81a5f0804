import Foundation
import HTTPTypes
import Settlement
import Signing
import Store
import Testing

@testable import Service

@Suite("What merchants contest over HTTP")
struct ContestRouteTests {
    private static let head = #""alliance":"test","at":"2026-01-20T13:00:00+01:00""#
    private static let line =
        #"{\#(head),"reference":"C-1","period":"2026-01","line":1,"reason":"counted twice"}"#
    private static let record = #"{\#(head),"reference":"C-2","record":"B-1-0","reason":"was never sold"}"#

    private func post(
        _ url: String, _ text: String, by key: SigningKey?, type: String? = "application/json",
        headers: [(String, String)] = []
    ) async throws -> Reply {
        let body = Array(text.utf8)
        let signature = key.map { [("Settled-Signature", $0.sign(body))] } ?? []
        let type = type.map { [("Content-Type", $0)] } ?? []
        return try await ask(
            url, request("POST /v1/disputes", headers: type + signature + headers, body: body))
    }

    @Test("Each code has a request that is refused with it, as problem details with its status")
    func refused() async throws {
        let estate = try ReadingTests.estate()
        try await withDaemon(estate) { url, _ in
            let (own, other) = (estate.merchantKey, estate.open.master.operatorKey(version: 1))
            #expect(try await post(url, Self.line, by: own).status == 201)
            var codes: [String: Int] = [:]
            for (text, key) in [
                (String(repeating: " ", count: Contest.mostBytes + 1), own), (Self.line, other),
                (#"{"reference":"C-3"}"#, own),
                (Self.record.replacing("test", with: "other"), own),
                (Self.record.replacing("T13:00:00", with: "T13:00:31"), own),
                (Self.record.replacing("T13:00:00", with: "T12:54:29"), own),
                (Self.line.replacing("twice", with: "thrice"), own),
                (Self.record.replacing("B-1-0", with: "N-1-0"), own),
                (Self.line.replacing("C-1", with: "C-3"), own),
            ] {
                let reply = try await post(url, text, by: key)
                codes[reply.code ?? "none"] = reply.status
                #expect(reply.headers["content-type"] == "application/problem+json")
                let problem = try members(reply.body)
                #expect(problem["expected"] != nil && problem["found"] != nil, "\(problem)")
            }
            #expect(
                codes
                    == Dictionary(
                        uniqueKeysWithValues: ContestRefusalCode.allCases.filter { $0 != .tooMany }
                            .map { ($0.rawValue, $0.status.code) }), "\(codes)")
            #expect(try estate.open.store.disputes().count == 1)
        }
    }

    @Test("With as many open ones as a merchant may have, another is refused")
    func most() async throws {
        let estate = try ReadingTests.estate()
        let batch = Estate.batch("B-9", sequence: 9, records: Store.mostOpenContests + 1)
        _ = try estate.take(batch)
        for number in 0..<Store.mostOpenContests {
            let bytes = Array(
                #"{\#(Self.head),"reference":"R-\#(number)","record":"B-9-\#(number)","reason":"x"}"#.utf8)
            _ = try estate.intake.contest(
                bytes, signature: estate.merchantKey.sign(bytes), received: Estate.received)
        }
        try await withDaemon(estate) { url, _ in
            let text =
                #"{\#(Self.head),"reference":"R","record":"B-9-\#(Store.mostOpenContests)","reason":"x"}"#
            let reply = try await post(url, text, by: estate.merchantKey)
            #expect(reply.status == 409 && reply.code == "contest_too_many")
        }
    }

    @Test(
        "It is authorised as a batch is: by a key that is known, active, and made the signature over these bytes"
    )
    func signatures() async throws {
        let estate = try ReadingTests.estate()
        let foreign = try SigningKey.hs256(
            id: "batch/M/1", secret: SecretBytes([UInt8](repeating: 1, count: 32)))
        let unknown = estate.open.master.batchKey(merchant: "M", version: 9)
        try estate.open.store.revokeKey("batch/N/1", from: Estate.received, at: Estate.received)
        try await withDaemon(estate) { url, _ in
            for (key, code) in [
                (nil, "signature_malformed"), (foreign, "signature_invalid"), (unknown, "key_unknown"),
                (estate.key(of: "N"), "key_revoked"),
            ] as [(SigningKey?, String)] {
                let reply = try await post(url, Self.line, by: key)
                #expect(reply.status == 401 && reply.code == code, "\(code): \(reply.code ?? "none")")
                #expect(reply.headers["www-authenticate"] == "Settled-Signature")
            }
            let signature = estate.merchantKey.sign(Array(Self.line.utf8))
            let changed = try await ask(
                url,
                request(
                    "POST /v1/disputes",
                    headers: [("Content-Type", "application/json"), ("Settled-Signature", signature)],
                    body: Array((Self.line + "\n").utf8)))
            #expect(changed.code == "signature_invalid")
            #expect(try estate.open.store.disputes().isEmpty)
        }
    }

    @Test("Its type, its encoding and its length are looked at before its bytes")
    func heads() async throws {
        let estate = try ReadingTests.estate()
        try await withDaemon(estate) { url, _ in
            let key = estate.merchantKey
            for type in [nil, "text/csv", "application/x-ndjson"] {
                let reply = try await post(url, Self.line, by: key, type: type)
                #expect(reply.status == 415 && reply.code == "unsupported_media_type")
                #expect(try members(reply.body)["expected"] as? String == "application/json")
            }
            let packed = try await post(url, Self.line, by: key, headers: [("Content-Encoding", "gzip")])
            #expect(packed.status == 415 && packed.code == "unsupported_encoding")
            let large = String(repeating: "x", count: Contest.mostBytes + 1)
            let reply = try await post(url, large, by: nil)
            #expect(reply.status == 413 && reply.code == "contest_too_large")
            let right = try await post(url, Self.line, by: key, type: "Application/JSON; charset=utf-8")
            #expect(right.status == 201)
        }
    }

    @Test("The same again gives the same bytes, 200 in place of 201, whatever became of it")
    func replays() async throws {
        let estate = try ReadingTests.estate()
        try await withDaemon(estate) { url, _ in
            let first = try await post(url, Self.line, by: estate.merchantKey)
            #expect(first.status == 201)
            let digest = SHA256Digest(of: Array(Self.line.utf8)).text
            let expected =
                #"{"format":"settled-contest/1","alliance":"test","merchant":"M","dispute":1,"reference":"C-1","#
                + #""signed":"2026-01-20T12:00:00.000Z","received":"2026-01-20T12:00:00.000Z","#
                + #""digest":"\#(digest)"}"#
            #expect(String(decoding: first.body, as: UTF8.self) == expected)
            try Self.verify(first, estate)
            let at = Estate.received
            try estate.open.store.endDisputes(
                [DisputeEnding(dispute: 1, text: "two sales", adjustment: nil)],
                by: Person(PersonName(verified: "ana")), at: at)
            let again = try await post(url, Self.line, by: estate.merchantKey)
            #expect(again.status == 200 && again.body == first.body)
            for header in ["settled-signature", "settled-seal"] {
                #expect(again.headers[header] == first.headers[header])
            }
            #expect(try estate.open.store.disputes().count == 1)
        }
    }

    @Test(
        "What was refused for its time opens nothing once that comes, nor what was taken anything else later")
    func times() async throws {
        let estate = try ReadingTests.estate()
        let later = WallClock.standing(at: Estate.received.advanced(byHours: 1))
        let early = Self.record.replacing("T13:00:00", with: "T13:54:00")
        try await withDaemon(estate) { url, _ in
            let tooEarly = try await post(url, early, by: estate.merchantKey)
            #expect(tooEarly.code == "contest_early")
            let taken = try await post(url, Self.line, by: estate.merchantKey)
            #expect(taken.status == 201)
        }
        try await withDaemon(estate, clock: later) { url, _ in
            let tooLate = try await post(url, early, by: estate.merchantKey)
            #expect(tooLate.code == "contest_expired")
            let other = try await post(url, Self.record, by: estate.merchantKey)
            #expect(other.code == "contest_expired")
            // It was taken in its time; and said again, signed anew, it is the same.
            for text in [Self.line, Self.line.replacing("T13:00:00", with: "T14:00:00")] {
                let again = try await post(url, text, by: estate.merchantKey)
                #expect(
                    again.status == 200
                        && String(decoding: again.body, as: UTF8.self).contains(
                            #""dispute":1,"reference":"C-1","signed":"2026-01-20T12:00:00.000Z""#)
                )
            }
            #expect(try estate.open.store.disputes().count == 1)
        }
    }

    /// An answer's signature and seal hold over its bytes.
    private static func verify(_ reply: Reply, _ estate: Estate) throws {
        let master = estate.open.master
        for (header, key) in [
            ("settled-signature", master.statementKey(owner: "M", version: 1).verification),
            ("settled-seal", master.sealKey(version: 1).verification),
        ] {
            let signature = try DetachedJWS(parsing: try #require(reply.headers[header], "\(header)"))
            try signature.verify(payload: reply.body, key: key)
        }
    }

    @Test("Many of the same at once open one")
    func atOnce() async throws {
        let estate = try ReadingTests.estate()
        try await withDaemon(estate) { url, _ in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { tasks in
                for _ in 0..<8 {
                    tasks.addTask { try await post(url, Self.record, by: estate.merchantKey).status }
                }
                return try await tasks.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200, 200, 200, 200, 200, 200, 200, 201], "\(statuses)")
            #expect(try estate.open.store.disputes().count == 1)
        }
    }

    @Test(
        "A merchant reads its own by pages and by number, without the operator's names; another's is not there"
    )
    func reading() async throws {
        let estate = try ReadingTests.estate()
        let (store, at) = (estate.open.store, Estate.received)
        try await withDaemon(estate) { url, _ in
            #expect(try await post(url, Self.line, by: estate.merchantKey).status == 201)
            #expect(try await post(url, Self.record, by: estate.merchantKey).status == 201)
            let foreign = Self.record.replacing("B-1-0", with: "N-1-0")
            #expect(try await post(url, foreign, by: estate.key(of: "N")).status == 201)
            let ana = Person(PersonName(verified: "ana-of-finance"))
            try store.assignDispute(
                1, to: PersonName(verified: "ben-of-it"), due: LocalDate("2026-02-01"), "knows it", by: ana,
                at: at)
            try store.commentDispute(1, "asked the till's maker", by: ana, at: at)
            try store.endDisputes(
                [DisputeEnding(dispute: 2, text: "two sales", adjustment: nil)], by: ana, at: at)
            let one = try await read(url, "/v1/disputes/1", estate.token(of: "M"))
            #expect(one.status == 200)
            let text = String(decoding: one.body, as: UTF8.self)
            let heading =
                #"{"format":"settled-dispute/1","alliance":"test","merchant":"M","#
                + #""answered":"2026-01-20T12:00:00.000Z","#
            #expect(text.hasPrefix(heading), "\(text)")
            let rest =
                #""dispute":1,"reference":"C-1","period":"2026-01","line":1,"state":"open","#
                + #""due":"2026-02-01","steps":[{"act":"opened","at":"2026-01-20T12:00:00.000Z","#
                + #""by":"merchant","text":"counted twice"},{"act":"commented","#
                + #""at":"2026-01-20T12:00:00.000Z","by":"operator","text":"asked the till's maker"}]}"#
            #expect(text.dropFirst(heading.count) == rest)
            try Self.verify(one, estate)
            let page = try await read(url, "/v1/disputes?limit=1", estate.token(of: "M"))
            try Self.verify(page, estate)
            let pageText = String(decoding: page.body, as: UTF8.self)
            #expect(pageText.hasPrefix(#"{"format":"settled-disputes/1","alliance":"test","merchant":"M","#))
            #expect(
                pageText.contains(#""disputes":[{"dispute":2,"#) && pageText.hasSuffix(#""next":2}"#),
                "\(pageText)")
            #expect(pageText.contains(#""state":"rejected""#) && !pageText.contains("ana-of"))
            let last = try await read(url, "/v1/disputes?before=2", estate.token(of: "M"))
            let lastText = String(decoding: last.body, as: UTF8.self)
            #expect(lastText.contains(#""disputes":[{"dispute":1,"#) && lastText.hasSuffix(#""next":null}"#))
            for path in ["3", "0", "01", "-1", "x", "9223372036854775807", "99999999999999999999"] {
                let reply = try await read(url, "/v1/disputes/\(path)", estate.token(of: "M"))
                #expect(reply.status == 404 && reply.code == "not_found", "\(path)")
            }
            // It counts its own.
            let theirs = try await read(url, "/v1/disputes/1", estate.token(of: "N"))
            #expect(String(decoding: theirs.body, as: UTF8.self).contains(#""record":"N-1-0""#))
            #expect(try await read(url, "/v1/disputes/2", estate.token(of: "N")).status == 404)
            for query in ["before=0", "before=x", "limit=0", "limit=1001"] {
                let reply = try await read(url, "/v1/disputes?\(query)", estate.token(of: "M"))
                #expect(reply.status == 400 && reply.code == "parameter_malformed", "\(query)")
            }
            let operators = estate.token(by: estate.open.master.operatorKey(version: 1))
            #expect(try await read(url, "/v1/disputes", operators).code == "token_operator_key")
        }
    }

    @Test("One that names a line is as much work as a large batch; of all else it is its bytes")
    func weight() {
        #expect(DisputeRoutes.weight(of: Array(Self.line.utf8)) == BatchWorkers.heavyBytes)
        for text in [Self.record, "", "{", #"{\#(Self.head),"reference":"C-1","period":"2026-01","line":1}"#]
        {
            #expect(DisputeRoutes.weight(of: Array(text.utf8)) == text.utf8.count)
        }
    }

    @Test(
        "What is damaged of one merchant's is unavailable to it, and the daemon stays ready",
        arguments: [
            "UPDATE statements SET document = CAST('{}' AS BLOB)", "UPDATE disputes SET owner = 'cem'",
        ])
    func damaged(sql: String) async throws {
        let estate = try ReadingTests.estate()
        try await withDaemon(estate) { url, _ in
            #expect(try await post(url, Self.record, by: estate.merchantKey).status == 201)
            try tamper(with: estate.open.folder.databasePath, sql)
            // The one is looked up, the other is a copy.
            let text = sql.contains("statements") ? Self.line : Self.record
            let reply = try await post(url, text, by: estate.merchantKey)
            #expect(reply.status == 503 && reply.code == "unavailable", "\(reply.status)")
            #expect(try await ask(url, request("GET /readyz")).status == 200)
            let foreign = Self.record.replacing("B-1-0", with: "N-1-0")
            #expect(try await post(url, foreign, by: estate.key(of: "N")).status == 201)
        }
    }

    @Test("A daemon that cannot store says that it cannot work, and the same bytes are taken later")
    func unavailable() async throws {
        let estate = try ReadingTests.estate()
        try await withDaemon(estate) { url, _ in
            let folder = estate.open.folder
            try tamper(with: folder.databasePath, "ALTER TABLE disputes RENAME TO away")
            let reply = try await post(url, Self.line, by: estate.merchantKey)
            #expect(reply.status == 503 && reply.code == "unavailable" && reply.headers["retry-after"] != nil)
            try tamper(with: folder.databasePath, "ALTER TABLE away RENAME TO disputes")
            #expect(try await post(url, Self.line, by: estate.merchantKey).status == 201)
        }
    }
}
