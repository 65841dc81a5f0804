import Fixtures
import Foundation
import Settlement
import Signing
import Store
import Testing

@testable import Service

@Suite("Closings and reports in their forms")
struct ClosingFormsTests {
    private static let surroundings = StatementSurroundings(
        allianceName: "Test", names: ["M": "Merchant M", "N": "诺"], address: nil)

    private func closing() throws -> (ProvenDocument, ClosingDocument) {
        let estate = try StatementFormsTests.estate.get()
        let sealed = estate.open.signer.seal(SampleStatement.closing, for: "operator")
        let proof = try ProvenDocument(
            sealed, digest: sealed.digest.text, owner: "operator", place: "it",
            keys: ShowingKeys(estate.open.folder))
        return (proof, try ClosingDocument(bytes: proof.bytes, place: "it"))
    }

    private func report() throws -> FlowReport {
        let (proof, document) = try closing()
        return FlowReport(
            closings: [document, document], proofs: [proof, proof], periods: 20,
            surroundings: Self.surroundings)
    }

    @Test("Every figure of a closing stands on page and text, and no other", arguments: Language.allCases)
    func figures(language: Language) throws {
        let (proof, document) = try closing()
        let sheet = ClosingSheet(
            closing: document, surroundings: Self.surroundings, language: language, proof: proof
        ).sheet
        let figures = try ShownFigures(SampleStatement.closing)
        try figures.expect(on: sheet.page)
        #expect(sheet.page.contains(#"class="left digest" data-of="batches.0.digest""#))
        figures.expect(in: sheet.text, batchDigests: true)
        let records: [(Phrase, String)] = [
            (.settled, "settled"), (.pending, "pending"), (.refused, "refused"),
        ]
        try figures.expect(
            records.map { (name: language.say($0.0), place: "records.\($0.1)") },
            under: language.say(.recordsOfAll), in: sheet.text)
        let points: [(Phrase, String)] = [
            (.opening, "opening"), (.issued, "issued"), (.reversed, "reversed"), (.redeemed, "redeemed"),
            (.restored, "restored"), (.expired, "expired"), (.closing, "closing"),
        ]
        try figures.expect(
            points.map { (name: language.say($0.0), place: "points.\($0.1)") },
            under: language.say(.pointsOfAll), in: sheet.text)
    }

    /// N's batch, then M's, then January and February closed.
    private func closed() throws -> Estate {
        let estate = try Estate()
        let bytes = Estate.batch("A-1", records: 1, merchant: "N")
        _ = try estate.intake.take(
            bytes, form: .ndjson,
            signature: estate.open.master.batchKey(merchant: "N", version: 1).sign(bytes),
            received: instant("2026-01-12T08:00:00Z"))
        _ = try estate.take(Estate.batch("B-1", records: 1), received: instant("2026-01-12T09:00:00Z"))
        let closer = PeriodCloser(store: estate.open.store, signer: estate.open.signer)
        try closer.close(0, at: instant("2026-02-03T06:00:00Z"), forced: true)
        try closer.close(1, at: instant("2026-03-03T06:00:00Z"), forced: true)
        return estate
    }

    private func words(_ text: String) -> String {
        text.split { $0.isWhitespace }.joined(separator: " ")
    }

