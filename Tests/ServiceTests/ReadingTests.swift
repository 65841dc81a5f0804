import Foundation
import Service
import Settlement
import Signing
import Store
import Testing

@Suite("What merchants read, over a real socket")
struct ReadingTests {
    /// M and N have a batch each in January, which is closed; M has another one in the open February.
    static func estate() throws -> Estate {
        let estate = try Estate()
        _ = try estate.take(Estate.batch("B-1", records: 3))
        _ = try estate.take(Estate.batch("B-4", sequence: 4, at: "2026-01-12T10:00:00Z"))
        let other = Estate.batch("N-1", merchant: "N")
        _ = try estate.intake.take(
            other, form: .ndjson, signature: estate.key(of: "N").sign(other), received: Estate.received)
        try PeriodCloser(store: estate.open.store, signer: estate.open.signer)
            .close(0, at: Estate.received, forced: true)
        _ = try estate.take(Estate.batch("B-5", sequence: 5))
        return estate
    }

    static let paths = [
        "/v1/batches", "/v1/batches/missing", "/v1/batches/B-1", "/v1/statements",
        "/v1/statements/2026-01/STATEMENT.json", "/v1/statements/2026-01/STATEMENT.json.jws",
        "/v1/statements/2026-01/STATEMENT.json.seal", "/v1/statements/2026-01/DETAILS.csv", "/v1/terms",
        "/v1/points", "/v1/statements/2026-01/explain?line=1",
    ]

    @Test("Each path wants a token of its own, and says so", arguments: paths)
    func tokens(path: String) async throws {
        let estate = try Self.estate()
        try await withDaemon(estate) { url, _ in
            let none = try await ask(url, request("GET \(path)"))
            #expect(none.status == 401 && none.code == "token_missing")
            #expect(none.headers["www-authenticate"] == "Bearer")
            #expect(none.headers["content-type"] == "application/problem+json")
            let token = estate.token(of: "M")
            #expect(try await read(url, path, token).status == 200)
            let again = try await read(url, path, token)
            #expect(again.status == 401 && again.code == "token_replayed")
            let basic = try await ask(url, request("GET \(path)", headers: [("Authorization", "Basic TTpN")]))
            #expect(basic.code == "token_missing")
        }
    }

    @Test("A token that many requests bring at once is answered once")
    func atOnce() async throws {
        let estate = try Self.estate()
        try await withDaemon(estate) { url, _ in
            for path in ["/v1/batches", "/v1/statements/2026-01/DETAILS.csv"] {
                let token = estate.token(of: "M")
                let replies = try await withThrowingTaskGroup(of: Reply.self) { tasks in
                    for _ in 0..<8 { tasks.addTask { try await read(url, path, token) } }
                    return try await tasks.reduce(into: [Reply]()) { $0.append($1) }
                }
                #expect(replies.count(where: { $0.status == 200 }) == 1, "\(path)")
                #expect(replies.allSatisfy { [200, 401, 429].contains($0.status) })
            }
        }
    }

    @Test("Where the disk's reserve begins, long answers are to be asked for again, with the same token")
    func reserve() async throws {
        let estate = try Self.estate()
        let (token, path) = (estate.token(of: "M"), "/v1/statements/2026-01/DETAILS.csv")
        try await withDaemon(estate, reserveBytes: DiskReserve.bounds.upperBound) { url, _ in
            #expect(try await read(url, "/v1/batches", estate.token(of: "M")).status == 200)
            for _ in 0..<2 {
                let reply = try await read(url, path, token)
                #expect(reply.status == 503 && reply.code == "busy" && reply.headers["retry-after"] != nil)
            }
        }
        try await withDaemon(estate) { url, _ in
            let (first, second) = (try await read(url, path, token), try await read(url, path, token))
            #expect(first.status == 200)
            #expect(second.code == "token_replayed")
        }
    }

