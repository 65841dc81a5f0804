import Fixtures
import Foundation
import Testing

/// `Deploy/fuzz` with a program in libFuzzer's place that says what libFuzzer says.
@Suite("Deploy/fuzz")
struct DeployTests {
    private static let binary = #"""
        #!/bin/sh
        said() {
            echo "INFO: Loaded 1 modules   (4200 inline 8-bit counters): 4200 [0x1, 0x2)," >&2
            echo "#999	REDUCE cov: 321 ft: 654 corp: 45/678b lim: 16 exec/s: 9 rss: 30Mb" >&2
            printf 'stat::number_of_executed_units: %s\nstat::average_exec_per_sec: 12345\n' "$1" >&2
        }
        case "$1 $2" in
        "list "*) printf 'good\t16\tone\nbad\t16\ttwo\nslow\t16\tthree\nidle\t16\tfour\ndead\t16\tfive\n' ;;
        "seeds "*) mkdir -p "$3" && printf a >"$3/seed-0" ;;
        "run good") said 1000000 ;;
        "run idle") said 0 ;;
        "run dead") exit 9 ;;
        "run bad" | "run slow")
            for argument; do case $argument in -artifact_prefix=*) prefix=${argument#*=} ;; esac; done
            kind=crash
            [ "$2" = bad ] || kind=timeout
            printf 'settle' >"$prefix$kind-0123"
            echo "Fuzzing/Fuzz.swift:1: Fatal error: broken promise: the sum is right" >&2
            echo "artifact_prefix='$prefix'; Test unit written to $prefix$kind-0123" >&2
            said 17
            exit 77
            ;;
        esac
        """#

    private struct Ran {
        let status: Int32
        let output: String
        /// The words of the table's line of a target.
        func row(_ target: String) -> [String] {
            let lines = output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            return lines.first { $0.first == target && $0.count > 4 } ?? []
        }
    }

    private func fuzz(_ arguments: String...) throws -> Ran {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "settled-fuzz-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let binary = folder.appendingPathComponent("fuzz")
        try Data(Self.binary.utf8).write(to: binary)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: binary.path)
        let output = folder.appendingPathComponent("out")
        _ = FileManager.default.createFile(atPath: output.path, contents: nil)
        let process = Process()
        process.executableURL = SharedFolder.repository.appendingPathComponent("Deploy/fuzz")
        process.arguments =
            arguments + ["--binary", binary.path, "--corpus", folder.appendingPathComponent("kept").path]
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = process.standardOutput
        try process.run()
        process.waitUntilExit()
        return Ran(
            status: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8))
    }

    @Test("Where nothing is found it ends with 0 and the figures")
    func good() throws {
        let ran = try fuzz("good")
        #expect(ran.status == 0, "\(ran.output)")
        #expect(
            ran.row("good") == ["good", "1,000,000", "12,345", "321", "4,200", "45", "nothing"],
            "\(ran.output)")
    }

    @Test("A crash and a hang end it with 1, and it tells the input, the promise and how to make it a test")
    func found() throws {
        let ran = try fuzz("good", "bad", "slow")
        #expect(ran.status == 1)
        #expect(ran.row("good").last == "nothing" && ran.row("bad").last == "crash", "\(ran.output)")
        #expect(ran.row("slow").last == "hang", "\(ran.output)")
        for told in [
            "broken promise: the sum is right", "bad-crash-0123", "Tests/FuzzingTests/FoundTests.swift",
            Data("settle".utf8).base64EncodedString(), "run bad ",
        ] {
            #expect(ran.output.contains(told), "\(told) is not in \(ran.output)")
        }
    }

    @Test("A target that had no input, or died without one, is no success", arguments: ["idle", "dead"])
    func brokeOff(target: String) throws {
        let ran = try fuzz(target)
        #expect(ran.status == 1 && ran.output.contains("broke off"), "\(ran.output)")
    }

    @Test("A target that is not there is a misuse, and told which are")
    func unknown() throws {
        let ran = try fuzz("nowhere")
        #expect(ran.status == 2 && ran.output.contains("good, bad"), "\(ran.output)")
    }
}
