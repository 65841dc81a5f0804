import Foundation
import Fuzzing
import Testing

/// An input that broke a target once.
struct Found: Sendable, CustomTestStringConvertible {
    let sentence: String
    let target: String
    /// In base64.
    let input: String

    init(_ sentence: String, _ target: String, _ input: String) {
        (self.sentence, self.target, self.input) = (sentence, target, input)
    }

    var testDescription: String { sentence }

    static let all = [
        Found(
            "The check before sending finds no fault that taking half a row away has made", "csv",
            "InNldHRsZWQtYmF0Y2gvMSIsIm1lcmNoYW50PU0iLGJhdGNoPXEtMSxzZXF1ZW5jZT0xLCJyZWNvcmRzPTEiLCJ0b3RhbHMu"
                + "ZWFybj01IixzdHJpY3Q9dHJ1ZSwsCiJpZCIsInR5cGUiLCJtZW1iZXIiLCJwb2ludHMiLCJhdCIsInN0b3JlIgoiYSIiYiIs"
                + "ZWFybiwibQp4Iiw1LCIAMjAyNi0wMS0xMFQxMDowMDowMFoiLCIiCg==")
    ]
}

@Suite("What fuzzing found")
struct FoundTests {
    @Test("Every input that broke a promise once keeps it now", arguments: Found.all)
    func found(_ found: Found) async throws {
        let target = try #require(FuzzTarget.named(found.target))
        let input = try #require(Data(base64Encoded: found.input))
        _ = try await target.run([UInt8](input))
    }
}
