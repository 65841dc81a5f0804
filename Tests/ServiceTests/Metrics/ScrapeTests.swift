import Foundation
import GRDB
import Settlement
import Signing
import Testing

@testable import Service
@testable import Store

@Suite("Metrics", .timeLimit(.minutes(5)))
struct ScrapeTests {
    @Test("What comes in is counted by what becomes of it, dry runs not")
    func intake() async throws {
        let estate = try Estate()
        try await withMetrics(estate) { url, metrics in
            let before = try await scrape(metrics)
            #expect(before[#"settled_batches_total{outcome="stored"}"#] == 0)
            #expect(before["settled_receipt_seconds_count"] == 0)
            // One record is too young for the instant of receipt, one comes twice.
            let batch = Estate.batch("B-1", records: 3)
            let late = Estate.batch("B-2", sequence: 2, records: 1, at: "2026-02-20T00:00:00Z")
            let dry = upload(batch, signature: estate.merchantKey.sign(batch))
            let line = Array("POST /v1/batches?dry_run=true".utf8)
            _ = try await ask(url, line + dry.dropFirst("POST /v1/batches".utf8.count))
            for bytes in [batch, batch, late] {
                _ = try await ask(url, upload(bytes, signature: estate.merchantKey.sign(bytes)))
            }
            _ = try await ask(url, upload(batch, signature: nil))
            let other = Estate.batch("B-3", sequence: 1)
            _ = try await ask(url, upload(other, signature: estate.merchantKey.sign(other)))
            let after = try await scrape(metrics)
            #expect(after[#"settled_batches_total{outcome="stored"}"#] == 2)
            #expect(after[#"settled_batches_total{outcome="copy"}"#] == 1)
            #expect(after[#"settled_batches_total{outcome="refused"}"#] == 2)
            #expect(after[#"settled_batches_total{outcome="failed"}"#] == 0)
            #expect(after[#"settled_records_total{outcome="accepted"}"#] == 3)
            #expect(after[#"settled_records_total{outcome="refused"}"#] == 1)
            #expect(after["settled_batch_bytes_total"] == Double(batch.count + late.count))
            #expect(after[#"settled_batch_refusals_total{code="signature_malformed"}"#] == 1)
            #expect(after[#"settled_batch_refusals_total{code="sequence_reused"}"#] == 1)
            #expect(after.names("settled_batch_refusals_total").count == BatchRefusalCode.allCases.count)
            #expect(after["settled_receipt_seconds_count"] == 2)
            #expect(try #require(after["settled_store_commit_seconds_count"]) >= 2)
            #expect(after[#"settled_http_requests_total{class="2xx"}"#] == 4)
            #expect(after[#"settled_http_requests_total{class="4xx"}"#] == 2)
            #expect(after["settled_ready"] == 1 && after["settled_uploads"] == 0)
            #expect(try #require(after["settled_database_bytes"]) > 4096)
            #expect(try #require(after["settled_disk_free_bytes"]) > 0)
            #expect(
                after.names("settled_build_info") == [#"settled_build_info{version="\#(Program.version)"}"#])
            #expect(after["settled_certificate_expiry_timestamp_seconds"] == nil)
            #expect(after["settled_figures_read"] == 1 && after["settled_close_automatic"] == 0)
        }
    }

    @Test("Who is quiet, what is missing and who is beyond its limit is told as `settled status` has it")
    func book() async throws {
        let estate = try Estate(alliance: ClosePreviewTests.alliance)
        try ClosePreviewTests.send(estate, month: 1, sequence: 1, points: [1_000])
        try ClosePreviewTests.close(estate, 0)
        try ClosePreviewTests.send(estate, month: 2, sequence: 5, points: [])
        let now = instant("2026-03-20T00:00:00Z")
        let (store, status) = (estate.open.store, try StatusReport(estate.open.store, now: now))
        try await withMetrics(estate, reserveBytes: 7, clock: .standing(at: now)) { _, metrics in
            let scraped = try await scrape(metrics)
            #expect(status.quiet.map(\.merchant.text) == ["N"] && status.missing.count == 3)
            #expect(scraped["settled_quiet_merchants"] == 1 && scraped["settled_missing_sequences"] == 3)
            #expect(scraped.names("settled_merchant_quiet") == [#"settled_merchant_quiet{merchant="N"}"#])
            #expect(scraped[#"settled_merchant_missing_sequences{merchant="M"}"#] == 3)
            #expect(scraped["settled_exposure_warnings"] == 1)
            #expect(scraped[#"settled_merchant_exposure_warning{merchant="M"}"#] == 1)
            let from = Double(status.closesFrom.milliseconds) / 1_000
            #expect(scraped["settled_close_due_timestamp_seconds"] == from)
            #expect(scraped[#"settled_close_last_records{state="settled"}"#] == 1)
            #expect(scraped["settled_close_stuck"] == 0 && scraped["settled_disk_reserve_bytes"] == 7)
            // By hand: not this daemon's.
            #expect(scraped["settled_close_last_duration_seconds"] == nil)
            #expect(try store.lastClose()?.at == instant("2027-01-20T00:00:00Z"))
        }
    }

    @Test("Deliveries that wait and that were given up are counted")
    func deliveries() async throws {
        let alliance = Estate.alliance.replacing(
            "  name: Merchant M", with: "  name: Merchant M\n  delivery: {folder: true}", maxReplacements: 1)
        let estate = try Estate(alliance: alliance)
        for number in 1...3 { _ = try estate.take(Estate.batch("B-\(number)", sequence: Int64(number))) }
        try estate.open.store.note(
            DeliveryAttempt(1, .parked, at: instant("2026-01-20T13:00:00Z"), answer: "no"))
        try await withMetrics(estate) { _, metrics in
            let scraped = try await scrape(metrics)
            #expect(scraped["settled_deliveries_waiting"] == 2 && scraped["settled_deliveries_given_up"] == 1)
        }
    }

    @Test("A close by the daemon tells how long it took, and one that is forbidden that it is stuck")
    func closes() async throws {
        let estate = try Estate()
        _ = try estate.take(Estate.batch())
        let store = estate.open.store
        let closer = PeriodCloser(store: store, signer: estate.open.signer)
        let first = WallClock.standing(at: instant("2026-02-20T00:00:00Z"))
        try await withMetrics(estate, closing: closer, clock: first) { _, metrics in
            try await until { try store.earliestOpen() == 1 }
            try await until { try await scrape(metrics)["settled_close_last_success"] == 1 }
            let scraped = try await scrape(metrics)
            #expect(scraped[#"settled_closes_total{result="closed"}"#] == 1)
            #expect(try #require(scraped["settled_close_last_duration_seconds"]) > 0)
            #expect(scraped["settled_close_automatic"] == 1 && scraped["settled_close_stuck"] == 0)
        }
        try store.writing("tamper") { try $0.execute(sql: "UPDATE statements SET points = points + 1") }
        let second = WallClock.standing(at: instant("2026-03-20T00:00:00Z"))
        try await withMetrics(estate, closing: closer, clock: second) { _, metrics in
            try await until { try await scrape(metrics)["settled_close_last_success"] == 0 }
            let scraped = try await scrape(metrics)
            #expect(try #require(scraped[#"settled_closes_total{result="forbidden"}"#]) >= 1)
            #expect(scraped["settled_close_stuck"] == 1 && scraped["settled_ready"] == 0)
        }
    }

    @Test("A scrape waits for nobody who writes, and tells that the database cannot be read")
    func writer() async throws {
        let estate = try Estate()
        _ = try estate.take(Estate.batch())
        let path = estate.open.folder.databasePath
        try await withMetrics(estate) { _, metrics in
            var other = Configuration()
            other.allowsUnsafeTransactions = true
            let writer = try DatabaseQueue(path: path, configuration: other)
            try writer.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
            let scraped = try await scrape(metrics)
            #expect(scraped["settled_figures_read"] == 1 && scraped["settled_quiet_merchants"] == 0)
            try writer.inDatabase { try $0.execute(sql: "COMMIT") }
        }
        let store = estate.open.store
        try PeriodCloser(store: store, signer: estate.open.signer).close(
            0, at: instant("2026-02-10T00:00:00Z"))
        try store.writing("tamper") { try $0.execute(sql: "UPDATE periods SET late = late + 1") }
        try await withMetrics(estate) { _, metrics in
            let scraped = try await scrape(metrics)
            #expect(scraped["settled_figures_read"] == 0 && scraped["settled_quiet_merchants"] == nil)
            #expect(scraped[#"settled_batches_total{outcome="stored"}"#] == 0)
        }
    }

    @Test("The database is read once in a while, however many scrape")
    func cached() async throws {
        let estate = try Estate()
        let threads = ReadingThreads.atOnce
        let reading = BookReading(
            store: estate.open.store, clock: .standing(at: Estate.received), threads: threads)
        let begin = ContinuousClock.now
        #expect(await reading.figures(now: begin)?.missing.isEmpty == true)
        _ = try estate.take(Estate.batch("B-5", sequence: 5))
        #expect(await reading.figures(now: begin + .seconds(9))?.missing.isEmpty == true)
        #expect(await reading.figures(now: begin + .seconds(11))?.missing.map(\.count) == [4])
    }
}

/// As the other one, of what has to be asked for.
private func until(_ holds: () async throws -> Bool) async throws {
    while try await !holds() { try await Task.sleep(for: .milliseconds(120)) }
}
