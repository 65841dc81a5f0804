import Foundation
import Service
import Settlement
import Signing
import Store
import Testing

@Suite("A look before the close")
struct ClosePreviewTests {
    /// M issues points that it pays for when they are spent, with a limit; N pays when it issues; O is suspended, P
    /// has left, Q begins in July.
    static let alliance =
        Estate.head + """
            - id: M
              name: Merchant M
              exposure_limit: 1000
              terms:
              - {from: 2026-01-01, funding: redemption, issue_price: '0.01', redeem_price: '0.01', period_fee: 100}
            - id: N
              name: Merchant N
              terms:
              - {from: 2026-01-01, funding: issue, issue_price: '0.01', redeem_price: '0.01'}
            - id: O
              name: Merchant O
              status: suspended
              terms:
              - {from: 2026-01-01, funding: issue, issue_price: '0.01', redeem_price: '0.01'}
            - id: P
              name: Merchant P
              status: left
              terms:
              - {from: 2026-01-01, funding: issue, issue_price: '0.01', redeem_price: '0.01'}
            - id: Q
              name: Merchant Q
              terms:
              - {from: 2026-07-01, funding: issue, issue_price: '0.01', redeem_price: '0.01'}

            """

    /// Hands in a batch of earns in the middle of a month, 1 to 12 of 2026.
    @discardableResult
    static func send(
        _ estate: Estate, _ merchant: String = "M", month: Int, sequence: Int64, points: [Int64],
        type: RecordType = .earn
    ) throws -> Receipt? {
        let day = "2026-" + (month < 10 ? "0" : "") + "\(month)-15T"
        let records = points.enumerated().map { place, points in
            Record(
                id: RecordID(verified: "\(merchant)-\(sequence)-\(place)"), type: type,
                member: MemberID(verified: "ana"), points: Points(points), at: instant(day + "10:00:00Z"))
        }
        let header = BatchHeader(
            merchant: MerchantID(verified: merchant), batch: BatchID(verified: "B-\(sequence)"),
            sequence: sequence, for: records)
        let bytes = BatchWriter.bytes(header, records, form: .ndjson)
        let answer = try estate.intake.take(
            bytes, form: .ndjson, signature: estate.key(of: merchant).sign(bytes),
            received: instant(day + "12:00:00Z"))
        guard case .stored(_, let receipt) = answer else { return nil }
        return receipt
    }

    static func close(_ estate: Estate, _ ordinal: Int) throws {
        try PeriodCloser(store: estate.open.store, signer: estate.open.signer)
            .close(ordinal, at: instant("2027-01-20T00:00:00Z"))
    }

    private func preview(
        _ estate: Estate, at now: String = "2026-01-20T00:00:00Z", factor: UnusualFactor = .standard
    ) throws -> [String: Any] {
        let closer = PeriodCloser(store: estate.open.store, signer: estate.open.signer)
        return try members(try ClosePreview(closer, at: instant(now), factor: factor).json)
    }

    private func warnings(_ preview: [String: Any]) throws -> [[String: NSObject]] {
        try #require(preview["warnings"] as? [[String: NSObject]])
    }

