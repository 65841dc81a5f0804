import Fixtures
import Foundation
import Service
import Settlement
import Testing

@Suite(.enabled(if: SharedFolder.isWanted, Comment(rawValue: SharedFolder.absence)))
struct SharedAllianceTests {
    @Test("The malformed inputs of the YAML test suite are refused with file and line")
    func malformedYAML() throws {
        let folder = "data/vectors/yaml-test-suite"
        let accepted = String(
            decoding: try SharedFolder.bytes("\(folder)/accepted-by-libyaml-0.2.6.txt"), as: UTF8.self)
        let either = Set(accepted.split(separator: "\n").map(String.init))
        let names = try SharedFolder.names(in: "\(folder)/invalid")
        #expect(names.count == 94)
        #expect(either.count == 16 && either.isSubset(of: names))
        for name in names {
            let bytes = try SharedFolder.bytes("\(folder)/invalid/\(name)")
            do throws(AllianceFileRefusal) {
                _ = try AllianceFile.parse(bytes: bytes, fileName: name)
                Issue.record("\(name) was taken for an alliance")
            } catch {
                #expect(error.fileName == name)
                let lines = bytes.count { $0 == UInt8(ascii: "\n") } + 1
                #expect(error.problems.allSatisfy { (1...lines).contains($0.line) }, "\(error)")
                // What libyaml takes is YAML then, but no alliance.
                #expect(either.contains(name) || error.problems.map(\.code) == [.yamlMalformed], "\(error)")
            }
        }
    }

    @Test("The alliances of the acceptance cases and of X5 are read, valid, and survive being stored")
    func alliances() throws {
        let cases = try SharedFolder.names(in: "acceptance/cases").filter { $0 != "README.md" }
        let paths =
            cases.map { "acceptance/cases/\($0)/alliance.yaml" }
            + ["data/x5/alliance-month.yaml", "data/x5/alliance-year.yaml"]
        #expect(paths.count == 55)
        var merchants = 0
        for path in paths {
            let alliance = try AllianceFile.parse(bytes: SharedFolder.bytes(path), fileName: path)
            #expect(alliance.problems == [])
            #expect(try AllianceDocument.alliance(from: AllianceDocument.bytes(of: alliance)) == alliance)
            let tzif = try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/\(alliance.timezone)"))
            let schedule = Schedule(
                alliance: alliance, zone: try ZoneRules(name: alliance.timezone, tzif: [UInt8](tzif)))
            #expect(schedule.calendar.period(0).start == schedule.zone.midnight(of: alliance.start))
            merchants += alliance.merchants.count
        }
        #expect(merchants > 500)
    }
}
