import Foundation
import Settlement
import Signing
import Store
import Testing

@testable import Service

@Suite("A statement in its forms")
struct StatementFormsTests {
    static let estate = Result { try Estate() }
    static let languages = Language.allCases

    /// Signed bytes of M's, read back through the proof.
    private func shown(_ bytes: [UInt8]) throws -> StatementSheet {
        let estate = try Self.estate.get()
        let sealed = estate.open.signer.seal(bytes, for: "M")
        let proof = try ProvenDocument(
            sealed, digest: sealed.digest.text, owner: "M", place: "it", keys: ShowingKeys(estate.open.folder)
        )
        let document = try StatementDocument(bytes: proof.bytes, place: "it")
        return StatementSheet(
            statement: document, surroundings: Self.surroundings, language: .english, proof: proof,
            course: [document], coursePeriods: 1)
    }

    private static let surroundings = StatementSurroundings(
        allianceName: "Tom & <Jerry>", names: ["M": "<script>alert(1)</script>", "N": "诺"],
        address: PostalAddress(lines: ["Quay \"3\"", "20457 'H'"], country: "DE"))

    private func sheet(_ bytes: [UInt8], _ language: Language) throws -> Sheet {
        let shown = try shown(bytes)
        return StatementSheet(
            statement: shown.statement, surroundings: shown.surroundings, language: language,
            proof: shown.proof,
            course: shown.course, coursePeriods: shown.coursePeriods
        ).sheet
    }

    @Test(
        "Every figure of the signed bytes stands on the page at its place, and no other",
        arguments: languages, [0, 2, 3])
    func page(language: Language, exponent: Int) throws {
        for bytes in [SampleStatement.bytes(exponent: exponent), SampleStatement.bare] {
            try ShownFigures(bytes).expect(on: try sheet(bytes, language).page)
        }
    }

    @Test("Every figure of the signed bytes stands in the text", arguments: languages, [0, 2, 3])
    func text(language: Language, exponent: Int) throws {
        for bytes in [SampleStatement.bytes(exponent: exponent), SampleStatement.bare] {
            try ShownFigures(bytes).expect(in: try sheet(bytes, language).text, batchDigests: false)
        }
    }

    @Test(
        "Balance, points and records give each figure its name in the text", arguments: languages, [0, 2, 3])
    func blocks(language: Language, exponent: Int) throws {
        let blocks: [(Phrase, String, [(Phrase, String)])] = [
            (
                .balance, "balance",
                [
                    (.opening, "opening"), (.activity, "activity"), (.payments, "payments"),
                    (.closing, "closing"),
                ]
            ),
            (
                .pointsIssued, "points",
                [
                    (.opening, "opening"), (.issued, "issued"), (.reversed, "reversed"),
                    (.redeemed, "redeemed"), (.restored, "restored"), (.expired, "expired"),
                    (.closing, "closing"),
                ]
            ),
            (
                .records, "records",
                [(.settled, "settled"), (.late, "late"), (.pending, "pending"), (.refused, "refused")]
            ),
        ]
        for bytes in [SampleStatement.bytes(exponent: exponent), SampleStatement.bare] {
            let (figures, text) = (try ShownFigures(bytes), try sheet(bytes, language).text)
            for (title, part, rows) in blocks {
                let named = rows.map { (name: language.say($0.0), place: "\(part).\($0.1)") }
                try figures.expect(named, under: language.say(title), in: text)
            }
        }
    }

