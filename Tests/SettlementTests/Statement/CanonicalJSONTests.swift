import Settlement
import Testing

@Suite("Canonical JSON")
struct CanonicalJSONTests {
    @Test("Members keep the order of the calls, without a space or a final newline")
    func order() {
        var json = CanonicalJSON()
        json.object { json in
            json.member("b", 1)
            json.member("a", array: [1, 2]) { json, number in json.integer(number) }
            json.member("c", orNull: nil)
            json.member("d", ifPresent: nil as String?)
            json.member("e") { json in json.member("f", "g") }
            json.name("h")
            json.boolean(true)
        }
        #expect(
            String(decoding: json.bytes, as: UTF8.self)
                == #"{"b":1,"a":[1,2],"c":null,"e":{"f":"g"},"h":true}"#)
    }

    @Test("Only quotes, backslashes and control characters are escaped")
    func escapes() {
        var json = CanonicalJSON()
        json.string("\"\\\u{0}\n\u{1f}/é\u{7f}\u{2028}")
        #expect(
            String(decoding: json.bytes, as: UTF8.self) == "\"\\\"\\\\\\u0000\\u000a\\u001f/é\u{7f}\u{2028}\""
        )
    }
}
