import Foundation
import Service
import Settlement
import Signing
import Store
import Testing

@Suite("A statement's files over HTTP")
struct StatementFileTests {
    private static let names = [
        "STATEMENT.json", "STATEMENT.json.jws", "STATEMENT.json.seal", "DETAILS.csv",
    ]

    @Test("Each file comes byte for byte as the command writes it, with its digests", arguments: names)
    func bytes(name: String) async throws {
        let estate = try ReadingTests.estate()
        let store = estate.open.store
        let statement = try #require(try store.statement(of: MerchantID(verified: "M"), period: 0))
        let folder = estate.scratch.file("out")
        try StatementFiles(folder).write(
            statement: statement.document, of: statement.merchant, period: 0, from: store)
        let expected = Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
        try await withDaemon(estate) { url, _ in
            let path = "/v1/statements/2026-01/" + name
            let reply = try await read(url, path, estate.token(of: "M"))
            #expect(reply.status == 200 && reply.body == expected && !expected.isEmpty)
            let digest = SHA256Digest(of: expected)
            let base64 = Data(digest.bytes).base64EncodedString()
            #expect(reply.headers["etag"] == "\"\(digest.text)\"")
            #expect(reply.headers["repr-digest"] == "sha-256=:\(base64):")
            #expect(reply.headers["digest"] == "sha-256=\(base64)")
            #expect(reply.headers["content-length"] == "\(expected.count)")
        }
    }

    @Test("Who has a file already is not sent it again", arguments: names)
    func notModified(name: String) async throws {
        let estate = try ReadingTests.estate()
        try await withDaemon(estate) { url, _ in
            let path = "/v1/statements/2026-01/" + name
            let tag = try #require(try await read(url, path, estate.token(of: "M")).headers["etag"])
            for (condition, status) in [
                (tag, 304), ("W/" + tag, 304), ("\"x\" , " + tag, 304), ("*", 304), ("\"x\"", 200),
                (String(tag.dropLast()), 200), ("", 200),
            ] {
                let reply = try await read(
                    url, path, estate.token(of: "M"), headers: [("If-None-Match", condition)])
                #expect(reply.status == status, "\(condition)")
                #expect(reply.headers["etag"] == tag && reply.body.isEmpty == (status == 304))
            }
        }
    }

    @Test("The list names every statement with the digests of its files")
    func list() async throws {
        let estate = try ReadingTests.estate()
        try await withDaemon(estate) { url, _ in
            let json = try members(try await read(url, "/v1/statements", estate.token(of: "M")).body)
            let statements = try #require(json["statements"] as? [[String: Any]])
            #expect(statements.count == 1)
            let listed = try #require(statements.first)
            #expect(listed["period"] as? String == "2026-01" && listed["number"] as? Int == 1)
            let document = try await read(
                url, "/v1/statements/2026-01/STATEMENT.json", estate.token(of: "M"))
            #expect(listed["digest"] as? String == SHA256Digest(of: document.body).text)
            let details = try await read(url, "/v1/statements/2026-01/DETAILS.csv", estate.token(of: "M"))
            let said = try #require(listed["details"] as? [String: Any])
            #expect(said["digest"] as? String == SHA256Digest(of: details.body).text)
            #expect(said["rows"] as? Int == details.body.count { $0 == 0x0A } - 1)
        }
    }

    @Test("A store that cannot be read is 503 with a time to wait")
    func unavailable() async throws {
        let estate = try ReadingTests.estate()
        try await withDaemon(estate) { url, _ in
            try estate.open.store.shut()
            let reply = try await read(url, "/v1/statements/2026-01/DETAILS.csv", estate.token(of: "M"))
            #expect(reply.status == 503 && reply.code == "unavailable")
            #expect(reply.headers["retry-after"] == "10")
        }
    }
}
