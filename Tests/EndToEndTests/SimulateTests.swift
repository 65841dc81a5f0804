import Foundation
import Testing

@Suite("Simulate")
struct SimulateTests {
    private static let alliance = """
        id: small
        name: Small
        currency: EUR
        timezone: Europe/Berlin
        period: month
        start: 2026-01-01
        merchants:
          - id: M
            name: Merchant M
            status:
              - from: 2026-02-10
                status: suspended
            terms:
              - {from: 2026-01-01, funding: issue, issue_price: '0.01', redeem_price: '0.01'}
        """

    /// Runs it over records in a scratch folder; gives what it said.
    private func simulate(_ records: String, in scratch: Scratch, _ more: [String] = []) throws -> Ran {
        let files = [
            "--alliance", try scratch.write(Self.alliance, to: "alliance.yaml"),
            "--records", try scratch.write(records, to: "records.csv"), "--through", "2026-02",
            "--out", scratch.file("out").path,
        ]
        return try Command(Command.settledPath, ["simulate"] + files + more).run()
    }

    private let records = """
        merchant,id,type,member,points,at,received
        M,a,earn,x,100,2026-01-05T10:00:00+01:00,2026-01-06T00:00:00+01:00
        M,b,redeem,x,30,2026-01-06T10:00:00+01:00,2026-01-07T00:00:00+01:00
        M,c,earn,x,5,2026-02-11T10:00:00+01:00,2026-02-12T00:00:00+01:00
        """

    @Test("The folder kept serves the other commands, and a batch refused whole is told")
    func keep() throws {
        let scratch = try Scratch()
        let secret = try scratch.write(String(repeating: "5a", count: 32) + "\n", to: "secret")
        chmod(secret, 0o600)
        let data = scratch.file("data").path
        let ran = try simulate(records, in: scratch, ["--keep", data, "--secret", secret])
        #expect(ran.status == 0, "\(ran.errors)")
        #expect(ran.errors.contains("merchant_suspended") && !ran.errors.contains("\r"), "\(ran.errors)")
        let out = scratch.file("out/2026-01/M/STATEMENT.json")
        let shown = try expectDone(Command.settled("statement", "M", "2026-01", "--json", "--data", data))
        #expect(try shown.output == String(contentsOf: out, encoding: .utf8))
        try expectDone(Command.settled("verify", out.path, "--data", data))
        try expectDone(
            Command.settled("verify", scratch.file("out/2026-02/CLOSING.json").path, "--data", data))
        let daemon = try Daemon(data: data)
        #expect(daemon.stop() == 0)
    }

    @Test("The same input gives the same bytes, and an earlier run's periods do not linger")
    func again() throws {
        let scratch = try Scratch()
        #expect(try simulate(records, in: scratch).status == 0)
        let before = try documents(in: scratch)
        let stray = scratch.file("out/2026-05")
        try FileManager.default.createDirectory(at: stray, withIntermediateDirectories: true)
        try "{}".write(to: stray.appendingPathComponent("CLOSING.json"), atomically: true, encoding: .utf8)
        try "mine".write(to: scratch.file("out/notes.txt"), atomically: true, encoding: .utf8)
        #expect(try simulate(records, in: scratch).status == 0)
        var after = try documents(in: scratch)
        #expect(after.removeValue(forKey: "notes.txt") == Data("mine".utf8))
        #expect(before == after)
        #expect(before.count == 14, "\(before.keys.sorted())")
    }

    @Test("A malformed record, an unknown period and a missing file are told apart, with the line")
    func refusals() throws {
        let scratch = try Scratch()
        let malformed = try simulate(
            records + "\nM,d,earn,x,1.0,2026-01-08T00:00:00+01:00,2026-01-09T00:00:00+01:00", in: scratch)
        #expect(malformed.status == 1 && malformed.errors.contains("records.csv:5"), "\(malformed.errors)")
        #expect(malformed.errors.contains("malformed"))
        #expect(try simulate(records, in: scratch, ["--through", "2026-W07"]).status == 2)
        #expect(try simulate(records, in: scratch, ["--bookings", scratch.file("none").path]).status == 2)
        let bookings = try scratch.write(
            "merchant,kind,reference,amount,date,reason\nM,payment,P1,0,2026-01-05,none\n", to: "bookings.csv"
        )
        let refused = try simulate(records, in: scratch, ["--bookings", bookings])
        #expect(refused.status == 1 && refused.errors.contains("amount_out_of_bounds"), "\(refused.errors)")
    }

    private func documents(in scratch: Scratch) throws -> [String: Data] {
        var documents: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: scratch.file("out").path) {
            var isFolder: ObjCBool = false
            let path = scratch.file("out/\(name)").path
            _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            if !isFolder.boolValue { documents[name] = try Data(contentsOf: URL(fileURLWithPath: path)) }
        }
        return documents
    }
}
