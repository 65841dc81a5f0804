import Foundation
import GRDB
import Service
import Settlement
import Store
import Testing

/// What was changed behind the program's back is asked for over HTTP: it is not given out, and the daemon goes on.
@Suite("Rows that were changed and that merchants read")
struct ChangedReadingTests {
    /// January is closed, with a statement of M.
    private func estate() throws -> Estate {
        let estate = try Estate()
        _ = try estate.take(Estate.batch())
        try PeriodCloser(store: estate.open.store, signer: estate.open.signer)
            .close(0, at: Estate.received, forced: true)
        return estate
    }

    private func change(_ estate: Estate, _ sql: String) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(
            path: estate.open.folder.databasePath, configuration: configuration)
        defer { try? queue.close() }
        try queue.write { database in
            try database.execute(sql: "PRAGMA ignore_check_constraints = ON")
            try database.execute(sql: sql)
            #expect(database.changesCount > 0)
        }
    }

    @Test(
        "It is unavailable",
        arguments: [
            ("UPDATE statements SET details_digest = 'x'", "/v1/statements/2026-01/DETAILS.csv"),
            ("UPDATE statements SET digest = 'x'", "/v1/statements/2026-01/STATEMENT.json"),
            (
                "UPDATE statements SET document = CAST(document || ' ' AS BLOB)",
                "/v1/statements/2026-01/STATEMENT.json"
            ),
            ("UPDATE closings SET digest = 'x'", "/v1/points"),
            ("UPDATE statements SET period = -1", "/v1/statements"),
            ("UPDATE periods SET alliance = 9", "/v1/statements/2026-01/DETAILS.csv"),
            ("DELETE FROM periods", "/v1/statements/2026-01/DETAILS.csv"),
            ("UPDATE batch_periods SET period = 9223372036854775807", "/v1/batches"),
            ("UPDATE batches SET sequence = 9223372036854775807", "/v1/batches/missing"),
        ])
    func unavailable(sql: String, path: String) async throws {
        let estate = try estate()
        try await withDaemon(estate) { url, _ in
            #expect(try await read(url, path, estate.token(of: "M")).status == 200)
            try change(estate, sql)
            let reply = try await read(url, path, estate.token(of: "M"))
            #expect(reply.status == 503 && reply.code == "unavailable", "\(reply.status)")
            #expect(try await read(url, "/v1/terms", estate.token(of: "M")).status == 200)
        }
    }

    @Test("A merchant that went before anything was stored, and whose key is left, has no terms")
    func gone() async throws {
        let estate = try Estate()
        let only = try AllianceFile.parse(
            text: String(Estate.alliance.prefix(upTo: Estate.alliance.range(of: "- id: N")!.lowerBound)),
            fileName: "alliance.yaml")
        let store = estate.open.store
        let change = try store.apply(only, zone: try store.schedule().zone, at: Estate.founded)
        #expect(!change.isEmpty)
        try await withDaemon(estate) { url, _ in
            let reply = try await read(url, "/v1/terms", estate.token(of: "N"))
            #expect(reply.status == 404 && reply.code == "not_found", "\(reply.status)")
            #expect(try await read(url, "/v1/terms", estate.token(of: "M")).status == 200)
        }
    }
}
