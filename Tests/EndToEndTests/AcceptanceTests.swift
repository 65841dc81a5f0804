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
            "--records", SharedFolder.file("data/x5/records.csv").path, "--through", "2019-03", "--out", out
        ).run()
        #expect(run.status == 0, "\(run.errors)")
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

    /// The script's last line: `N figures compared, 0 wrong`.
    private func expectNoneWrong(_ verdict: Ran, atLeast figures: Int) throws {
        let words = verdict.lastLine.split(separator: " ")
        #expect(words.dropFirst() == ["figures", "compared,", "0", "wrong"], "\(verdict.lastLine)")
        #expect(try #require(words.first.flatMap { Int($0) }) >= figures)
    }
}
