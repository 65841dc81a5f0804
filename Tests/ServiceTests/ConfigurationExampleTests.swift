import Fixtures
import Foundation
import Testing

@testable import Service

@Suite("The example of a configuration")
struct ConfigurationExampleTests {
    private static let file = SharedFolder.repository.appendingPathComponent("Deploy/settled.yaml").path

    /// A key as the example has it: a comment, so that it says nothing.
    private struct Line: Hashable {
        let path: String
        /// Nil: none is shown.
        let value: String?
        let isLive: Bool
    }

    private func lines() throws -> [Line] {
        var (section, said) = ("", "")
        var lines: [Line] = []
        for line in try text(of: Self.file).split(separator: "\n").map(String.init) {
            if let first = line.first, first.isLetter { section = String(line.prefix { $0 != ":" }) }
            defer { said = line.hasPrefix("  # ") ? said + line : "" }
            guard line.hasPrefix("  #"), !line.hasPrefix("  # ") else { continue }
            let parts = line.dropFirst(3).split(separator: ":", maxSplits: 1)
            let value = parts.count == 2 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
            #expect(said.count > 10, "\(line) is not explained")
            lines.append(
                Line(
                    path: "\(section).\(parts[0])", value: value.isEmpty ? nil : value,
                    isLive: said.hasSuffix(" LIVE")))
        }
        return lines
    }

    @Test("It has every key with its default, says which a running daemon takes, and has no other")
    func complete() throws {
        let expected = ConfigurationKeys.all.map {
            Line(path: $0.path, value: $0.value(DaemonConfiguration()), isLive: $0.isLive)
        }
        #expect(try lines() == expected)
    }

    @Test("It can be read, and says nothing; with its defaults said, it says the same")
    func parses() async throws {
        let reading = await ConfigurationReading(file: Self.file)
        #expect(reading.findings.isEmpty, "\(reading.findings)")
        #expect(reading.configuration == DaemonConfiguration() && !reading.saysWhereToListen)
        // Of a spool nothing may be said without its folder.
        let unsaid = ["  #poll_seconds", "  #quiet_seconds"]
        let said = try text(of: Self.file).split(separator: "\n").map(String.init).map { line in
            let isKey = line.hasPrefix("  #") && !line.hasPrefix("  # ") && !line.hasSuffix(":")
            return isKey && !unsaid.contains { line.hasPrefix($0) } ? "  " + line.dropFirst(3) : line
        }
        let scratch = try Scratch()
        let path = try scratch.write(said.joined(separator: "\n"), to: "said.yaml")
        let all = await ConfigurationReading(file: path)
        #expect(try all.get() == DaemonConfiguration())
        let fromFile = ConfigurationKeys.all.filter { all.origin(of: $0).layer == "file" }
        #expect(fromFile.count == ConfigurationKeys.all.count { $0.value(DaemonConfiguration()) != nil } - 2)
    }
}
