import Fixtures
import Foundation
import Testing

/// One input as our reader read it, to be read by others.
struct ReaderCase {
    let reader: String
    let input: [UInt8]
    /// What ours read it as, in JSON; nil: it refused.
    let ours: Any?
    /// Why it refused; `taken` if it did not.
    let reason: String
    /// What the reader needs besides.
    var besides: [String: Any] = [:]

    var line: Data {
        get throws {
            let members: [String: Any] = [
                "reader": reader, "input": Data(input).base64EncodedString(),
                "ours": ours.map { [$0] } ?? NSNull(),
            ]
            return try JSONSerialization.data(withJSONObject: members.merging(besides) { $1 })
        }
    }
}

/// Readers in Python that are not ours. `Deploy/prepare --tests` puts them into `.build/reader-peers`; without them
/// the tests fail, as skipping would hide that nobody looked.
enum Peers {
    private static let python = SharedFolder.repository.appendingPathComponent(
        ".build/reader-peers/bin/python")
    private static let script = SharedFolder.repository.appendingPathComponent(
        "Tests/Fixtures/Readers/judge.py")

    /// The word of each library on each case: `refused`, `same`, `other` or `taken`.
    static func verdicts(on cases: [ReaderCase]) async throws -> [[String: String]] {
        try #require(
            FileManager.default.isExecutableFile(atPath: python.path),
            "the readers in Python are missing: run Deploy/prepare --tests")
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "settled-peers-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (asked, answered) = (
            folder.appendingPathComponent("asked"), folder.appendingPathComponent("answered")
        )
        try Data(cases.map { try $0.line }.joined(separator: [0x0A])).write(to: asked)
        let status = try await run([script.path, asked.path, answered.path])
        try #require(status == 0, "judge.py ended with \(status), and says why above")
        let words = try String(contentsOf: answered, encoding: .utf8).split(separator: "\n").map { line in
            try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String], "\(line)")
        }
        try #require(words.count == cases.count, "every case has a verdict")
        return words
    }

    /// On a thread of its own, since it takes seconds: Swift's threads are few.
    private static func run(_ arguments: [String]) async throws -> Int32 {
        try await withCheckedThrowingContinuation { continuation in
            let process = Process()
            process.executableURL = python
            process.arguments = arguments
            process.standardInput = FileHandle.nullDevice
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
    }
}