    @Test("A closing says up to which batch it counts, by the order of arrival")
    func cut() throws {
        let estate = try closed()
        let desk = try ReadingDesk(estate.open.folder)
        defer { try? desk.store.shut() }
        let first = try desk.closing(period: "2026-01")
        // The signed bytes list M's batch before N's, which came first.
        #expect(first.document.batches.map(\.batch) == ["B-1", "A-1"])
        let last = first.document.batches[0]
        let said =
            "The close began at 2026-02-03 06:00:00 +00:00 and counts every batch that had come by then. The last"
            + " of them in the order of arrival is batch B-1 of M, signed by the merchant, received 2026-01-12"
            + " 09:00:00 +00:00: \(last.digest). What came later belongs to later periods."
        for form in [first.text(.english), first.page(.english)] {
            #expect(words(form).contains(said + " That batch is among those that the signed closing lists."))
            #expect(words(form).contains("was read from the database: the signed file does not say it."))
            #expect(
                words(form).contains("Every other figure here was read from the signed file CLOSING.json."))
            #expect(!form.contains("Every figure"))
        }
        let chinese = first.page(.chinese)
        #expect(chinese.contains("计入的最后批次") && chinese.contains("其中最后一个是M的批次B-1，签名方：商户，"))
        #expect(chinese.contains("该批次列于已签名的结算书。结算开始及批次到达的时间读自数据库"))
        #expect(chinese.contains("此处其余数字均读自已签名的文件 CLOSING.json。"))
        try ShownFigures(first.json).expect(on: chinese)
        let second = try desk.closing(period: "2026-02")
        #expect(
            words(second.text(.english)).contains(
                "is batch B-1 of M, signed by the merchant, received 2026-01-12 09:00:00 +00:00: \(last.digest)."
                    + " What came later belongs to later periods. That batch was counted by an earlier closing:"
                    + " none has come since."))
    }

    @Test(
        "A closing before which nothing came says so, and a cut that was changed is told beside what was signed"
    )
    func otherCuts() throws {
        let empty = try Estate()
        try PeriodCloser(store: empty.open.store, signer: empty.open.signer)
            .close(0, at: instant("2026-02-03T06:00:00Z"), forced: true)
        let quiet = try ReadingDesk(empty.open.folder)
        defer { try? quiet.store.shut() }
        #expect(
            try words(quiet.closing(period: "2026-01").text(.english)).contains(
                "The close began at 2026-02-03 06:00:00 +00:00, and no batch had come by then. What came later belongs"
                    + " to later periods. When the close began, and what came when, was read from the database"
            ))
        let estate = try closed()
        try tamper(
            with: estate.open.folder.databasePath, "UPDATE periods SET last_batch = 1 WHERE period = 1")
        let desk = try ReadingDesk(estate.open.folder)
        defer { try? desk.store.shut() }
        #expect(
            try words(desk.closing(period: "2026-02").text(.english)).contains(
                "This cannot be read: periods, row 1 is not as it was written."))
        #expect(
            try desk.closing(period: "2026-02").page(.chinese).contains("无法读取：数据表 periods 第 1 行与写入时不符。"))
        #expect(try desk.closing(period: "2026-01").text(.english).contains("B-1"))
    }

    @Test("Every account of the journal is explained, once, and no other", arguments: Language.allCases)
    func accounts(language: Language) throws {
        let (proof, document) = try closing()
        let text = ClosingSheet(
            closing: document, surroundings: Self.surroundings, language: language, proof: proof
        ).sheet.text
        for account in ["pool", "receivable"] {
            #expect(text.components(separatedBy: "\n  \(account)\(language.colon)").count == 2, "\(account)")
        }
        #expect(!text.contains("\n  margin\(language.colon)"))
        let names = [
            "receivable:M", "pool", "margin", "breakage", "fees", "vat", "adjustments", "bank", "opening",
            "rounding",
        ]
        #expect(AccountWords.meanings(of: names, in: language).count == names.count)
    }

    @Test("The positions' table adds up to zero")
    func positions() throws {
        let rows = try closing().1.positionsTable.split(separator: "\n").map(String.init)
        #expect(
            rows == [
                "alliance,period,closing,merchant,activity,balance,currency",
                "test,2026-01,1002,M,-0.559,-13.510,KWD", "test,2026-01,1002,N,0.060,0.010,KWD",
                "test,2026-01,1002,operator,0.499,13.500,KWD",
            ])
    }

    @Test("The matrix has its figures from the closing, and sums of them", arguments: Language.allCases)
    func matrix(language: Language) throws {
        let report = try report()
        let found = try ShownFigures.onPage(report.page(language))
        for (place, figure) in try ShownFigures(SampleStatement.closing).texts
        where place.hasPrefix("matrix.") && !place.hasSuffix("r") {
            #expect(found[place] == [figure], "\(place)")
        }
        let text = report.text(language)
        let rows = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        for row in [["M", "-100", "3,000", "2,900"], ["M", "-0.045", "15.000", "14.955"]] {
            #expect(rows.contains(row), "\(text)")
        }
        #expect(text.contains(language.say(.courseShown, "2", "20")))
    }

    @Test("The report's table and JSON have the matrix as the closing has it")
    func programs() throws {
        let report = try report()
        #expect(
            report.table.split(separator: "\n") == [
                "alliance,period,issuer,redeemer,points,charged,paid,currency",
                "test,2026-01,M,M,-100,0.000,-0.045,KWD", "test,2026-01,M,N,3000,18.000,15.000,KWD",
            ])
        let json = try JSONSerialization.jsonObject(with: Data(report.json)) as? NSDictionary
        let signed = try JSONSerialization.jsonObject(with: Data(SampleStatement.closing)) as? NSDictionary
        #expect(json?["matrix"] as? NSArray == signed?["matrix"] as? NSArray)
        let course = try #require(json?["course"] as? [NSDictionary])
        #expect(course.count == 2)
        for member in ["points", "positions", "operator"] {
            #expect(course[1][member] as? NSObject == signed?[member] as? NSObject, "\(member)")
        }
        #expect(course[0]["closing"] as? String == (try closing().0.digest))
    }

    @Test("Of a course with payments each balance is the one before, activity and payments, in every form")
    func payments() throws {
        let story = try LongStory()
        let desk = try ReadingDesk(story.folder)
        defer { try? desk.store.shut() }
        let report = try desk.flows(period: "2026-03")
        let rows = report.courseTable.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        #expect(rows[0][9...11] == ["activity", "payments", "balance"])
        var balances: [String: Decimal] = [:]
        var paid: [String] = []
        for row in rows.dropFirst() where !row[2].isEmpty {
            let amounts = try row[9...11].map { try #require(Decimal(string: $0)) }
            #expect(balances[row[2], default: 0] + amounts[0] + amounts[1] == amounts[2], "\(row)")
            balances[row[2]] = amounts[2]
            if amounts[1] != 0 { paid.append("\(row[1]) \(row[2]) \(row[10])") }
        }
        #expect(
            paid == [
                "2026-01 N 5.00", "2026-01 operator -5.00", "2026-03 P 0.30", "2026-03 operator -0.30",
            ])
        let text = report.text(.english).split(separator: "\n").map {
            $0.split(separator: " ").map(String.init)
        }
        let last = try #require(rows.last)
        #expect(text.contains { $0.first == "2026-03" && $0.suffix(3) == last[9...11] }, "\(text)")
        let merchant = try #require(rows.last { $0[2] == "P" })
        #expect(text.contains { $0.first == "P" && $0.contains(merchant[10]) && $0.contains(merchant[11]) })
        for language in Language.allCases {
            let heading = language.say(.operatorPayments).replacing("'", with: "&#39;")
            #expect(report.page(language).contains(heading))
        }
    }

    @Test("A wide matrix is listed, a pair a row, and nothing of it is left out")
    func wide() {
        let flows = (0..<9).map { number in
            ClosingDocument.Flow(issuer: "I", redeemer: "R\(number)", points: 1, charged: 2, paid: 3)
        }
        let make = Figured(language: .english, exponent: 2)
        #expect(
            make.grid(flows, .paid, { make.money($0.paid, $1) }, total: \.paid, { make.money($0) }) == nil)
        let table = make.matrix(flows, names: [:])
        #expect(table.rows.count == 10)
        #expect(table.rows.last?.cells.map(\.text) == ["Total", "", "9", "", "0.18", "0.27"])
    }

    @Test("Owed to merchants and by them are the positive and the negative balances")
    func owed() throws {
        let owed = FlowReport.owed(try closing().1)
        #expect(owed.toMerchants == 10 && owed.byMerchants == 13510)
    }

    @Test(
        "Ticks are few and round, and reach around the figures and zero",
        arguments: [
            ([0], [0, 1]), ([90, 1000], [0, 500, 1000]), ([-1351, -1910], [-2000, -1500, -1000, -500, 0]),
            ([-3, 4], [-4, -2, 0, 2, 4]), ([Int64.min, Int64.max], nil),
        ] as [([Int64], [Int]?)])
    func axis(values: [Int64], ticks: [Int]?) {
        let axis = Axis(values)
        if let ticks { #expect(axis.ticks.map { Int($0) } == ticks) }
        #expect((2...7).contains(axis.ticks.count) && axis.ticks.contains(0))
        for value in values {
            #expect((0...1000).contains(axis.depth(Int128(value), height: 1000)))
        }
    }

    @Test(
        "Shown, the whole year of real merchants has every figure in every form",
        .enabled(if: SharedFolder.isWanted, Comment(rawValue: SharedFolder.absence)))
    func real() throws {
        let scratch = try Scratch()
        let simulation = Simulation(
            alliance: SharedFolder.file("data/x5/alliance-month.yaml").path,
            records: SharedFolder.file("data/x5/records.csv").path, bookings: nil, through: "2019-03",
            output: scratch.file("out"), secret: Simulation.publicSecret, keep: scratch.file("data"))
        _ = try simulation.run(progress: .silent)
        let desk = try ReadingDesk(DataFolder(scratch.file("data")))
        let merchants = try desk.store.schedule().alliance.merchants.map(\.id.text)
        var shown = 0
        for (place, merchant) in merchants.enumerated() {
            let period = ["2018-11", "2018-12", "2019-01", "2019-02", "2019-03"][place % 5]
            let statement = try desk.statement(of: merchant, period: period)
            let figures = try ShownFigures(statement.json)
            let language: Language = place.isMultiple(of: 2) ? .english : .chinese
            try figures.expect(on: statement.page(language))
            figures.expect(in: statement.text(language), batchDigests: false)
            let amounts = statement.table.split(separator: "\n").dropFirst().compactMap {
                Decimal(string: String($0.split(separator: ",", omittingEmptySubsequences: false)[11]))
            }
            #expect(amounts.reduce(0, +) * 100 == Decimal(statement.document.balance.activity))
            shown += 1
        }
        #expect(shown == 260)
        let closing = try desk.closing(period: "2019-03")
        try ShownFigures(closing.json).expect(on: closing.page(.chinese))
        let flows = try desk.flows(period: "2019-03")
        #expect(flows.closings.count == 5 && flows.page(.english).contains("2018-11"))
        let rows = flows.courseTable.split(separator: "\n").dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        #expect(rows.count == flows.closings.reduce(0) { $0 + $1.positions.count + 2 })
        for closed in flows.closings {
            let own = rows.filter { $0[1] == closed.period.id }
            #expect(own.first.map { $0[2].isEmpty && $0[8] == "\(closed.points.closing)" } == true)
            for column in [9, 10, 11] {
                #expect(own.dropFirst().compactMap { Decimal(string: $0[column]) }.reduce(0, +) == 0)
            }
        }
    }
}
