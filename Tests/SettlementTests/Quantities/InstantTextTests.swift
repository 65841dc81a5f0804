import Foundation
import Settlement
import Testing

@Suite struct InstantTextTests {
    private func milliseconds(_ text: String) -> Int64? { Instant(rfc3339: text)?.milliseconds }

    @Test("An instant is truncated to the millisecond and compared as UTC")
    func truncation() {
        #expect(milliseconds("1970-01-01T00:00:00Z") == 0)
        #expect(milliseconds("2026-11-01T10:22:33+08:00") == 1_793_499_753_000)
        #expect(milliseconds("2026-11-01T02:22:33.0009Z") == 1_793_499_753_000)
        #expect(milliseconds("2026-11-01T02:22:33.9999999999999999999Z") == 1_793_499_753_999)
        #expect(milliseconds("2026-11-01T02:22:33.5Z") == 1_793_499_753_500)
        #expect(milliseconds("1969-12-31T23:59:59.9999Z") == -1)
        #expect(milliseconds("2026-10-31t21:52:33-04:30") == 1_793_499_753_000)
        #expect(Instant(rfc3339: "2026-11-01T02:22:33-00:00") == Instant(rfc3339: "2026-11-01T02:22:33Z"))
    }

    @Test(
        "What is no date-time with an offset is refused",
        arguments: [
            "", "2026-11-01", "2026-11-01T10:22:33", "2026-11-01 10:22:33Z", "2026-11-01T10:22Z",
            "2026-11-01T10:22:33.Z", "2026-11-01T10:22:33,5Z", "2026-11-01T10:22:60Z", "2026-11-01T24:00:00Z",
            "2026-02-29T10:22:33Z", "2026-11-01T10:22:33+24:00", "2026-11-01T10:22:33+08:60",
            "2026-11-01T10:22:33+0800", "2026-11-01T10:22:33+08", "2026-11-01T10:22:33Z ",
            " 2026-11-01T10:22:33Z",
            "2026-11-01T10:22:33.5", "2026-11-01T10:22:33+08:00Z", "2026-11-01T10:22:33\u{2212}08:00",
            "2026-11-01T10:22:33.1x", "02026-11-01T10:22:33Z", "2026-11-01T1:22:33Z", "2026-11-01T10:22:3xZ",
        ])
    func refused(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test("Every text cut short or with one byte replaced is refused or means what it says")
    func mutations() throws {
        let text = Array("2026-11-01T10:22:33.125+08:00".utf8)
        for length in 0..<text.count { #expect(Instant(rfc3339: text[..<length]) == nil) }
        for place in text.indices {
            for byte in UInt8.min...UInt8.max {
                var mutated = text
                mutated[place] = byte
                guard let instant = Instant(rfc3339: mutated) else { continue }
                let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                #expect(
                    isDigit || byte == text[place] || "t-".utf8.contains(byte), "byte \(byte) at \(place)")
                #expect(instant != Instant(rfc3339: text) || byte | 0x20 == text[place] | 0x20)
            }
        }
    }

    @Test("Bytes are read alike whether they lie side by side, in a slice, in a buffer or apart")
    func collections() {
        let text = Array("x2026-11-01T10:22:33Zx".utf8)
        let expected = Instant(milliseconds: 1_793_528_553_000)
        #expect(Instant(rfc3339: text[1..<21]) == expected)
        #expect(Instant(rfc3339: text.reversed().dropLast().dropFirst().reversed()) == expected)
        text.withUnsafeBytes { buffer in
            #expect(Instant(rfc3339: buffer[1..<21]) == expected)
            #expect(Instant(rfc3339: UnsafeRawBufferPointer(rebasing: buffer[1..<21])) == expected)
        }
    }

    @Test("The first and last instants of a record are the bounds of the rulebook")
    func bounds() throws {
        func isWithin(_ text: String) throws -> Bool { try #require(Instant(rfc3339: text)).isWithinBounds }
        #expect(try isWithin("2000-01-01T00:00:00Z"))
        #expect(try !isWithin("1999-12-31T23:59:59.999Z"))
        #expect(try isWithin("2099-12-31T23:59:59.999Z"))
        #expect(try !isWithin("2100-01-01T00:00:00Z"))
        // Compared as UTC, whatever the year on the wall.
        #expect(try isWithin("1999-12-31T20:00:00-04:00"))
        #expect(try !isWithin("2099-12-31T23:00:00-01:00"))
    }

    @Test("An instant prints at the offset of its place, and reads back")
    func printing() {
        let instant = Instant(milliseconds: 1_793_499_753_007)
        #expect(instant.description == "2026-11-01T02:22:33.007Z")
        #expect(instant.text(offsetSeconds: 28_800, milliseconds: false) == "2026-11-01T10:22:33+08:00")
        #expect(instant.text(offsetSeconds: -34_200, milliseconds: true) == "2026-10-31T16:52:33.007-09:30")
        #expect(instant.text(offsetSeconds: 0, milliseconds: false) == "2026-11-01T02:22:33+00:00")
        // RFC 3339 has no seconds in an offset: the text stays true without them.
        let odd = instant.text(offsetSeconds: -2670, milliseconds: true)
        #expect(odd == "2026-11-01T01:38:33.007-00:44")
        #expect(Instant(rfc3339: odd) == instant)
        for step in Int64(0)..<2000 {
            let instant = Instant(milliseconds: 946_684_800_000 + step * 1_577_836_801)
            #expect(Instant(rfc3339: instant.description) == instant)
            let offset = Int(step % 97 - 48) * 900
            #expect(Instant(rfc3339: instant.text(offsetSeconds: offset, milliseconds: true)) == instant)
        }
    }
}
