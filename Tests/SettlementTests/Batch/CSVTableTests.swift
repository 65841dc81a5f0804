import Settlement
import Testing

@Suite("Whole CSV tables")
struct CSVTableTests {
    private func rows(_ text: String) throws -> [[String]] {
        try CSVTable(parsing: Array(text.utf8)).rows.map(\.cells)
    }

    private func refusal(_ text: String) -> CSVRefusal? {
        do throws(CSVRefusal) {
            _ = try CSVTable(parsing: Array(text.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test("Cells come out as they are meant")
    func cells() throws {
        #expect(
            try rows("a,b\n\"1,\n\"\"2\"\"\", x \r\n,") == [["a", "b"], ["1,\n\"2\"", " x "], ["", ""]])
        #expect(try rows("a") == [["a"]])
        #expect(try rows("\"\"") == [[""]])
        #expect(try rows("a\n\nb\n") == [["a"], [""], ["b"]])
        #expect(try rows("ä,\u{1F600}\n\\,!") == [["ä", "\u{1F600}"], ["\\", "!"]])
    }

    @Test("A row's line is where it begins, whatever its cells hold")
    func lines() throws {
        let table = try CSVTable(parsing: Array("a,b\n\"1\n2\",3\r\n4,5\n".utf8))
        #expect(table.rows.map(\.line) == [1, 2, 4])
        #expect(refusal("a,b\n\"1\n2\",3\n4\n")?.line == 4)
    }

    @Test("What departs from RFC 4180 is refused, with its line and reason")
    func refusals() {
        let expected: [(String, Int, Fault)] = [
            ("", 1, .ended), ("\u{FEFF}", 1, .ended), ("a\rb", 1, .bareCarriageReturn),
            ("a\n\"b\"c", 2, .textAfterQuote), ("a\n\"b\nc\"d", 3, .textAfterQuote),
            ("a\nb\"c", 2, .quoteInCell),
            ("a\n\"b\nc\n", 2, .unclosedQuote), ("a,\"\n\",\"x", 2, .unclosedQuote),
            ("a\n\"b\rc\n", 2, .unclosedQuote),
            ("a,b\n1\n", 2, .rowWidth(found: 1, expected: 2)),
            ("a\n1,\n", 2, .rowWidth(found: 2, expected: 1)),
            ("a\n\0", 2, .nul), ("a\n\"\0", 2, .nul), ("a\n\t", 2, .controlCharacter),
            ("a\u{7F}", 1, .controlCharacter),
            ("a\n\"b\"\r", 2, .bareCarriageReturn),
        ]
        for (text, line, fault) in expected {
            let found = refusal(text)
            #expect(found?.line == line && found?.malformation.fault == fault, "\(text.debugDescription)")
        }
    }

    @Test("Overlong forms, surrogates and what lies beyond Unicode are not UTF-8")
    func encoding() {
        let wrong: [[UInt8]] = [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x20], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
            [0xE2, 0x82], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
            [0xFF],
        ]
        for bytes in wrong {
            for (before, after): (String, String) in [("a,", ",b"), ("\"", "\""), ("", "")] {
                #expect(throws: CSVRefusal.self) { try CSVTable(parsing: before.utf8 + bytes + after.utf8) }
            }
        }
        #expect(throws: Never.self) { try CSVTable(parsing: Array("\u{7FF}\u{FFFD}\u{D7FF}\u{10FFFF}".utf8)) }
    }
}
