import Settlement
import Testing

@Suite("Whole JSON values")
struct JSONValueTests {
    private func read(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    @Test("Values of every kind are read, in their order")
    func kinds() throws {
        let value = try read(#" {"a":[1,-2,true,false,null,"x"],"b":{"c":"\ud83d\ude00 \"\\\/\b\f\n\r\t"}} "#)
        #expect(value.names == ["a", "b"])
        let array = try #require(value["a"]?.array)
        #expect(array.map(\.integer) == [1, -2, nil, nil, nil, nil])
        #expect(array.map(\.boolean) == [nil, nil, true, false, nil, nil])
        #expect(array[4].isNull && array[5].string == "x")
        #expect(value["b"]?["c"]?.string == "\u{1F600} \"\\/\u{8}\u{C}\n\r\t")
        #expect(value["c"] == nil && array[0]["a"] == nil && array[0].array == nil)
    }

    @Test(
        "Numbers are kept as written; as integers only those that are",
        arguments: ["1.0", "1e2", "-0", "9223372036854775808"])
    func numbers(text: String) throws {
        let value = try read(text)
        guard case .number(let kept) = value else {
            Issue.record("\(text) is a number")
            return
        }
        #expect(kept == text)
        #expect(value.integer == nil)
        #expect(try read("-9223372036854775808").integer == Int64.min)
    }

    @Test("Names are compared as bytes, also those that look alike")
    func lookalikes() throws {
        // The Kelvin sign is canonically equivalent to K, and equal to it as a String.
        let value = try read("{\"\u{212A}\":1,\"K\":2}")
        #expect(value["K"]?.integer == 2)
        #expect(value["\u{212A}"]?.integer == 1)
    }

    @Test("A name given twice is refused, however it is written")
    func repeated() {
        #expect(throws: Malformation.self) { try read(#"{"a":1,"\u0061":2}"#) }
    }

    @Test("Depth is bounded")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try read(nested(JSONValue.maximumDepth))
        #expect(throws: Malformation.self) { try read(nested(JSONValue.maximumDepth + 1)) }
    }
}
