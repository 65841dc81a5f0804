import Fixtures
import Foundation
import FoundationXML
import Testing

@testable import Settlement

@Suite("XML of a bank")
struct MarkupTests {
    private func code(_ text: String) -> BankRefusal.Code? {
        do throws(BankRefusal) {
            _ = try MarkupReader.root(of: Array(text.utf8))
            return nil
        } catch { return error.code }
    }

    @Test(
        "A document that declares a type is refused before anything of it is resolved",
        arguments: [
            """
            <?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">\
            <!ENTITY z "&y;&y;&y;&y;&y;&y;&y;&y;">]><a>&z;&z;&z;&z;</a>
            """,
            "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
            "<!DOCTYPE a SYSTEM \"http://127.0.0.1:9/a.dtd\"><a/>",
            "<!-- a --><!DOCTYPE a [<!ENTITY % p SYSTEM \"file:///etc/hostname\"> %p;]><a/>",
        ])
    func unsafe(text: String) { #expect(code(text) == .statementUnsafe) }

    @Test(
        "What is not well-formed is refused",
        arguments: [
            "", "x", "<a>", "<a></b>", "<a/><b/>", "<a>&x;</a>", "<a>&lt</a>", "<a>&#0;</a>",
            "<a>&#xD800;</a>",
            "<a x=1/>", "<a x='1' x='2'/>", "<a x='<'/>", "<a>]]></a>", "<a><!-- -- --></a>", "<a>\u{1}</a>",
            "<p:a/>", "<a><![CDATA[</a>", "<a><!ENTITY x 'y'></a>", "<a></a >x", "< a/>", "<a", "<a x",
            "<a x='",
            "<?xml version='1.0' encoding='UTF-16'?><a/>", "<?xml version='1.0' encoding='ISO-8859-1'?><a/>",
            "<a>\u{FFFE}</a>",
        ])
    func malformed(text: String) { #expect(code(text) == .statementMalformed, "\(text)") }

    @Test("Bytes that are not UTF-8 are refused, and so are too many levels, elements and bytes")
    func bounds() {
        #expect(throws: BankRefusal.self) { try MarkupReader.root(of: [0x3C, 0x61, 0x3E, 0xFF]) }
        let levels = { String(repeating: "<a>", count: $0) + String(repeating: "</a>", count: $0) }
        #expect(code(levels(MarkupReader.mostLevels)) == nil)
        #expect(code(levels(MarkupReader.mostLevels + 1)) == .statementTooLarge)
        let elements = { "<a>" + String(repeating: "<b/>", count: $0) + "</a>" }
        #expect(code(elements(MarkupReader.mostElements - 1)) == nil)
        #expect(code(elements(MarkupReader.mostElements)) == .statementTooLarge)
        #expect(code("<a/>" + String(repeating: " ", count: MarkupReader.mostBytes)) == .statementTooLarge)
    }

    @Test("So are too many attributes of an element, and too many prefixes declared around one")
    func attributes() {
        func attributes(_ count: Int, _ prefix: String = "") -> String {
            (0..<count).map { " \(prefix)a\($0)='x'" }.joined()
        }
        let most = MarkupReader.mostAttributes
        #expect(code("<a\(attributes(most))/>") == nil)
        #expect(code("<a\(attributes(most + 1))/>") == .statementTooLarge)
        // One that is not ended is refused for their number, too: no more of them are read.
        #expect(code("<a\(attributes(most + 1))") == .statementTooLarge)
        let declared = { "<a\(attributes($0, "xmlns:"))><b xmlns:c='x'/></a>" }
        // `xml` is always declared.
        #expect(code(declared(most - 2)) == nil)
        #expect(code(declared(most - 1)) == .statementTooLarge)
        let beside = String(repeating: "<b xmlns:c='x'/>", count: 2 * most)
        #expect(code("<a>\(beside)</a>") == nil)
    }

    @Test("Names, prefixes, attributes, references, sections and lines are what they say")
    func content() throws {
        let text = """
            \u{FEFF}<?xml version="1.0" encoding="UTF-8"?>
            <!-- first -->
            <n:a xmlns:n="urn:x" b='1 &amp; "2"'>
              <c xmlns="urn:y">x&lt;&#65;&#x42;<![CDATA[<&>]]></c><?p q?>
              <n:d/>
            </n:a>
            """
        let root = try MarkupReader.root(of: Array(text.utf8))
        #expect(root.name == "a" && root.namespace == "urn:x" && root.attributes["b"] == "1 & \"2\"")
        #expect(root.line == 3 && root.children.map(\.line) == [4, 5])
        #expect(root.children.map(\.namespace) == ["urn:y", "urn:x"])
        #expect(root.text("c") == "x<AB<&>" && root.text("d") == nil && root.trimmed.isEmpty)
    }

    /// What the system's parser makes of a text: elements, attributes and characters in their order; nil: it takes it not.
    private final class Outline: NSObject, XMLParserDelegate {
        private var text = ""
        private var open: [(head: String, text: String, children: String)] = []

        static func of(_ bytes: [UInt8]) -> String? {
            let outline = Outline()
            let parser = XMLParser(data: Data(bytes))
            parser.shouldResolveExternalEntities = false
            parser.delegate = outline
            return parser.parse() ? outline.text : nil
        }

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            let values = attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            open.append(("<\(name.split(separator: ":").last ?? "") \(values)>", "", ""))
        }

        func parser(
            _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
        ) {
            let done = open.removeLast()
            let outline = done.head + done.text + done.children + "/"
            if open.isEmpty { text = outline } else { open[open.count - 1].children += outline }
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) { add(string) }

        func parser(_ parser: XMLParser, foundCDATA data: Data) { add(String(decoding: data, as: UTF8.self)) }

        /// An element's text stands before its children, wherever it stood between them.
        private func add(_ string: String) {
            guard !open.isEmpty else { return }
            open[open.count - 1].text += string.filter { !$0.isWhitespace }
        }
    }

    private func outline(_ element: MarkupElement) -> String {
        let values = element.attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return "<\(element.name) \(values)>" + element.text.filter { !$0.isWhitespace }
            + element.children.map(outline).joined() + "/"
    }

    @Test("On changed statements it never takes what the system's parser refuses, and reads the same")
    func differential() {
        let seed = Array(SampleCAMT(form: .camt08).text([.init(endToEnd: "R1-M")]).utf8)
        // Behind the head: the system's parser also judges what a declaration and a namespace look like.
        let head = 220
        var chance = SeededNumbers(seed: 53)
        var (taken, refused) = (0, 0)
        for _ in 0..<1_500 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...2, using: &chance) {
                let place = Int.random(in: head..<bytes.count, using: &chance)
                switch Int.random(in: 0..<3, using: &chance) {
                case 0: bytes[place] = Array("<>/&;='\" a!?-]".utf8).randomElement(using: &chance) ?? 0
                case 1: bytes.remove(at: place)
                default: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &chance)], at: place)
                }
            }
            guard let ours = try? MarkupReader.root(of: bytes) else {
                refused += 1
                continue
            }
            taken += 1
            let theirs = Outline.of(bytes)
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(theirs != nil, "\(text)")
            #expect(theirs == outline(ours), "\(text)")
        }
        #expect(taken > 100 && refused > 100, "\(taken) \(refused)")
    }
}
