import Settlement
import Signing
import Testing

/// Where our readers differ from others, each by an example: it stands even where there is no other to ask.
@Suite("What is decided about reading")
struct DecisionTests {
    @Test(
        "Only RFC 3339 is an instant, to the letter",
        arguments: [
            "2026-01-10 10:22:33Z", "2026-010T10:22:33+08:00", "2026-01-10T10:22:33Z\n",
            "2026-12-31T23:59:60Z",
            "2026-01-10T24:00:00Z", "2026-01-10T10:22:33,5Z", "2026-01-10T10:22:33+08",
        ])
    func noInstant(text: String) { #expect(Instant(rfc3339: text) == nil) }

    @Test("Small letters are letters, and the year 0 is a year")
    func instants() {
        let instant = Instant(rfc3339: "2026-01-10T10:22:33Z")
        #expect(instant != nil && Instant(rfc3339: "2026-01-10t10:22:33z") == instant)
        #expect(Instant(rfc3339: "0000-01-01T00:00:00Z") != nil)
    }

    @Test("JSON has no half characters, no member twice, and 64 levels")
    func values() throws {
        for (text, fault) in [
            ("\"\\ud800\"", Fault.surrogate), ("\"\\udc00\\ud800\"", .surrogate),
            ("{\"a\":1,\"\\u0061\":1}", .repeatedMember), (nested(65), .tooDeep),
        ] {
            do throws(Malformation) {
                _ = try JSONValue(parsing: Array(text.utf8))
                Issue.record("\(text) is taken")
            } catch {
                #expect(error.fault == fault, "\(text)")
            }
        }
        _ = try JSONValue(parsing: Array(nested(64).utf8))
    }

    private func nested(_ depth: Int) -> String {
        String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }

    @Test("A number stays as it is written, and as points nothing but an integer is taken")
    func numbers() throws {
        guard case .number("1e999") = try JSONValue(parsing: Array("1e999".utf8)) else {
            Issue.record("1e999 is the number that it is")
            return
        }
        let header = ReaderCases.header + "\n"
        for number in ["1e999", "1e2", "100.0", "-0", "\"100\"", "+100", "0100"] {
            let line =
                #"{"id":"T","type":"earn","member":"m","at":"2026-01-10T10:22:33Z","points":"# + number
                + "}\n"
            #expect(throws: BatchRefusal.self, "\(number)") {
                try BatchContent(parsing: Array((header + line).utf8), form: .ndjson)
            }
        }
    }

    @Test("CSV is RFC 4180's, with LF besides")
    func tables() throws {
        for (text, fault) in [
            ("a,b\rc,d\r", Fault.bareCarriageReturn), ("a\t,b\n", .controlCharacter), ("a\0,b\n", .nul),
            ("a\"b\",c\n", .quoteInCell), ("\"a\"b,c\n", .textAfterQuote), ("\"a\n", .unclosedQuote),
        ] {
            do throws(CSVRefusal) {
                _ = try CSVTable(parsing: Array(text.utf8))
                Issue.record("\(text.debugDescription) is taken")
            } catch {
                #expect(error.malformation.fault == fault, "\(text.debugDescription)")
            }
        }
        let rows = try CSVTable(parsing: Array("a,b\nc,\"d\r\n\"\"\"\r\n".utf8)).rows.map(\.cells)
        #expect(rows == [["a", "b"], ["c", "d\r\n\""]])
    }

    @Test(
        "A signature's header has four members and says nothing else",
        arguments: [
            #"{"alg":"HS256","b64":false,"crit":["b64"]}"#,
            #"{"alg":"HS256","kid":"a key","b64":false,"crit":["b64"]}"#,
            #"{"alg":"HS256","kid":"k","b64":false,"crit":["b64"],"typ":"JOSE"}"#,
            #"{"alg":"HS256","kid":"k","b64":true,"crit":["b64"]}"#,
            #"{"alg":"HS256","kid":"k","b64":false}"#,
            #"{"alg":"HS256","kid":"k","b64":false,"crit":["b64","b64"]}"#,
            #"{"alg":"HS256","alg":"HS256","kid":"k","b64":false,"crit":["b64"]}"#,
            #"{"alg":"HS256","kid":"k","b64":false,"crit":["b64"],"é":1}"#,
        ])
    func header(json: String) {
        #expect(throws: SignatureRefusal.self) {
            try DetachedJWS(parsing: Base64URL.text(Array(json.utf8)) + "..AAAA")
        }
    }

    @Test("A signature is written in one form: no padding, no stray character or bit, no payload")
    func form() throws {
        let head = Base64URL.text(Array(#"{"alg":"HS256","kid":"k","b64":false,"crit":["b64"]}"#.utf8))
        _ = try DetachedJWS(parsing: head + "..AAA")
        for text in ["..AAA=", "..AA A", "..AAA\n", "..AAB", "..A", ".e30.AAA", "..AA+A"] {
            #expect(throws: SignatureRefusal.self, "\(text)") { try DetachedJWS(parsing: head + text) }
        }
    }
}
