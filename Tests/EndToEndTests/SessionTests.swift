import Fixtures
import Foundation
import Testing

@Suite("A session with the built binary")
struct SessionTests {
    @Test("A batch gets a receipt, the same again the same receipt, a changed one a problem")
    func batches() throws {
        let quayside = try Quayside()
        let daemon = try Daemon(data: quayside.data)
        #expect(try daemon.get("/healthz").status == 0)
        let file = quayside.scratch.file("2025-03/bakery.ndjson").path
        try expectDone(Command.settled("sign", file, "--key", quayside.key(of: "bakery.ndjson")))
        let signature = try String(contentsOfFile: file + ".jws", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let first = try daemon.post(file, signature: signature)
        let again = try daemon.post(file, signature: signature)
        #expect(first.0 == 201 && again.0 == 200 && first.1 == again.1)
        #expect(
            first.1.hasPrefix(#"{"format":"settled-receipt/1","alliance":"quayside","merchant":"bakery""#))

        let bytes = try String(contentsOfFile: file, encoding: .utf8)
        try bytes.replacingOccurrences(of: ":800,", with: ":900,").write(
            toFile: file, atomically: true, encoding: .utf8)
        let changed = try daemon.post(file, signature: signature)
        #expect(changed.0 >= 400 && changed.0 < 500 && changed.1.contains(#""code":"signature_invalid""#))
        let unsigned = try daemon.post(file, signature: nil)
        #expect(
            unsigned.0 >= 400 && unsigned.0 < 500 && unsigned.1.contains(#""code":"signature_malformed""#))
        #expect(daemon.stop() == 0)
    }

    @Test("Submit keeps the receipt, and a second time gets the first one")
    func submitTwice() throws {
        let quayside = try Quayside()
        let daemon = try Daemon(data: quayside.data)
        try quayside.submit("2025-03", to: daemon)
        let receipts = try FileManager.default.contentsOfDirectory(
            atPath: quayside.scratch.file("2025-03").path
        )
        .filter { $0.hasSuffix(".receipt.json") }
        #expect(receipts.count == 5, "\(receipts)")
        let path = quayside.scratch.file("2025-03/books.receipt.json")
        let before = try Data(contentsOf: path)
        try quayside.submit("2025-03", to: daemon)
        #expect(try Data(contentsOf: path) == before)
        try expectDone(
            Command.settled("verify", path.path, "--jwks", quayside.scratch.file("data/keys/seal.jwks").path))
    }

    @Test("The exit code tells refused, used wrongly and trouble apart")
    func exitCodes() throws {
        let quayside = try Quayside()
        func status(_ arguments: String...) throws -> Int32 {
            let ran = try Command(Command.settledPath, arguments).run()
            #expect(ran.status == 0 || !ran.errors.isEmpty, "\(arguments) says nothing")
            return ran.status
        }
        #expect(try status("help") == 0)
        #expect(try status("close", "2025-04", "--data", quayside.data) == 1)
        #expect(try status("close", "--data", quayside.data, "--now", "2025-04-01T00:00:00+02:00") == 1)
        #expect(try status("statement", "books", "2025-03", "--data", quayside.data) == 1)
        #expect(try status("statement", "nobody", "2025-03", "--data", quayside.data) == 2)
        #expect(try status("statement", "books", "2025-13", "--data", quayside.data) == 2)
        #expect(try status("close") == 2)
        #expect(try status("closed") == 2)
        #expect(try status("close", "--data", quayside.scratch.file("nowhere").path) == 2)
        let batch = quayside.scratch.file("2025-03/bakery.ndjson").path
        let nobody = "http://127.0.0.1:9"
        let key = quayside.key(of: "bakery.ndjson")
        #expect(try status("submit", batch, "--url", nobody, "--key", key, "--wait", "0") == 3)
    }

    @Test("A preview shows the closing that the close then writes, and writes nothing")
    func preview() throws {
        let quayside = try Quayside()
        let daemon = try Daemon(data: quayside.data)
        try quayside.submit("2025-03", to: daemon)
        let preview = try expectDone(Command.settled("close", "--preview", "--json", "--data", quayside.data))
        #expect(
            try Command.settled("statement", "books", "2025-03", "--data", quayside.data).run().status == 1)
        let close = try expectDone(Command.settled("close", "--json", "--data", quayside.data))
        #expect(preview.output.hasSuffix("\"closing\":\(close.output)}"))
        let kept = try expectDone(
            Command.settled("statement", "operator", "2025-03", "--json", "--data", quayside.data))
        #expect(kept.output == close.output)
    }
}