    @Test("HEAD has GET's head and no body", arguments: paths)
    func heads(path: String) async throws {
        let estate = try Self.estate()
        try await withDaemon(estate) { url, _ in
            let connection = try await Connection(url)
            try await connection.send(
                request(
                    "HEAD \(path)",
                    headers: [("Authorization", "Bearer \(estate.token(of: "M"))"), ("Connection", "close")]))
            let text = String(decoding: try await connection.everything(), as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 200 ") && text.hasSuffix("\r\n\r\n"))
            #expect(text.components(separatedBy: "\r\n\r\n").count == 2)
        }
    }

    @Test("A merchant sees its own side only, whatever it asks for", arguments: paths)
    func ownSide(path: String) async throws {
        let estate = try Self.estate()
        try await withDaemon(estate) { url, _ in
            let own = try await read(url, path, estate.token(of: "M"))
            let other = try await read(url, path, estate.token(of: "N"))
            #expect(own.status == 200)
            #expect(own.body != other.body)
            let text = String(decoding: other.body, as: UTF8.self)
            for trace in ["B-1", "B-4", "\"M\"", "Merchant M"] { #expect(!text.contains(trace), "\(trace)") }
            if path == "/v1/batches/B-1" { #expect(other.status == 404 && other.code == "not_found") }
        }
    }

    @Test("An operator's key, a statement key and another alliance's token read nothing")
    func otherKeys() async throws {
        let estate = try Self.estate()
        try await withDaemon(estate) { url, _ in
            let master = estate.open.master
            let wrong: [(String, Int, String)] = [
                (estate.token(by: master.operatorKey(version: 1)), 403, "token_operator_key"),
                (estate.token(by: master.statementKey(owner: "M", version: 1)), 401, "token_key_unknown"),
                (estate.token(by: estate.merchantKey, alliance: "other"), 401, "token_audience"),
                (
                    estate.token(by: estate.merchantKey, now: instant("2026-01-20T11:00:00Z")), 401,
                    "token_expired"
                ),
            ]
            for (token, status, code) in wrong {
                let reply = try await read(url, "/v1/batches", token)
                #expect(reply.status == status && reply.code == code, "\(code)")
            }
        }
    }

    @Test("A token that names another merchant, or another's key, reads neither's side")
    func otherMerchants() async throws {
        let estate = try Self.estate()
        try await withDaemon(estate) { url, _ in
            let issued = Estate.received.milliseconds / 1000
            func claims(_ member: String) -> [UInt8] {
                let times = #""iat":\#(issued),"exp":\#(issued + 60)"#
                return Array(#"{"aud":"test",\#(times),"jti":"j\#(member.utf8.count)",\#(member)}"#.utf8)
            }
            for member in [#""sub":"N""#, #""iss":"N" "#] {
                let token = estate.merchantKey.token(claims: claims(member))
                let reply = try await read(url, "/v1/batches", token)
                #expect(reply.status == 401 && reply.code == "token_subject", "\(member)")
            }
            // The head of a token of N's, the claims and the signature of M's.
            let (own, other) = (estate.token(of: "M"), estate.token(of: "N"))
            let mixed = other.prefix { $0 != "." } + own.drop { $0 != "." }
            let reply = try await read(url, "/v1/batches", String(mixed))
            #expect(reply.status == 401 && reply.code == "token_invalid")
            let good = estate.merchantKey.token(claims: claims(#" "sub":"M" "#))
            #expect(try await read(url, "/v1/batches", good).status == 200)
        }
    }

    @Test("Batches are listed by pages, the last received first, with how they stand")
    func batches() async throws {
        let estate = try Self.estate()
        try await withDaemon(estate) { url, _ in
            func page(_ query: String) async throws -> (ids: [String], states: [String], next: String?) {
                let reply = try await read(url, "/v1/batches" + query, estate.token(of: "M"))
                #expect(reply.status == 200)
                let json = try members(reply.body)
                let batches = try #require(json["batches"] as? [[String: Any]])
                return (
                    batches.compactMap { $0["batch"] as? String },
                    batches.compactMap { $0["state"] as? String }, json["next"] as? String
                )
            }
            let all = try await page("")
            #expect(all.ids == ["B-5", "B-4", "B-1"] && all.states == ["open", "closed", "closed"])
            #expect(all.next == nil)
            let first = try await page("?limit=2")
            #expect(first.ids == ["B-5", "B-4"] && first.next == "B-4")
            let second = try await page("?limit=2&before=B-4")
            #expect(second.ids == ["B-1"] && second.next == nil)
        }
    }

    @Test(
        "Parameters that say nothing are refused by name",
        arguments: [
            ("limit=0", "limit"), ("limit=1001", "limit"), ("limit=x", "limit"), ("limit=", "limit"),
            ("limit=+5", "limit"), ("limit=99999999999999999999", "limit"), ("before=", "before"),
            ("before=a%20b", "before"), ("before=N-1", "before"), ("before=nowhere", "before"),
        ])
    func parameters(query: String, field: String) async throws {
        let estate = try Self.estate()
        try await withDaemon(estate) { url, _ in
            let reply = try await read(url, "/v1/batches?" + query, estate.token(of: "M"))
            #expect(reply.status == 400 && reply.code == "parameter_malformed")
            #expect(try members(reply.body)["field"] as? String == field)
        }
    }

    @Test("A batch's receipt is read as the upload was answered, whatever the id looks like")
    func receipt() async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            for (number, id) in ["2026/01?#%", "..", "missing"].enumerated() {
                let bytes = Estate.batch(id, sequence: Int64(number + 1))
                let given = try await ask(url, upload(bytes, signature: estate.merchantKey.sign(bytes)))
                #expect(given.status == 201)
                let escaped = id.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                let found = try await read(url, "/v1/batches/" + escaped, estate.token(of: "M"))
                #expect(found.status == 200 && found.body == given.body, "\(id)")
                for name in ["settled-signature", "settled-seal", "content-type"] {
                    #expect(found.headers[name] == given.headers[name] && found.headers[name] != nil)
                }
                #expect(found.headers["settled-state"] == "open")
            }
        }
    }

    @Test("Sequence numbers that were passed over are listed until they come")
    func missing() async throws {
        let estate = try Self.estate()
        try await withDaemon(estate) { url, _ in
            func sequences() async throws -> [Int] {
                let json = try members(
                    try await read(url, "/v1/batches/missing", estate.token(of: "M")).body)
                return (json["missing_sequences"] as? [[String: Any]] ?? []).compactMap {
                    $0["sequence"] as? Int
                }
            }
            #expect(try await sequences() == [2, 3])
            _ = try estate.take(Estate.batch("B-2", sequence: 2))
            #expect(try await sequences() == [3])
        }
    }

    @Test("Terms are the merchant's, and points those open at the last closing")
    func termsAndPoints() async throws {
        let estate = try Self.estate()
        try await withDaemon(estate) { url, _ in
            let terms = try members(try await read(url, "/v1/terms", estate.token(of: "M")).body)
            #expect((terms["merchant"] as? [String: Any])?["id"] as? String == "M")
            let points = try members(try await read(url, "/v1/points", estate.token(of: "M")).body)
            #expect(points["period"] as? String == "2026-01" && points["points"] as? Int == 500)
            let open = try #require(points["open"] as? [[String: Any]])
            #expect(open.count == 1 && open[0]["points"] as? Int == 500 && open[0]["value"] as? Int == 500)
            #expect(open[0]["expires"] is NSNull)
        }
        let fresh = try Estate()
        try await withDaemon(fresh) { url, _ in
            let points = try members(try await read(url, "/v1/points", fresh.token(of: "M")).body)
            #expect(points["period"] is NSNull && points["points"] as? Int == 0)
        }
    }

    @Test("The seal's keys are for anybody, and check a receipt")
    func keys() async throws {
        let estate = try Self.estate()
        try await withDaemon(estate) { url, _ in
            let reply = try await ask(url, request("GET /.well-known/jwks.json"))
            #expect(reply.status == 200 && reply.headers["content-type"] == "application/jwk-set+json")
            let keys = try JWKSet.keys(reply.body)
            let receipt = try await read(url, "/v1/batches/B-1", estate.token(of: "M"))
            let seal = try DetachedJWS(parsing: receipt.headers["settled-seal"] ?? "")
            try seal.verify(payload: receipt.body, key: try #require(keys.first))
        }
    }

    @Test("What is not there is 404, and what a path does not know is 405")
    func others() async throws {
        let estate = try Self.estate()
        try await withDaemon(estate) { url, _ in
            for path in [
                "/v1/batches/B-9", "/v1/batches/%ff", "/v1/batches/a%20b",
                "/v1/statements/2026-02/STATEMENT.json",
                "/v1/statements/1999-01/STATEMENT.json", "/v1/statements/x/STATEMENT.json",
                "/v1/statements/2026-01/CLOSING.json", "/v1/statements/2026-01/%2e%2e%2fmaster.secret",
            ] {
                let reply = try await read(url, path, estate.token(of: "M"))
                #expect(reply.status == 404 && reply.code == "not_found", "\(path)")
            }
            for path in Self.paths + ["/.well-known/jwks.json"] {
                let reply = try await ask(url, request("DELETE \(path)"))
                #expect(reply.status == 405 && reply.code == "method_not_allowed", "\(path)")
            }
        }
    }
}

/// Asks for a path with a token.
func read(
    _ url: String, _ path: String, _ token: String, headers: [(String, String)] = []
) async throws -> Reply {
    try await ask(url, request("GET \(path)", headers: [("Authorization", "Bearer \(token)")] + headers))
}

extension Estate {
    func key(of merchant: String) -> SigningKey { open.master.batchKey(merchant: merchant, version: 1) }

    /// A token for one request of this merchant.
    func token(of merchant: String) -> String { token(by: key(of: merchant)) }

    func token(by key: SigningKey, alliance: String = "test", now: Instant = received) -> String {
        AccessToken.make(alliance: AllianceID(verified: alliance), key: key, now: now)
    }
}
