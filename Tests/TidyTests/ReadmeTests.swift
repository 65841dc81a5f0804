import Fixtures
import Foundation
import Settlement
import Testing

@Suite("The README")
struct ReadmeTests {
    private static let text =
        (try? String(contentsOf: SharedFolder.repository.appendingPathComponent("README.md"), encoding: .utf8))
        ?? ""

    @Test("Every command it shows is a file of Sources/settled, and every such file is shown")
    func commands() {
        let shown = Set(
            Self.text.split(separator: "\n").compactMap { line -> String? in
                guard line.hasPrefix("    settled ") else { return nil }
                return line.split(separator: " ").dropFirst().first.map { String($0).capitalized + "Command" }
            })
        let files = SourceFile.swift(in: "Sources/settled").compactMap { file -> String? in
            let name = file.path.split(separator: "/").last?.dropLast(".swift".count) ?? ""
            return name.hasSuffix("Command") ? String(name) : nil
        }
        #expect(shown == Set(files))
        #expect(files.count == 15)
    }

    @Test("Every path of the repository that it names is there")
    func paths() {
        let words = Self.text.split { " \n`(),:;".contains($0) }.map(String.init)
        let paths = Set(
            words.filter { $0.hasPrefix("Deploy/") || $0.hasPrefix("Sources/") || $0.hasPrefix("Tests/") })
        #expect(paths.count >= 3)
        for path in paths {
            let url = SharedFolder.repository.appendingPathComponent(path)
            #expect(FileManager.default.fileExists(atPath: url.path), "\(path)")
        }
    }

    @Test("Its tables explain every refusal code, once")
    func codes() {
        let codes =
            BatchRefusalCode.allCases.map(\.rawValue) + RecordRefusalCode.allCases.map(\.rawValue)
            + SettlementRefusalCode.allCases.map(\.rawValue)
        for code in codes {
            #expect(Self.text.components(separatedBy: "\n| `\(code)` |").count == 2, "\(code)")
        }
    }

    @Test("The scripts it names can be run, and the unit explains every line")
    func scripts() throws {
        for name in ["Deploy/prepare", "Deploy/test", "Deploy/quickstart", "Deploy/bench", ".ci/run"] {
            let path = SharedFolder.repository.appendingPathComponent(name).path
            #expect(FileManager.default.isExecutableFile(atPath: path), "\(name)")
        }
        let unit = SourceFile.all(in: "Deploy").first { $0.path == "Deploy/settled.service" }
        var explained = false
        for line in try #require(unit).lines {
            if line.contains("=") && !line.hasPrefix("#") { #expect(explained, "\(line)") }
            explained = line.hasPrefix("#")
        }
    }
}
