import Foundation
import Testing

/// The commands with which merchants and the operator look at their batches.
@Suite("Checking, converting, overseeing with the built binary")
struct DeskTests {
    @Test("A batch is checked, converted, checked again, and taken in its other form")
    func merchantsDesk() throws {
        let quayside = try Quayside()
        let daemon = try Daemon(data: quayside.data)
        let alliance = quayside.scratch.file("alliance.yaml").path
        let file = quayside.scratch.file("2025-03/bakery.ndjson").path
        let now = ["--now", "2025-04-01T00:00:00+02:00"]
        func check(_ file: String, _ more: String...) throws -> Ran {
            try Command(Command.settledPath, ["check", file, "--alliance", alliance] + more + now).run()
        }
        let good = try check(file, "--key", quayside.key(of: "bakery.ndjson"))
        #expect(good.status == 0 && good.output.hasSuffix("nothing to refuse\n"), "\(good)")
        let csv = quayside.scratch.file("bakery.csv").path
        try expectDone(Command.settled("convert", file, "--out", csv))
        #expect(try check(csv).status == 0)
        let back = try expectDone(Command.settled("convert", csv))
        let again = quayside.scratch.file("again.ndjson").path
        try back.output.write(toFile: again, atomically: true, encoding: .utf8)
        #expect(
            try expectDone(Command.settled("convert", again)).output
                == String(contentsOfFile: csv, encoding: .utf8))
        try expectDone(
            Command.settled("submit", csv, "--url", daemon.url, "--key", quayside.key(of: "bakery.ndjson")))

        let other = try check(file, "--key", quayside.key(of: "books.csv"), "--json")
        #expect(other.status == 1 && other.output.contains(#""code":"merchant_mismatch""#))
        let broken = try String(contentsOfFile: file, encoding: .utf8).replacing(
            "\"type\":\"earn\"", with: "\"type\":\"ern\"")
        try broken.write(toFile: file, atomically: true, encoding: .utf8)
        let findings = try check(file)
        #expect(findings.status == 1)
        #expect(
            findings.output.components(separatedBy: ": malformed (type): ").count > 2, "\(findings.output)")
        #expect(try Command.settled("convert", file).run().status == 1)
        #expect(daemon.stop() == 0)
    }

    @Test("Operator batches, status and audit work beside the daemon, and a merchant's key has no way in")
    func operatorsDesk() throws {
        let quayside = try Quayside()
        let daemon = try Daemon(data: quayside.data)
        let opening = quayside.scratch.file("2025-03/garden-operator.ndjson").path
        let merchant = try Command.settled(
            "submit", opening, "--url", daemon.url, "--key", quayside.key(of: "garden.ndjson")
        ).run()
        #expect(merchant.status == 1 && merchant.errors.contains("operator_only"))
        let key = quayside.key(of: "garden.ndjson")
        #expect(
            try Command.settled("operator", "submit", opening, "--data", quayside.data, "--key", key).run()
                .status == 2)
        let stored = try expectDone(Command.settled("operator", "submit", opening, "--data", quayside.data))
        #expect(stored.output.contains("is stored") && stored.output.contains("signed by operator/1"))
        let seal = quayside.scratch.file("data/keys/seal.jwks").path
        let receipt = quayside.scratch.file("2025-03/garden-operator.receipt.json").path
        try expectDone(Command.settled("verify", receipt, "--jwks", seal))
        let again = try expectDone(Command.settled("operator", "submit", opening, "--data", quayside.data))
        #expect(again.output.contains("was stored before"))

        let status = try expectDone(Command.settled("status", "--data", quayside.data))
        #expect(
            status.output.contains("operator_only") && status.output.contains("Quiet"), "\(status.output)")
        let json = try expectDone(Command.settled("status", "--data", quayside.data, "--json")).output
        #expect(json.contains(#"{"merchant":"garden","what":"batch","code":"operator_only","times":1,"#))
        let audit = try expectDone(
            Command.settled(
                "audit", "--data", quayside.data, "--merchant", "garden", "--code", "operator_only", "--json")
        )
        #expect(audit.output.split(separator: "\n").count == 1)
        #expect(try Command.settled("audit", "--data", quayside.data, "--code", "nonsense").run().status == 2)
        let keys = try expectDone(Command.settled("key", "list", "--data", quayside.data)).output
        let line = keys.split(separator: "\n").first { $0.contains("operator/1") }
        #expect(line?.contains("never") == false)
        #expect(daemon.stop() == 0)
    }
}
