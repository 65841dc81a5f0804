import Fixtures
import Foundation

/// A small history that ends in one refusal, as text: `Tests/Fixtures/Refusals/<code>.txt`.
///
///     # Why it is refused.
///     batch M received 2026-01-15T12:00:00+01:00 [limit 100] [key ID] [revoked INSTANT] [signature TEXT] [altered]
///     the batch's lines, up to an empty one
///
///     close 2026-01
///     expect batch | expect record ID | expect close ID
///
/// `batch operator` is signed by the operator. `expect` says where the file's code must turn up: as the refusal
/// of the last batch, of a record in the last receipt, or of a record at the last close.
struct RefusalFixture: Sendable {
    struct Batch: Sendable {
        /// A merchant's id, or `operator`.
        let signer: String
        let received: String
        /// What stands behind, by word; `altered` has an empty value.
        let options: [String: String]
        let bytes: [UInt8]
    }

    enum Step: Sendable {
        case batch(Batch)
        case close(String)
    }

    enum Place: Hashable, Sendable {
        case batch
        case record(String)
        case close(String)
    }

    let code: String
    let steps: [Step]
    let place: Place

    struct Malformed: Error {
        let line: String
    }

    /// The code of every fixture there is, sorted.
    static func codes() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".txt") }.map { String($0.dropLast(4)) }.sorted()
    }

    static let folder = SharedFolder.repository.appendingPathComponent("Tests/Fixtures/Refusals")

    init(code: String) throws {
        let text = try String(contentsOf: Self.folder.appendingPathComponent("\(code).txt"), encoding: .utf8)
        var steps: [Step] = []
        var place: Place?
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...]
        while let line = lines.popFirst() {
            let words = line.split(separator: " ").map(String.init)
            switch words.first {
            case nil, "#": continue
            case "batch":
                let body = lines.prefix { !$0.isEmpty }
                lines = lines.dropFirst(body.count)
                steps.append(.batch(try Batch(words: words, body: Array(body), line: line)))
            case "close" where words.count == 2: steps.append(.close(words[1]))
            case "expect" where words.count > 1: place = try Place(words: words)
            default: throw Malformed(line: line)
            }
        }
        guard let place, !steps.isEmpty else { throw Malformed(line: "\(code).txt expects nothing") }
        self.code = code
        self.steps = steps
        self.place = place
    }
}

extension RefusalFixture.Batch {
    fileprivate init(words: [String], body: [String], line: String) throws {
        guard words.count >= 4, words[2] == "received", !body.isEmpty else {
            throw RefusalFixture.Malformed(line: line)
        }
        signer = words[1]
        received = words[3]
        var options: [String: String] = [:]
        var rest = words.dropFirst(4)
        while let word = rest.popFirst() {
            guard ["limit", "key", "revoked", "signature", "altered"].contains(word) else {
                throw RefusalFixture.Malformed(line: line)
            }
            options[word] = word == "altered" ? "" : rest.popFirst() ?? ""
        }
        self.options = options
        bytes = Array(body.map { $0 + "\n" }.joined().utf8)
    }
}

extension RefusalFixture.Place {
    fileprivate init(words: [String]) throws {
        switch (words[1], words.count) {
        case ("batch", 2): self = .batch
        case ("record", 3): self = .record(words[2])
        case ("close", 3): self = .close(words[2])
        default: throw RefusalFixture.Malformed(line: words.joined(separator: " "))
        }
    }
}
