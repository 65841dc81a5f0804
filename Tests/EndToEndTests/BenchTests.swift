import Fixtures
import Foundation
import Testing

/// `Deploy/bench` on a few records: that everything is measured and judged, not how fast it is.
@Suite("The bench")
struct BenchTests {
    private static let script = SharedFolder.repository.appendingPathComponent("Deploy/bench").path

    @Test(
        "A small run shows every row as a table, JSON and a page, and the results agree with Python's",
        .enabled(if: SharedFolder.isWanted, Comment(rawValue: SharedFolder.absence)))
    func small() throws {
        let scratch = try Scratch(inMemory: true)
        let (json, html) = (scratch.file("run.json"), scratch.file("run.html"))
        let ran = try bench(
            "--records", "2000", "--runs", "1", "--binaries", Bundle.main.bundleURL.path, "--scratch",
            scratch.folder.path, "--json", json.path, "--html", html.path, in: scratch)
        #expect(ran.status == 0, "\(ran.errors)")
        let run = try JSONDecoder().decode(Run.self, from: Data(contentsOf: json))
        #expect(run.rows.count == 23 && run.machine["swift"] != nil && run.machine["processor"] != nil)
        // A folder in memory is no device; the peers may not be installed. All else is measured here.
        for (key, row) in run.rows where !["bytes", "beancount", "hledger"].contains(key) {
            #expect(row.samples.count == 1 && row.reason == nil, "\(key): \(row.reason ?? "no sample")")
            for sample in row.samples {
                #expect(sample.ours > 0 && sample.wrong == nil, "\(key): \(sample.wrong ?? "")")
            }
        }
        for key in ["intake", "http", "scan-ndjson", "scan-csv", "close", "python", "growth"] {
            #expect(try #require(run.rows[key]?.samples.first).limit ?? 0 > 0, "\(key)")
        }
        #expect(ran.output.contains("C ingest_limit: ") && ran.output.contains("NOT MEASURED"))
        let page = try String(contentsOf: html, encoding: .utf8)
        #expect(page.components(separatedBy: "<svg").count == 3 && page.contains("Python + orjson"))
        for link in ["src=", "href=", "url(", "@import"] { #expect(!page.contains(link), "\(link)") }
    }

    @Test(
        "The check fails on a row that misses its bound, and on that alone",
        arguments: [
            (#"{"ours": 50, "limit": 100}"#, "intake", 0), (#"{"ours": 49, "limit": 100}"#, "intake", 1),
            (#"{"ours": 450}"#, "bytes", 0), (#"{"ours": 451}"#, "bytes", 1), ("", "intake", 1),
            (#"{"ours": 9, "limit": 1, "wrong": "the results differ"}"#, "python", 1),
            (#"{"ours": 1, "limit": 100}"#, "zipf-close", 0),
            (
                #"{"ours": 40, "limit": 100}, {"ours": 60, "limit": 100}, {"ours": 90, "limit": 100}"#,
                "intake", 0
            ),
            (
                #"{"ours": 90, "limit": 100}, {"ours": 45, "limit": 100}, {"ours": 40, "limit": 100}"#,
                "intake", 1
            ),
        ])
    func verdicts(samples: String, row: String, status: Int32) throws {
        let scratch = try Scratch()
        let reason = samples.isEmpty ? #", "reason": "it rained""# : ""
        let run = try scratch.write(
            #"{"format": "settled-bench/1", "records": 1000000, "runs": 1, "machine": {}, "rows": "#
                + #"{"\#(row)": {"unit": "records/s", "samples": [\#(samples)]\#(reason)}}}"#, to: "run.json")
        let ran = try bench("--from", run, "--check", in: scratch)
        #expect(ran.status == status, "\(ran.output)\(ran.errors)")
        #expect(ran.output.contains("it rained") == samples.isEmpty)
        #expect(try bench("--from", run, in: scratch).status == 0)
        #expect(try bench("--from", run, "--check", "--only", "simulate", in: scratch).status == 0)
    }

    @Test(
        "A count of instructions may be 5 % over its budget, and is not judged on another toolchain",
        arguments: [
            ("105.0", "6.3", 0, false), ("105.1", "6.3", 1, false), ("50", "6.3", 0, false),
            ("999", "6.4", 0, true), (nil, "6.3", 1, false),
        ] as [(String?, String, Int32, Bool)])
    func budgets(count: String?, swift: String, status: Int32, isOther: Bool) throws {
        let scratch = try Scratch()
        func file(_ name: String, swift: String, engine: String?) throws -> String {
            let engine = engine.map { #""engine": \#($0)"# } ?? ""
            return try scratch.write(
                #"{"counted with": {"swift": "\#(swift)"}, "instructions a record": {\#(engine)}}"#, to: name)
        }
        let ran = try bench(
            "--instructions", "--from", file("count.json", swift: swift, engine: count), "--budgets",
            file("budgets.json", swift: "6.3", engine: "100"), in: scratch)
        #expect(ran.status == status, "\(ran.output)\(ran.errors)")
        #expect(ran.output.contains("NOT JUDGED") == isOther)
    }

    @Test("The README's table has every row that is judged, with its bounds")
    func readme() throws {
        let rows = """
            import sys; sys.dont_write_bytecode = True; sys.path.insert(0, "Deploy/lib")
            from bench.rows import ROWS; from bench.table import bound
            for row in ROWS:
                if row.least is not None: print(f"{row.key}/ {bound(row, row.least)} | {bound(row, row.aim)} ")
            """
        let ran = try Command.named("python3", ["-c", rows], in: SharedFolder.repository).run()
        let judged = ran.output.split(separator: "\n").map { $0.split(separator: "/") }
        #expect(ran.status == 0 && judged.count == 16, "\(ran.errors)")
        let readme = try String(
            contentsOf: SharedFolder.repository.appendingPathComponent("README.md"), encoding: .utf8)
        let lines = readme.split(separator: "\n")
        for row in judged {
            // Other tables have rows of such names too.
            let named = lines.filter { $0.hasPrefix("| `\(row[0])` |") }
            #expect(named.filter { $0.contains("|\(row[1])|") }.count == 1, "\(row[0]): \(named)")
        }
    }

    @Test("What it was asked wrongly, or cannot read, it says")
    func misuse() throws {
        let scratch = try Scratch()
        #expect(try bench("--records", "10", in: scratch).status == 2)
        #expect(try bench("--only", "nothing", in: scratch).status == 2)
        let ran = try bench("--binaries", scratch.folder.path, in: scratch)
        #expect(ran.status == 3 && ran.errors.contains("leave out --binaries"), "\(ran.errors)")
    }

    private func bench(_ arguments: String..., in scratch: Scratch) throws -> Ran {
        try Command(Self.script, arguments, environment: ["TMPDIR": scratch.folder.path]).run()
    }

    /// The part of a run's JSON that is looked at.
    private struct Run: Decodable {
        let rows: [String: Row]
        let machine: [String: String]

        struct Row: Decodable {
            let samples: [Sample]
            let reason: String?
        }

        struct Sample: Decodable {
            let ours: Double
            let limit: Double?
            let wrong: String?
        }
    }
}
