import Fixtures
import Foundation
import Oracle
import Service
import Settlement
import Signing
import Store
import Testing

@Suite("A year of periods that close by themselves while simulated time goes on")
struct SimulatedYearTests {
    @Test(
        "Weekly periods with late records, silence and copies come out as settled at once, and rederive",
        .timeLimit(.minutes(10)), arguments: [1, 2] as [UInt64])
    func weekly(seed: UInt64) async throws {
        let history = WeeklyYear(seed: seed)
        let year = try SimulatedYear(
            alliance: history.alliance, records: history.records, bookings: history.bookings,
            through: history.through)
        let counts = try await year.live(copyEvery: 9, swapEvery: 5)
        #expect(counts.batches > 300 && counts.copies > 30 && counts.overtaken > 30, "\(counts)")
        #expect(counts.catchUps >= 1, "\(counts)")
        try expectClosed(year)
        let settled = try SettledHistory(
            alliance: history.alliance, records: history.records, bookings: history.bookings,
            through: history.through)
        let expected = OracleFigure.array(try history.settled().map { $0.figures(books: true) })
        #expect(OracleFigure.differences(expected: expected, found: settled.figures) == [], "seed \(seed)")
        try expectSame(year, settled)
        let records = settled.periods.flatMap(\.merchants).map(\.documents.statement.records)
        #expect(records.reduce(0) { $0 + $1.late } > 50)
        #expect(records.reduce(0) { $0 + $1.refused } > 10)
        #expect(settled.summary.refused > 0)
        try expectRederived(year, batches: counts.batches)
    }

    @Test(
        "X5's months, reported day by day, come out as settled at once, and rederive",
        .timeLimit(.minutes(10)),
        .enabled(if: SharedFolder.isWanted, Comment(rawValue: SharedFolder.absence)))
    func x5() async throws {
        func text(_ path: String) throws -> String {
            String(decoding: try SharedFolder.bytes("data/x5/" + path), as: UTF8.self)
        }
        let (alliance, records) = (try text("alliance-year.yaml"), try text("records.csv"))
        let year = try SimulatedYear(
            alliance: alliance, records: try reportedDaily(records), through: "2019-03")
        let counts = try await year.live(copyEvery: 50, swapEvery: 3)
        #expect(counts.batches > 1_000 && counts.copies > 20 && counts.overtaken > 100, "\(counts)")
        try expectClosed(year)
        try expectSame(
            year, try SettledHistory(alliance: alliance, records: records, through: "2019-03"))
        try expectRederived(year, batches: counts.batches)
    }

    /// The records with an instant of receipt: the next midnight as UTC; what was brought in, on the first day.
    private func reportedDaily(_ records: String) throws -> String {
        let lines = records.split(separator: "\n")
        let columns = lines[0].split(separator: ",")
        let place = try #require(columns.firstIndex(of: "at"))
        let day: Int64 = 86_400_000
        let rows = try lines.dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            let at = try #require(Instant(rfc3339: Array(cells[place].utf8))).milliseconds
            let received = Instant(milliseconds: (at / day + 1) * day)
            return line + "," + received.text(offsetSeconds: 0, milliseconds: false)
        }
        return ([lines[0] + ",received"] + rows).joined(separator: "\n") + "\n"
    }

    // MARK: What has to come of it

    /// Every period closed once, in order, and none before its time.
    private func expectClosed(_ year: SimulatedYear) throws {
        let closes = try year.open.store.audit(AuditFilter(act: .closed, limit: 1_000)).reversed()
        #expect(
            closes.map { $0.reason ?? "" } == (0...year.last).map { year.schedule.calendar.period($0).id })
        for (ordinal, entry) in closes.enumerated() { #expect(entry.at >= year.due(ordinal)) }
        #expect(try year.open.store.failedClose() == nil)
    }

    /// Statements, details and closings are those of the history settled at once, but for what hangs on the cutting
    /// into batches.
    private func expectSame(_ year: SimulatedYear, _ settled: SettledHistory) throws {
        let store = year.open.store
        #expect(settled.periods.count == year.last + 1)
        for (ordinal, period) in settled.periods.enumerated() {
            let closing = try #require(try store.closing(of: ordinal))
            let place = period.closing.period.id
            #expect(withoutArrival(closing.document.bytes) == withoutArrival(period.bytes), "\(place)")
            let statements = try store.statements(period: ordinal)
            #expect(statements.map(\.merchant.text) == period.merchants.map(\.name), "\(place)")
            for (statement, merchant) in zip(statements, period.merchants) {
                let place = "\(place) \(merchant.name)"
                #expect(
                    withoutArrival(statement.document.bytes) == withoutArrival(merchant.documents.bytes),
                    "\(place)")
                var details: [UInt8] = []
                try store.details(of: statement.merchant, period: ordinal) { details += $0 }
                #expect(details == merchant.documents.detailsBytes, "\(place)")
            }
        }
    }

    private func expectRederived(_ year: SimulatedYear, batches: Int) throws {
        let report = try Rederivation(
            .init(
                data: year.open.folder.path, secret: year.open.folder.secretPath, jwks: nil, from: nil,
                through: nil, scratch: nil)
        ).run()
        #expect(report.isGood, "\(report.lines)")
        #expect(report.periods.count == year.last + 1)
        #expect(report.batches == batches && report.signatures == batches, "\(report.lines)")
    }
}
