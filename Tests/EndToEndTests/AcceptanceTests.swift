import Fixtures
import Foundation
import Testing

/// The built binary against figures that were worked out independently.
@Suite(
    "The acceptance figures", .enabled(if: SharedFolder.isWanted, Comment(rawValue: SharedFolder.absence)))
struct AcceptanceTests {
    private let compare = SharedFolder.file("acceptance/compare.py").path

    @Test("X5's ledger settles to the figures, points valid a year or a month", arguments: ["year", "month"])
    func x5(validity: String) throws {
        let scratch = try Scratch()
        let out = scratch.file("out").path
        let run = try Command.settled(
            "simulate", "--alliance", SharedFolder.file("data/x5/alliance-\(validity).yaml").path,
            "--records", SharedFolder.file("data/x5/records.csv").path, "--through", "2019-03", "--out", out,
            "--keep", scratch.file("data").path
        ).run()
        #expect(run.status == 0, "\(run.errors)")
        let verified = try Command.settled(
            "verify", out, "--jwks", scratch.file("data/keys/seal.jwks").path
        ).run()
        #expect(verified.status == 0 && verified.lastLine == "good", "\(verified.output)\(verified.errors)")
        let verdict = try Command.named(
            "python3", [compare, SharedFolder.file("acceptance/expected-\(validity).json").path, out]
        ).run()
        #expect(verdict.status == 0, "\(verdict.output)\(verdict.errors)")
        try expectNoneWrong(verdict, atLeast: 10_000)
    }

    @Test("Every case, one rule each, comes out as written down")
    func cases() throws {
        let command =
            "\(Command.settledPath) simulate --alliance {alliance} --records {records}"
            + " --bookings {bookings} --through {through} --out {out}"
        let verdict = try Command.named(
            "python3", [compare, "--cases", SharedFolder.file("acceptance/cases").path, command]
        ).run()
        #expect(verdict.status == 0, "\(verdict.output)\(verdict.errors)")
        let cases = try SharedFolder.names(in: "acceptance/cases").filter { $0 != "README.md" }
        #expect(cases.count >= 50)
        #expect(verdict.output.split(separator: "\n").count { $0.hasPrefix("ok ") } == cases.count)
        try expectNoneWrong(verdict, atLeast: 1_000)
    }

    @Test("Both who verify find every case's documents good: no true figure is called wrong")
    func verified() throws {
        struct Expected: Decodable { let period: String }
        for name in try SharedFolder.names(in: "acceptance/cases") where name != "README.md" {
            let place = SharedFolder.file("acceptance/cases/\(name)")
            let periods = try JSONDecoder().decode(
                [Expected].self, from: Data(contentsOf: place.appendingPathComponent("expected.json")))
            let scratch = try Scratch()
            let out = scratch.file("out")
            let bookings = place.appendingPathComponent("bookings.csv").path
            let ran = try Command(
                Command.settledPath,
                [
                    "simulate", "--alliance", place.appendingPathComponent("alliance.yaml").path, "--records",
                    place.appendingPathComponent("records.csv").path, "--through",
                    try #require(periods.last).period, "--out", out.path, "--keep", scratch.file("data").path,
                ] + (FileManager.default.fileExists(atPath: bookings) ? ["--bookings", bookings] : [])
            ).run()
            try #require(ran.status == 0, "\(name): \(ran.errors)")
            let keys = ["--jwks", scratch.file("data/keys/seal.jwks").path]
            let program = try Command(Command.settledPath, ["verify", out.path] + keys).run()
            #expect(program.status == 0, "\(name): \(program.output)\(program.errors)")
            let folders = try FileManager.default.subpathsOfDirectory(atPath: out.path)
                .filter { $0.hasSuffix("/STATEMENT.json") }
                .map { out.appendingPathComponent($0).deletingLastPathComponent().path }
            #expect(!folders.isEmpty, "\(name)")
            let script = SharedFolder.repository.appendingPathComponent("Deploy/verify-statement").path
            let audited = try Command(script, keys + folders.sorted()).run()
            #expect(audited.status == 0, "\(name): \(audited.output)\(audited.errors)")
        }
    }

    /// The script's last line: `N figures compared, 0 wrong`.
    private func expectNoneWrong(_ verdict: Ran, atLeast figures: Int) throws {
        let words = verdict.lastLine.split(separator: " ")
        #expect(words.dropFirst() == ["figures", "compared,", "0", "wrong"], "\(verdict.lastLine)")
        #expect(try #require(words.first.flatMap { Int($0) }) >= figures)
    }
}
