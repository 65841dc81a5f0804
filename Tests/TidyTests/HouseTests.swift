import Foundation
import Testing

@Suite("The house rules")
struct HouseTests {
    @Test("No source file is longer than 300 lines, and no test file, tables and all, than 400")
    func sizes() {
        let sources = SourceFile.swift(in: "Sources") + SourceFile.swift(in: "Migrations")
        let tests = SourceFile.swift(in: "Tests")
        #expect(sources.count > 50 && tests.count > 20)
        for (files, most) in [(sources, 300), (tests, 400)] {
            for file in files {
                // What stands behind the last line's end is no line.
                #expect(file.lines.count - 1 <= most, "\(file.path) has \(file.lines.count - 1) lines")
            }
        }
    }

    @Test("No file is named after a drawer")
    func names() {
        let drawers = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Misc", "Common"]
        // What systemd calls itself is its own word.
        for file in SourceFile.swift(in: "Sources") where !file.path.hasSuffix("/ServiceManager.swift") {
            #expect(!drawers.contains { file.path.hasSuffix("\($0).swift") }, "\(file.path)")
        }
    }

    @Test("No two files of Sources bear the same name")
    func twins() {
        let names = SourceFile.swift(in: "Sources").map { $0.path.split(separator: "/").last ?? "" }
        let twins = Dictionary(grouping: names) { $0 }.filter { $0.value.count > 1 }
        #expect(twins.isEmpty, "\(twins.keys.sorted())")
    }

    @Test("Nothing stands at the top but what the architecture names")
    func topLevel() throws {
        let names = Set(
            SourceFile.all().map { String($0.path.prefix { $0 != "/" }) }.filter { !$0.hasPrefix(".") })
        let known: Set = ["Deploy", "Migrations", "Package.swift", "README.md", "Sources", "Tests"]
        #expect(names.isSubset(of: known), "\(names.subtracting(known).sorted())")
        #expect(known.isSubset(of: names), "missing: \(known.subtracting(names).sorted())")
    }

    @Test("No file knows the machine or the tools it was written with")
    func noTraces() {
        // Put together from pieces, as this file is searched too.
        let traces = [
            "/wo" + "rk/", "/ro" + "ot/", ".libr" + "ary", "fa" + "rm-", "/tmp/d" + "ev", "DESI" + "GN.md",
            "before" + "-stop", "clau" + "de", "anthro" + "pic",
        ]
        let files = SourceFile.all()
        #expect(files.count > 80)
        for file in files {
            for (number, line) in zip(1..., file.lines) {
                for trace in traces where line.lowercased().contains(trace.lowercased()) {
                    Issue.record("\(file.path):\(number) mentions \(trace)")
                }
            }
        }
    }

    @Test("No secret lies about in the repository")
    func noSecrets() {
        for file in SourceFile.all() {
            #expect(!file.lines.contains { $0.hasPrefix("-----BEGIN PRIV" + "ATE KEY") }, "\(file.path)")
        }
    }
}
