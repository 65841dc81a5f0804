import Foundation
import GRDB
import Service
import Settlement
import Signing
import Testing

@testable import Store

@Suite("The operator's preview, over a real socket")
struct PreviewRouteTests {
    private static let path = "/v1/closings/preview"

    private func operatorToken(_ estate: Estate) -> String {
        estate.token(by: estate.open.master.operatorKey(version: 1))
    }

    @Test("The operator's key reads what the command shows")
    func taken() async throws {
        let estate = try ReadingTests.estate()
        try await withDaemon(estate) { url, _ in
            let reply = try await read(url, Self.path, operatorToken(estate))
            #expect(reply.status == 200 && reply.headers["cache-control"] == "no-store")
            let closer = PeriodCloser(store: estate.open.store, signer: estate.open.signer)
            #expect(reply.body == (try ClosePreview(closer, at: Estate.received).json))
            #expect(try members(reply.body)["period"] as? String == "2026-02")
            #expect(try estate.open.store.earliestOpen() == 1)
        }
    }

    @Test("No merchant's key reads it, whichever and however: nor any other, nor a token twice")
    func refused() async throws {
        let estate = try ReadingTests.estate()
        try await withDaemon(estate) { url, _ in
            let master = estate.open.master
            let wrong: [(String, Int, String)] = [
                (estate.token(of: "M"), 403, "token_merchant_key"),
                (estate.token(of: "N"), 403, "token_merchant_key"),
                (
                    estate.token(by: master.statementKey(owner: "operator", version: 1)), 401,
                    "token_key_unknown"
                ),
                (estate.token(by: master.operatorKey(version: 2)), 401, "token_key_unknown"),
                (estate.token(by: master.operatorKey(version: 1), alliance: "other"), 401, "token_audience"),
            ]
            for (token, status, code) in wrong {
                let reply = try await read(url, Self.path, token)
                #expect(reply.status == status && reply.code == code, "\(code)")
                #expect(!String(decoding: reply.body, as: UTF8.self).contains("settled-preview"))
            }
            let none = try await ask(url, request("GET \(Self.path)"))
            #expect(none.status == 401 && none.code == "token_missing")
            let token = operatorToken(estate)
            #expect(try await read(url, Self.path, token).status == 200)
            let again = try await read(url, Self.path, token)
            #expect(again.status == 401 && again.code == "token_replayed")
        }
    }

    @Test("A check that forbids the close is told, with its place")
    func forbidden() async throws {
        let estate = try ReadingTests.estate()
        try estate.open.store.writing("tamper") {
            try $0.execute(sql: "UPDATE statements SET points = points + 1 WHERE merchant = 1")
        }
        try await withDaemon(estate) { url, _ in
            let reply = try await read(url, Self.path, operatorToken(estate))
            #expect(reply.status == 409 && reply.code == "cannot_close")
            #expect(String(decoding: reply.body, as: UTF8.self).contains("M: "))
        }
    }
}
