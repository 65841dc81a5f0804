import Foundation
import Service
import Settlement
import Signing
import Store
import Testing

/// What holds when terms change, or a period is closed before its time, while records still come in.
@Suite("Between two closes")
struct BetweenClosesTests {
    private static let terms = """
          - {from: 2026-01-01, funding: issue, issue_price: '0.01', redeem_price: '0.01', redeem_fee: '0.5'}
        """
    private static let newTerms = """
          - from: 2026-02-01
            funding: issue
            issue_price: '0.03'
            redeem_price: '0.02'
            redeem_fee: '0.1'
            vat: '0.2'
            period_fee: 7
        """
    private static let alliance =
        Estate.head + """
            - id: M
              name: Merchant M
              terms:

            """ + terms + "\n"

    private func send(
        _ estate: Estate, _ sequence: Int64, received: String,
        _ records: [(String, RecordType, Int64, String)]
    ) throws -> Receipt {
        let records = records.map { id, type, points, at in
            Record(
                id: RecordID(verified: id), type: type, member: MemberID(verified: "x"),
                points: Points(points), at: instant(at))
        }
        let header = BatchHeader(
            merchant: MerchantID(verified: "M"), batch: BatchID(verified: "B-\(sequence)"),
            sequence: sequence, for: records, strict: false)
        let bytes = BatchWriter.bytes(header, records, form: .ndjson)
        guard case .stored(_, let receipt) = try estate.take(bytes, received: instant(received)) else {
            throw OutputTrouble(text: "batch \(sequence) is a copy")
        }
        #expect(receipt.refused.isEmpty, "\(receipt.refused)")
        return receipt
    }

    private func close(_ estate: Estate, _ ordinal: Int, at: String, forced: Bool = false) throws -> Closed {
        let closed = try PeriodCloser(store: estate.open.store, signer: estate.open.signer)
            .close(ordinal, at: instant(at), forced: forced)
        var details: [UInt8] = []
        try estate.open.store.details(of: MerchantID(verified: "M"), period: ordinal) { details += $0 }
        return Closed(
            statement: try JSONDecoder().decode(
                PublishedStatement.self, from: Data(try #require(closed.statements.first).document.bytes)),
            details: String(decoding: details, as: UTF8.self).split(separator: "\n").dropFirst()
                .map(DetailsRow.init))
    }

    private struct Closed {
        let statement: PublishedStatement
        let details: [DetailsRow]

        var lines: [String] {
            statement.lines.map { line in
                let cells = [
                    line.kind, line.counterparty, line.price, line.rate, line.points.map(String.init),
                ]
                return cells.map { $0 ?? "-" }.joined(separator: " ") + " \(line.amount)"
            }
        }

        /// The effective times of the rows of a record.
        func effective(_ id: String) -> Set<String> {
            Set(details.filter { $0["id"] == id }.map { $0["effective"] })
        }
    }

    @Test("A late record has the price, the fee and the terms of its own day, whatever holds now")
    func lateUnderOldTerms() throws {
        let estate = try Estate(alliance: Self.alliance)
        _ = try send(estate, 1, received: "2026-01-20T00:00:00Z", [("a", .earn, 100, "2026-01-10T00:00:00Z")])
        let january = try close(estate, 0, at: "2026-02-02T00:00:00Z")
        #expect(january.lines == ["issue - 0.01 - 100 -100"])
        let changed = try AllianceFile.parse(text: Self.alliance + Self.newTerms + "\n", fileName: "a")
        let update = try AllianceUpdate(
            changed, in: estate.open, dryRun: false, now: instant("2026-02-02T01:00:00Z"))
        #expect(update.isApplied && update.refusals.isEmpty, "\(update.refusals)")
        let receipt = try send(
            estate, 2, received: "2026-02-03T00:00:00Z",
            [
                ("b", .earn, 30, "2026-01-31T23:59:59.999Z"), ("c", .redeem, 50, "2026-01-15T00:00:00Z"),
                ("d", .earn, 10, "2026-02-01T00:00:00Z"), ("e", .redeem, 40, "2026-02-02T00:00:00Z"),
            ])
        #expect(receipt.periods.map(\.records) == [4])
        let february = try close(estate, 1, at: "2026-03-02T00:00:00Z")
        // Fees: 50 x 0.5 and 80 x 0.1; and 7 for the month; VAT: 40 x 0.2, as in force at its end.
        #expect(
            february.lines == [
                "issue - 0.01 - 30 -30", "issue - 0.03 - 10 -30", "redemption_payout M 0.01 0.5 50 50",
                "redemption_payout M 0.02 0.1 40 80", "redeem_fee - - 0.1 - -8", "redeem_fee - - 0.5 - -25",
                "period_fee - - - - -7", "vat - - 0.2 - -8",
            ])
        #expect(february.statement.records.late == 2)
        let terms = february.details.filter { !$0.isRecord }.map { "\($0["id"]) \($0["terms"])" }
        #expect(terms == ["c 2026-01-01", "b 2026-01-01", "d 2026-02-01", "e 2026-02-01"])
        #expect(february.effective("b") == ["2026-02-01T00:00:00.000+00:00"])
        #expect(february.effective("c") == ["2026-02-01T00:00:00.000+00:00"])
    }

    @Test("After a forced close, what is dated in the rest of that period is late in the next")
    func forcedClose() throws {
        let estate = try Estate(alliance: Self.alliance)
        let first = try send(
            estate, 1, received: "2026-01-20T00:00:00Z", [("a", .earn, 100, "2026-01-10T00:00:00Z")])
        #expect(first.periods.map { "\($0.period) \($0.records)" } == ["2026-01 1"])
        #expect(throws: CloseRefusal.self) { try close(estate, 0, at: "2026-01-20T12:00:00Z") }
        let january = try close(estate, 0, at: "2026-01-20T12:00:00Z", forced: true)
        #expect(january.statement.records.settled == 1 && january.statement.records.late == 0)
        let second = try send(
            estate, 2, received: "2026-01-26T00:00:00Z",
            [("b", .earn, 5, "2026-01-25T00:00:00Z"), ("c", .redeem, 60, "2026-01-25T00:00:00Z")])
        #expect(second.periods.map { "\($0.period) \($0.records)" } == ["2026-02 2"])
        #expect(throws: CloseRefusal.self) { try close(estate, 1, at: "2026-03-01T23:59:59.999Z") }
        let february = try close(estate, 1, at: "2026-03-02T00:00:00Z")
        #expect(february.statement.records.settled == 2 && february.statement.records.late == 2)
        #expect(february.effective("b") == ["2026-02-01T00:00:00.000+00:00"])
        #expect(february.effective("c") == ["2026-02-01T00:00:00.000+00:00"])
        #expect(february.statement.points.closing == 45)
    }
}
