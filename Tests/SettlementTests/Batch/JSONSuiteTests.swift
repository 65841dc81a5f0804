import Fixtures
import Settlement
import Testing

/// The selection of github.com/nst/JSONTestSuite beside this clone.
@Suite("JSONTestSuite", .enabled(if: SharedFolder.isWanted, Comment(rawValue: SharedFolder.absence)))
struct JSONSuiteTests {
    private static let folder = "data/vectors/json-test-suite"

    private func fault(_ path: String) throws -> Fault? {
        let bytes = try SharedFolder.bytes("\(Self.folder)/\(path)")
        do throws(Malformation) {
            _ = try JSONValue(parsing: bytes)
            return nil
        } catch {
            return error.fault
        }
    }

    private func names(_ prefix: String) throws -> [String] {
        try SharedFolder.names(in: "\(Self.folder)/test_parsing").filter { $0.hasPrefix(prefix) }
    }

    @Test("The 65 valid texts are accepted, but for the one that gives a name twice")
    func valid() throws {
        let names = try names("y_")
        #expect(names.count == 65)
        var repeated: [String] = []
        for name in names {
            guard let fault = try fault("test_parsing/\(name)") else { continue }
            #expect(fault == .repeatedMember, "\(name)")
            repeated.append(name)
        }
        #expect(repeated == ["y_object_duplicated_key_and_value.json"])
    }

    @Test("The 124 invalid texts are refused")
    func invalid() throws {
        let names = try names("n_")
        #expect(names.count == 124)
        for name in names { #expect(try fault("test_parsing/\(name)") != nil, "\(name)") }
    }

    @Test("Of the 35 undecided texts the ten numbers are accepted as they are written, the others refused")
    func undecided() throws {
        let names = try names("i_")
        #expect(names.count == 35)
        var accepted = 0
        for name in names {
            let fault = try fault("test_parsing/\(name)")
            #expect((fault == nil) == name.hasPrefix("i_number_"), "\(name)")
            if fault == nil { accepted += 1 }
        }
        #expect(accepted == 10)
        #expect(try fault("test_parsing/i_structure_500_nested_arrays.json") == .tooDeep)
        #expect(try fault("test_parsing/i_string_overlong_sequence_2_bytes.json") == .encoding)
        #expect(try fault("test_parsing/i_string_UTF8_surrogate_U+D800.json") == .encoding)
        #expect(try fault("test_parsing/i_string_inverted_surrogates_U+1D11E.json") == .surrogate)
    }

    @Test("The 22 texts of test_transform keep, or lose, what they must")
    func transform() throws {
        let names = try SharedFolder.names(in: "\(Self.folder)/test_transform")
        #expect(names.count == 22)
        var numbers = 0
        for name in names {
            let fault = try fault("test_transform/\(name)")
            if name.hasPrefix("number_") {
                #expect(fault == nil, "\(name)")
                try checkNumber(name)
                numbers += 1
            } else if name.hasPrefix("object_same_key") {
                #expect(fault == .repeatedMember, "\(name)")
            } else if name.contains("invalid_codepoint") {
                #expect(fault == (name.contains("escaped") ? .surrogate : .encoding), "\(name)")
            } else {
                #expect(fault == nil, "\(name)")
            }
        }
        #expect(numbers == 10)
        for name in ["object_key_nfc_nfd.json", "object_key_nfd_nfc.json"] {
            let value = try JSONValue(parsing: SharedFolder.bytes("\(Self.folder)/test_transform/\(name)"))
            #expect(value["\u{E9}"]?.string == "NFC")
            #expect(value["e\u{301}"]?.string == "NFD")
        }
        let null = try JSONValue(
            parsing: SharedFolder.bytes("\(Self.folder)/test_transform/string_with_escaped_NULL.json"))
        #expect(null.array?.first?.string == "A\u{0}B")
    }

    /// A number is never rounded: as points all are refused, as an amount all but the bound itself.
    private func checkNumber(_ name: String) throws {
        let text = String(
            decoding: try SharedFolder.bytes("\(Self.folder)/test_transform/\(name)"), as: UTF8.self)
        let number = text.drop { $0 != "[" }.dropFirst().prefix { $0 != "]" }
        let sample = SampleBatch.ndjson
        let points = malformation(of: sample.replacing("\"points\":120", with: "\"points\":\(number)"))
        #expect(points?.line == 2 && points?.field == "points", "\(name)")
        let amount = malformation(of: sample.replacing("\"amount\":12000", with: "\"amount\":\(number)"))
        if number == "1000000000000000" {
            #expect(amount == nil)
        } else {
            #expect(amount?.line == 2 && amount?.field == "amount", "\(name)")
        }
    }
}