    @Test("It shows each statement's balance and its change, before the period is over, and writes nothing")
    func statements() throws {
        let estate = try Estate(alliance: Self.alliance)
        try Self.send(estate, "N", month: 1, sequence: 1, points: [4_000])
        try Self.close(estate, 0)
        try Self.send(estate, "N", month: 2, sequence: 2, points: [1_000])
        let preview = try preview(estate, at: "2026-02-16T00:00:00Z")
        #expect(
            preview["period"] as? String == "2026-02" && preview["format"] as? String == "settled-preview/1")
        #expect(preview["closes_from"] as? String == "2026-03-02T00:00:00.000Z")
        let rows = try #require(preview["statements"] as? [[String: NSObject]])
        #expect(rows.map { $0["merchant"] as? String } == ["M", "N", "O"])
        #expect(
            rows[1] == [
                "merchant": "N" as NSString, "opening": -4_000 as NSNumber, "activity": -1_000 as NSNumber,
                "payments": 0 as NSNumber, "closing": -5_000 as NSNumber, "change": 3_000 as NSNumber,
            ])
        #expect((preview["closing"] as? [String: Any])?["format"] as? String == "settled-closing/1")
        #expect(try estate.open.store.earliestOpen() == 1)
        let closer = PeriodCloser(store: estate.open.store, signer: estate.open.signer)
        let closed = try closer.close(1, at: instant("2026-03-02T00:00:00Z"))
        let bytes = try ClosePreview(
            PeriodCloser(store: estate.open.store, signer: estate.open.signer),
            at: instant("2026-03-16T00:00:00Z")
        ).json
        #expect(bytes.count > closed.closing.bytes.count)
    }

    @Test(
        "Who has not reported is warned of: no record of the period or later, and no word that there is none")
    func silent() throws {
        func silent(_ estate: Estate) throws -> [String?] {
            try warnings(preview(estate)).filter { $0["code"] as? String == "not_reported" }
                .map { $0["merchant"] as? String }
        }
        let estate = try Estate(alliance: Self.alliance)
        #expect(try silent(estate) == ["M", "N"])
        try Self.send(estate, "N", month: 1, sequence: 1, points: [1])
        #expect(try silent(estate) == ["M"])
        try Self.send(estate, "M", month: 1, sequence: 1, points: [])
        #expect(try silent(estate) == [])
        try Self.close(estate, 0)
        #expect(try silent(estate) == ["M", "N"])
        // What is of a later period only tells that this one is over.
        try Self.send(estate, "N", month: 3, sequence: 2, points: [1])
        #expect(try silent(estate) == ["M"])
    }

    @Test(
        "That there is nothing to report counts for the period in whose close it comes, and not for the next one"
    )
    func quiet() throws {
        func silent(_ estate: Estate) throws -> [String?] {
            try warnings(preview(estate, at: "2026-02-20T00:00:00Z"))
                .filter { $0["code"] as? String == "not_reported" }.map { $0["merchant"] as? String }
        }
        let estate = try Estate(alliance: Self.alliance)
        // In February, within the grace of January.
        func nothing(_ merchant: String, _ sequence: Int64, _ received: String) throws {
            let bytes = Estate.batch("B-\(sequence)", sequence: sequence, records: 0, merchant: merchant)
            _ = try estate.intake.take(
                bytes, form: .ndjson, signature: estate.key(of: merchant).sign(bytes),
                received: instant(received))
        }
        try nothing("M", 1, "2026-02-01T10:00:00Z")
        try nothing("N", 1, "2026-02-01T11:00:00Z")
        #expect(try silent(estate) == [])
        try Self.close(estate, 0)
        #expect(try silent(estate) == ["M", "N"])
        try nothing("N", 2, "2026-02-01T11:00:00Z")
        #expect(try silent(estate) == ["M"])
    }

    @Test("Missing batches, records that would stay pending and activity that is unusual are warned of")
    func findings() throws {
        let estate = try Estate(alliance: Self.alliance)
        for month in 1...3 {
            try Self.send(estate, "N", month: month, sequence: Int64(month), points: [1_000])
            try Self.send(estate, "M", month: month, sequence: Int64(month), points: [])
            try Self.close(estate, month - 1)
        }
        try Self.send(estate, "N", month: 4, sequence: 8, points: [4_000])
        try Self.send(estate, "M", month: 4, sequence: 4, points: [90_000], type: .redeem)
        let found = try warnings(preview(estate, at: "2026-04-20T00:00:00Z"))
        #expect(
            found == [
                [
                    "code": "missing_sequences" as NSString, "merchant": "N" as NSString,
                    "signer": "merchant" as NSString, "first": 4 as NSNumber, "last": 7 as NSNumber,
                ],
                [
                    "code": "unusual_activity" as NSString, "merchant": "N" as NSString,
                    "activity": -4_000 as NSNumber, "average": 1_000 as NSNumber, "periods": 3 as NSNumber,
                ],
                [
                    "code": "pending_records" as NSString, "merchant": "M" as NSString,
                    "records": 1 as NSNumber,
                ],
            ])
        let four = try #require(UnusualFactor(setting: "4"))
        #expect(try warnings(preview(estate, at: "2026-04-20T00:00:00Z", factor: four)).count == 2)
        #expect(
            try warnings(preview(estate, at: "2026-04-20T00:00:00Z", factor: UnusualFactor(setting: "0")!))
                .count == 2)
    }

    @Test("Beyond its limit a merchant is warned of before the close, and by its receipts from the close on")
    func exposure() throws {
        let estate = try Estate(alliance: Self.alliance)
        // 100 a period as a fee, and points at 1 each: 900 are within the limit of 1,000, 901 beyond.
        let first = try Self.send(estate, month: 1, sequence: 1, points: [900])
        #expect(first?.warnings == [])
        #expect(try !warnings(preview(estate)).contains { $0["code"] as? String == "exposure_limit" })
        try Self.send(estate, month: 1, sequence: 2, points: [1])
        let found = try warnings(preview(estate)).filter { $0["code"] as? String == "exposure_limit" }
        #expect(
            found == [
                [
                    "code": "exposure_limit" as NSString, "merchant": "M" as NSString,
                    "exposure": 1_001 as NSNumber, "limit": 1_000 as NSNumber,
                ]
            ])
        #expect(try Self.send(estate, month: 1, sequence: 3, points: [])?.warnings == [])
        try Self.close(estate, 0)
        #expect(
            try Self.send(estate, month: 2, sequence: 5, points: [])?.warnings == [
                "exposure_limit", "sequence_gap",
            ])
        #expect(try Self.send(estate, "N", month: 2, sequence: 1, points: [])?.warnings == [])
        // The limit as it is when the batch comes.
        let raised = try AllianceFile.parse(
            text: Self.alliance.replacing("exposure_limit: 1000", with: "exposure_limit: 1001"),
            fileName: "a.yaml")
        let store = estate.open.store
        _ = try store.apply(raised, zone: try store.schedule().zone, at: instant("2026-02-16T00:00:00Z"))
        #expect(try Self.send(estate, month: 2, sequence: 6, points: [])?.warnings == [])
        try Self.close(estate, 1)
        // Another fee on top of it.
        #expect(try Self.send(estate, month: 3, sequence: 7, points: [])?.warnings == ["exposure_limit"])
        try estate.open.store.shut()
        let report = try Rederivation(
            .init(
                data: estate.open.folder.path, secret: nil, jwks: nil, from: nil, through: nil, scratch: nil)
        ).run()
        #expect(report.isGood, "\(report.lines)")
    }

    @Test(
        "Of many that have not reported a person sees one row and one list, a program each",
        arguments: [5, 6, 150])
    func manySilent(count: Int) throws {
        let ids = (1...count).map { "shop-\(1_000 + $0)" }
        let merchants = ids.map { id in
            """
            - id: \(id)
              name: Merchant \(id)
              terms:
              - {from: 2026-01-01, funding: issue, issue_price: '0.01', redeem_price: '0.01'}

            """
        }
        let estate = try Estate(alliance: Estate.head + merchants.joined())
        let closer = PeriodCloser(store: estate.open.store, signer: estate.open.signer)
        let preview = try ClosePreview(closer, at: instant("2026-01-20T00:00:00Z"))
        let text = preview.text(.english)
        let warned = text.components(separatedBy: "\nStatements\n")[0]
        let lines = warned.components(separatedBy: "\n")
        let rows = lines.count { $0.contains("has not reported") }
        #expect(rows == (count == 5 ? 5 : 0), "\(text)")
        #expect(lines.contains("  \(count) merchants  have not reported, as listed below") == (count > 5))
        #expect(lines.contains("Have not reported") == (count > 5))
        #expect(ids.allSatisfy { warned.components(separatedBy: $0).count == 2 })
        let list = lines.drop { $0 != "Have not reported" }
        #expect(list.joined().contains("shop-1001, shop-1002") == (count > 5))
        #expect(list.allSatisfy { $0.count <= 100 })
        #expect(try warnings(members(preview.json)).map { $0["merchant"] as? String } == ids)
        #expect(preview.text(.chinese).contains("\(count)家商户") == (count > 5))
    }

    @Test(
        "For a person the warnings come first, in either language", arguments: [Language.english, .chinese])
    func text(language: Language) throws {
        let estate = try Estate(alliance: Self.alliance)
        for month in 1...3 {
            try Self.send(estate, "N", month: month, sequence: Int64(month), points: [1_000])
            try Self.close(estate, month - 1)
        }
        try Self.send(estate, "N", month: 4, sequence: 8, points: [4_000])
        try Self.send(estate, "M", month: 4, sequence: 1, points: [80_000])
        try Self.send(estate, "M", month: 4, sequence: 2, points: [90_000], type: .redeem)
        let closer = PeriodCloser(store: estate.open.store, signer: estate.open.signer)
        let text = try ClosePreview(closer, at: instant("2026-04-20T00:00:00Z")).text(language)
        let expected = [
            language == .english ? "Warnings" : "警告", "-40.00",
            language == .english ? "3 periods had 10.00 on average" : "前3期平均（不计方向）：10.00", "4 … 7", "1",
            "804.00", "10.00",
            "2026-05-02 00:00:00 +00:00",
        ]
        for word in expected { #expect(text.contains(word), "\(word)\n\(text)") }
        let nothing = language == .english ? "nothing was written" : "未写入任何内容"
        #expect(text.contains(nothing))
        let rows = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(rows.contains(["N", "-30.00", "-40.00", "0.00", "-70.00", "-30.00"]), "\(text)")
    }
}
