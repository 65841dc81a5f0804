import Settlement
import Testing

@Suite("Identifiers")
struct IdentifierTests {
    /// Every kind of rulebook §1 that has the wide rule.
    private func accepts(_ text: String) -> [Bool] {
        [
            AllianceID(text) != nil, BatchID(text) != nil, RecordID(text) != nil, MemberID(text) != nil,
            StoreID(text) != nil, CampaignID(text) != nil, ItemID(text) != nil, BookingReference(text) != nil,
        ]
    }

    @Test("An identifier has 1 to 64 bytes")
    func length() {
        #expect(accepts("a").allSatisfy { $0 })
        #expect(accepts(String(repeating: "x", count: 64)).allSatisfy { $0 })
        #expect(!accepts(String(repeating: "x", count: 65)).contains(true))
        #expect(!accepts("").contains(true))
        #expect(accepts("a").count == 8)
    }

    @Test("Of all bytes, printable ASCII but space, quote, backslash and comma may stand in one")
    func bytes() {
        var allowed = 0
        for byte in UInt8.min...UInt8.max {
            let text = "a" + String(UnicodeScalar(byte)) + "b"
            let isAllowed = (0x21...0x7E).contains(byte) && ![0x22, 0x2C, 0x5C].contains(byte)
            #expect(accepts(text).allSatisfy { $0 == isAllowed }, "\(byte)")
            allowed += isAllowed ? 1 : 0
        }
        #expect(allowed == 91)
        for text in ["é", "e\u{301}", "日本", "a\u{200B}", "a\r\n", "\u{FEFF}a"] {
            #expect(!accepts(text).contains(true), "\(text.utf8)")
        }
        // What a merchant's id may not be, another's may.
        for text in ["operator", ".a", "a/b", "#", "a'b", "{}", "~"] {
            #expect(accepts(text).allSatisfy { $0 }, "\(text)")
        }
    }

    @Test("A merchant's id has 1 to 40 of letters, digits, point, underline and hyphen")
    func merchant() {
        for text in [
            "M", "m-1", "_", "-", "a.", "0", "a..b", "Operator", "operators", "operator.", "OPERATOR",
        ] {
            #expect(MerchantID(text)?.text == text)
        }
        #expect(MerchantID(String(repeating: "M", count: 40)) != nil)
        for text in [
            "", ".", "..", ".a", "operator", "a b", "a/b", "a,b", "é", "a\u{0}", "M\n", "a+b", "a:b",
        ] {
            #expect(MerchantID(text) == nil, "\(text)")
        }
        #expect(MerchantID(String(repeating: "M", count: 41)) == nil)
        var allowed = 0
        for byte in UInt8.min...UInt8.max where MerchantID("a" + String(UnicodeScalar(byte))) != nil {
            allowed += 1
        }
        #expect(allowed == 26 + 26 + 10 + 3)
    }

    @Test("They compare byte for byte")
    func order() throws {
        let texts = ["K-1", "K.1", "K_1", "M", "Z", "a", "aB", "aa", "m"]
        let ids = try texts.map { try #require(MerchantID($0)) }
        #expect(ids.shuffled().sorted() == ids)
        #expect(MemberID("p10")! < MemberID("p9")!)
        #expect(MemberID("x") != MemberID("X"))
    }
}
