import Fixtures
import Foundation
import Testing

/// The same upload in the languages of `Deploy/examples`, each run where the machine has its interpreter.
@Suite("The examples for merchants' systems")
struct ExampleTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let interpreter: String
        let file: String
        var testDescription: String { file }
    }

    static let examples = [
        Example(interpreter: "sh", file: "upload.sh"), Example(interpreter: "python3", file: "upload.py"),
        Example(interpreter: "node", file: "upload.mjs"), Example(interpreter: "java", file: "Upload.java"),
        Example(interpreter: "php", file: "upload.php"),
    ]

    @Test(
        "Each uploads NDJSON and CSV, gets the receipt again, and ends with 1 on a problem",
        arguments: examples)
    func upload(_ example: Example) throws {
        let folder = SharedFolder.repository.appendingPathComponent("Deploy/examples")
        let path = folder.appendingPathComponent(example.file).path
        #expect(FileManager.default.fileExists(atPath: path))
        guard try Command.named("which", [example.interpreter]).run().status == 0 else {
            print("NOT RUN: \(example.file), as this machine has no \(example.interpreter)")
            return
        }
        let quayside = try Quayside()
        let daemon = try Daemon(data: quayside.data)
        func send(_ batch: String) throws -> Ran {
            let file = quayside.scratch.file(batch)
            let key = quayside.key(of: file.lastPathComponent)
            return try Command.named(example.interpreter, [path, file.path, key, daemon.url]).run()
        }
        for batch in ["2025-03/bakery.ndjson", "2025-03/books.csv"] {
            let first = try send(batch)
            #expect(first.status == 0, "\(first.output) \(first.errors)")
            #expect(first.output.hasPrefix(#"{"format":"settled-receipt/1""#))
            let again = try send(batch)
            #expect(again.status == 0 && again.output == first.output)
        }
        let books = quayside.scratch.file("2025-03/books.csv")
        let text = try String(contentsOf: books, encoding: .utf8)
        try (text + "\n").write(to: books, atomically: true, encoding: .utf8)
        let refused = try send("2025-03/books.csv")
        #expect(refused.status == 1 && refused.output.contains(#""code":"malformed""#), "\(refused.output)")
        #expect(daemon.stop() == 0)
    }

    @Test("No example is without a run")
    func complete() throws {
        let folder = SharedFolder.repository.appendingPathComponent("Deploy/examples")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(files) == Set(Self.examples.map(\.file)))
    }
}
