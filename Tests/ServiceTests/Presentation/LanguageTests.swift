import Fixtures
import Foundation
import Testing

@testable import Service

@Suite("What is said in words")
struct LanguageTests {
    @Test("Every phrase has a wording in every language, with the same places for what is put in")
    func complete() {
        for phrase in Phrase.allCases {
            let (english, chinese) = phrase.wording
            #expect(!english.isEmpty && !chinese.isEmpty, "\(phrase)")
            #expect(Self.places(english) == Self.places(chinese), "\(phrase)")
            #expect(chinese != english && chinese.unicodeScalars.contains { $0.value > 0x3000 }, "\(phrase)")
            #expect(english.unicodeScalars.allSatisfy { $0.value < 0x3000 }, "\(phrase)")
        }
    }

    private static func places(_ text: String) -> Set<Substring> {
        Set(text.split(separator: "%").dropFirst(text.hasPrefix("%") ? 0 : 1).map { $0.prefix(1) })
    }

    @Test("No phrase is there that nothing says")
    func used() throws {
        var text = ""
        for (name, fewest) in [("Presentation", 15), ("Explaining", 8)] {
            let folder = SharedFolder.repository.appendingPathComponent("Sources/Service/\(name)")
            let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter {
                $0.hasSuffix(".swift") && !$0.hasPrefix("Phrase")
            }
            #expect(names.count > fewest)
            for name in names {
                text += try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
            }
        }
        for phrase in Phrase.allCases {
            #expect(text.contains(try Regex("\\.\(phrase.rawValue)\\b")), "\(phrase)")
        }
    }

    @Test("What is put in is not read again, and comes in the language's order")
    func arguments() {
        #expect(Language.english.say(.statementTitle, "7%2", "May%1") == "Statement 7%2, May%1")
        #expect(Language.chinese.say(.statementTitle, "7", "2026年5月") == "2026年5月对账单（第7号）")
    }

    @Test(
        "Periods are called as people call them",
        arguments: [
            ("2025-04", "April 2025", "2025年4月"), ("2026-12", "December 2026", "2026年12月"),
            ("2026-W07", "week 7 of 2026", "2026年第7周"),
            ("2026-11-24", "24 November 2026", "2026年11月24日"),
            ("2026-13", "2026-13", "2026-13"), ("all", "all", "all"), ("2026", "2026", "2026"),
        ])
    func periods(id: String, english: String, chinese: String) {
        #expect(Language.english.name(ofPeriod: id) == english)
        #expect(Language.chinese.name(ofPeriod: id) == chinese)
    }

    @Test("A country is named in the language, an unknown code stays")
    func countries() {
        #expect(Language.english.name(ofCountry: "DE") == "Germany")
        #expect(Language.chinese.name(ofCountry: "DE") == "德国")
        #expect(Language.english.name(ofCountry: "ZX") == "ZX")
    }

    @Test(
        "A row of the database is named in the language",
        arguments: [
            ("disputes, row 7", "数据表 disputes 第 7 行"), ("periods, period 2", "数据表 periods 第 2 期"),
            ("batches, batch B-1", "数据表 batches 批次 B-1"), ("cuts, its row", "cuts, its row"),
        ])
    func rows(place: String, chinese: String) {
        #expect(Language.chinese.name(ofRow: place) == chinese)
        #expect(Language.english.name(ofRow: place) == place)
    }

    @Test("Every kind of line and every reason of the rulebook has its words")
    func kinds() {
        #expect(
            LineWords.kinds.map(\.kind) == [
                "issue", "issue_reversal", "redemption_charge", "redemption_charge_reversal",
                "redemption_payout", "redemption_payout_reversal", "expiry_refund", "redeem_fee",
                "period_fee", "vat", "adjustment",
            ])
        #expect(
            LineWords.meanings(of: ["vat", "issue", "vat"], in: .english).map(\.code) == ["issue", "vat"])
        #expect(ReasonWords.codes.count == 6)
        #expect(DocumentWords.type("earn_reversal", in: .chinese) == "撤回发放")
        #expect(DocumentWords.state("settled", in: .english) == "settled")
        #expect(DocumentWords.signer("someone", in: .english) == "someone")
    }

    @Test(
        "A fraction becomes a percentage by moving its digits",
        arguments: [
            ("0", "0%"), ("1", "100%"), ("0.02", "2%"), ("0.5", "50%"), ("0.19", "19%"), ("0.185", "18.5%"),
            ("0.000001", "0.0001%"), ("0.010001", "1.0001%"),
        ])
    func percent(fraction: String, text: String) {
        #expect(Figures.percent(fraction) == text)
    }

    @Test("Instants are spaced for reading")
    func clock() {
        #expect(Figures.clock("2025-04-01T00:00:00+02:00") == "2025-04-01 00:00:00 +02:00")
        #expect(Figures.clock("2025-04-01T00:00:00Z") == "2025-04-01 00:00:00 UTC")
        #expect(Figures.clock("soon") == "soon")
    }
}