    @Test("The rows of lines in the text say what the lines say, in their order", arguments: languages)
    func rows(language: Language) throws {
        let bytes = SampleStatement.bytes()
        let document = try StatementDocument(bytes: bytes, place: "it")
        let figures = try ShownFigures(bytes).texts
        let text = try sheet(bytes, language).text.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(text.firstIndex { $0 == language.say(.lines) })
        for (place, line) in document.lines.enumerated() {
            let cells = ["counterparty", "price", "rate", "reference", "points", "amount"].compactMap {
                figures["lines.\(place).\($0)"]
            }
            let expected = ["\(place + 1)", LineWords.name(of: line.kind, in: language)] + cells
            let row = String(text[start + 2 + place]).split(separator: #/ {2,}/#).map(String.init)
            #expect(row == expected)
        }
    }

    @Test("The table has every line as the document has it, and its amounts add up to the activity")
    func table() throws {
        for exponent in [0, 2, 3] {
            let document = try StatementDocument(
                bytes: SampleStatement.bytes(exponent: exponent, reference: "a\\\"b"), place: "it")
            let rows = document.linesTable.split(separator: "\n").map(String.init)
            #expect(
                rows[0] == "alliance,merchant,period,statement,line,kind,counterparty,price,rate,reference,"
                    + "points,amount,currency")
            #expect(rows.count == document.lines.count + 1)
            for (place, line) in document.lines.enumerated() {
                let cells = rows[place + 1].split(separator: ",", omittingEmptySubsequences: false)
                    .map(String.init)
                let amount = Decimal(string: cells[11])! * pow(10, exponent)
                #expect(amount == Decimal(line.amount), "\(rows[place + 1])")
                #expect(
                    cells[11].split(separator: ".").dropFirst().map(\.count)
                        == (exponent > 0 ? [exponent] : []))
                let reference = line.reference.map { $0 == "a\"b" ? "\"a\"\"b\"" : $0 }
                #expect(
                    Array(cells[0...10]) == [
                        "test", "M", "2026-01", "1234", "\(place + 1)", line.kind, line.counterparty ?? "",
                        line.price ?? "", line.rate ?? "", reference ?? "",
                        line.points.map(String.init) ?? "",
                    ])
                #expect(cells[12] == "EUR" && cells.count == 13)
            }
        }
    }

    @Test("What others chose to be called stays text on the page", arguments: languages)
    func escaped(language: Language) throws {
        let page = try sheet(SampleStatement.bytes(reference: "</td>"), language).page
        #expect(!page.contains("<script") && !page.contains("<b>&'x") && !page.contains("<Jerry>"))
        #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(page.contains("Tom &amp; &lt;Jerry&gt;"))
        #expect(page.contains(">&lt;/td&gt;<"))
        #expect(page.contains("default-src 'none'"))
        // Nothing is fetched: no address of the web but the name of SVG's language.
        let addresses = page.replacing("http://www.w3.org/2000/svg", with: "")
        for trace in ["http:", "https:", "src=", "@import", "<link"] {
            #expect(!addresses.contains(trace), "\(trace)")
        }
    }

    @Test("The address of the alliance file stands on the page and in no signed byte")
    func address() throws {
        let english = try sheet(SampleStatement.bytes(), .english)
        #expect(english.recipient == ["<script>alert(1)</script>", "Quay \"3\"", "20457 'H'", "Germany"])
        #expect(try sheet(SampleStatement.bytes(), .chinese).recipient.last == "德国")
        #expect(english.page.contains("<span>Quay &quot;3&quot;</span>"))
    }

    @Test("Every kind of line that is there is explained, once, and no other", arguments: languages)
    func meanings(language: Language) throws {
        let text = try sheet(SampleStatement.bytes(), language).text
        for (kind, name, _) in LineWords.kinds {
            let heading = "  \(language.say(name)) (\(kind))\(language.colon)"
            #expect(text.components(separatedBy: heading).count == 2, "\(kind)")
        }
        #expect(text.contains("\n  shortfall\(language.colon)"))
        let bare = try sheet(SampleStatement.bare, language).text
        #expect(!bare.contains(language.say(.meaning)) && bare.contains(language.say(.none)))
        // Tables are as wide as their figures are.
        for line in text.split(separator: "\n") where !line.dropFirst(4).contains("  ") {
            #expect(DisplayWidth.columns(line) <= 102, "\(line)")
        }
    }

    @Test("Bytes that do not fit digest, signature or seal are not shown", arguments: 0..<6)
    func damaged(case place: Int) throws {
        let estate = try Self.estate.get()
        let keys = try ShowingKeys(estate.open.folder)
        let bytes = SampleStatement.bytes()
        let other = Array(String(decoding: bytes, as: UTF8.self).replacing("-559", with: "-558").utf8)
        let (good, changed) = (
            estate.open.signer.seal(bytes, for: "M"), estate.open.signer.seal(other, for: "M")
        )
        let foreign = estate.open.signer.seal(bytes, for: "N")
        _ = try ProvenDocument(good, digest: good.digest.text, owner: "M", place: "it", keys: keys)
        let (document, digest, word): (SealedDocument, String, String) =
            switch place {
            case 0: (changed, good.digest.text, "digest")
            case 1:
                (
                    SealedDocument(bytes: bytes, signature: changed.signature, seal: good.seal),
                    good.digest.text, "signature"
                )
            case 2:
                (
                    SealedDocument(bytes: bytes, signature: good.signature, seal: changed.seal),
                    good.digest.text, "seal"
                )
            case 3: (foreign, good.digest.text, "statement/N/1")
            case 4: (SealedDocument(bytes: bytes, signature: "x", seal: good.seal), good.digest.text, "JWS")
            default:
                (
                    SealedDocument(bytes: bytes, signature: good.signature, seal: good.signature),
                    good.digest.text, "seal/"
                )
            }
        let failure = #expect(throws: Failure.self) {
            try ProvenDocument(document, digest: digest, owner: "M", place: "it", keys: keys)
        }
        #expect(failure?.kind == .refused && failure?.description.contains(word) == true)
        #expect(failure?.description.contains("is not shown") == true)
    }

    @Test("Sentences are broken within a hundred columns, and lose nothing")
    func wrapping() {
        for language in Language.allCases {
            for phrase in Phrase.allCases {
                let sentence = language == .english ? phrase.wording.english : phrase.wording.chinese
                let lines = Sheet.wrapped(sentence)
                #expect(lines.allSatisfy { DisplayWidth.columns($0) <= 102 }, "\(phrase)")
                let joined = lines.joined().filter { $0 != " " }
                #expect(joined == sentence.filter { $0 != " " }, "\(phrase)")
                #expect(
                    lines.dropFirst().allSatisfy {
                        !"，。；：、）".contains($0.trimmingCharacters(in: .whitespaces).prefix(1))
                    })
            }
        }
    }
}
