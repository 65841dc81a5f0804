import Fixtures
import Foundation
import Store
import Testing

@testable import Settlement

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
        #expect(files.count == 37)
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
            + SettlementRefusalCode.allCases.map(\.rawValue) + TokenRefusalCode.allCases.map(\.rawValue)
            + ContestRefusalCode.allCases.map(\.rawValue)
        for code in Set(codes).union(Self.writtenCodes) { #expect(Self.rows(of: code) == 1, "\(code)") }
        #expect(Self.writtenCodes.count >= 9)
    }

    @Test("Its table of bookings explains every code that one is refused with, once, and no other")
    func bookingCodes() throws {
        let section = try #require(
            Self.text.components(separatedBy: "\n## ").first { $0.hasPrefix("Finance's page: payments") })
        let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `") }
            .map { String($0.dropFirst(3).prefix { $0 != "`" }) }
        let person = PersonName(verified: "x")
        let persons: [PersonRefusal] = [
            .draftRequired, .keyRequired(person), .unknown(person), .keyMismatch(person),
        ]
        #expect(rows == BookingRefusal.Code.allCases.map(\.rawValue) + persons.map(\.code))
    }

    @Test("Its table of disputes likewise")
    func disputeCodes() throws {
        let section = try #require(
            Self.text.components(separatedBy: "\n## ").first { $0.hasPrefix("Finance's page: disputes") })
        let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `") }
            .map { String($0.dropFirst(3).prefix { $0 != "`" }) }
        #expect(rows == DisputeRefusal.Code.allCases.map(\.rawValue))
    }

    @Test("Its tables of a batch explain every member of a record and every type, in their words")
    func batch() throws {
        let section = try #require(
            Self.text.components(separatedBy: "\n## ").first { $0.hasPrefix("A batch, and how it is signed") }
        )
        func rows(after head: String) -> [String] {
            section.components(separatedBy: "\n| \(head) |").dropFirst().prefix(1)
                .flatMap { $0.components(separatedBy: "\n\n")[0].split(separator: "\n") }
                .filter { $0.hasPrefix("| `") }.map { String($0.dropFirst(3).prefix { $0 != "`" }) }
        }
        #expect(Set(rows(after: "a record's | of")) == Set(RecordField.allCases.map(\.name)))
        #expect(Set(rows(after: "type")) == Set(RecordType.allCases.map(\.name)))
        #expect(rows(after: "a record's | of").count == RecordField.allCases.count)
        #expect(rows(after: "type").count == RecordType.allCases.count)
    }

    @Test("Its table of payment runs likewise")
    func paymentCodes() throws {
        let section = try #require(
            Self.text.components(separatedBy: "\n## ").first { $0.hasPrefix("Finance's page: a payment run") }
        )
        let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `") }
            .map { String($0.dropFirst(3).prefix { $0 != "`" }) }
        #expect(rows == PaymentRefusal.Code.allCases.map(\.rawValue))
    }

    @Test("Its table of the bank's statements likewise")
    func bankCodes() throws {
        let section = try #require(
            Self.text.components(separatedBy: "\n## ").first { $0.hasPrefix("Finance's page: the bank's") })
        let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `") }
            .map { String($0.dropFirst(3).prefix { $0 != "`" }) }
        #expect(rows == BankRefusal.Code.allCases.map(\.rawValue))
    }

    @Test("Its table of archives likewise")
    func retentionCodes() throws {
        let section = try #require(
            Self.text.components(separatedBy: "\n## ").first { $0.hasPrefix("Old batches, and what is held") }
        )
        let table = try #require(
            section.components(separatedBy: "| code |").last?.components(separatedBy: "\n\n"))
        let rows = table[0].split(separator: "\n").filter { $0.hasPrefix("| `") }
            .map { String($0.dropFirst(3).prefix { $0 != "`" }) }
        #expect(rows == RetentionRefusal.Code.allCases.map(\.rawValue))
    }

    @Test("Its table of forgetting a member likewise, and those of archives that come up there")
    func forgettingCodes() throws {
        let section = try #require(
            Self.text.components(separatedBy: "\n## ").first { $0.hasPrefix("Forgetting a member") })
        let table = try #require(section.components(separatedBy: "| code |").last)
        let rows = table.split(separator: "\n").filter { $0.hasPrefix("| `") }
            .map { String($0.dropFirst(3).prefix { $0 != "`" }) }
        #expect(rows == ForgettingRefusal.Code.allCases.map(\.rawValue) + ["archive_missing"])
    }

    @Test("Its tables explain no code that nothing gives, and each has a cause and a cure")
    func noOtherCodes() {
        let codes =
            BatchRefusalCode.allCases.map(\.rawValue) + RecordRefusalCode.allCases.map(\.rawValue)
            + SettlementRefusalCode.allCases.map(\.rawValue) + TokenRefusalCode.allCases.map(\.rawValue)
            + ContestRefusalCode.allCases.map(\.rawValue)
        let known = Set(codes).union(Self.writtenCodes)
        let rows = Self.text.split(separator: "\n").filter { $0.hasPrefix("| <a id=\"") }
        #expect(rows.count == known.count)
        for row in rows {
            let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            #expect(cells.count == 3 || cells.count == 4, "\(row)")
            #expect(cells.allSatisfy { !$0.isEmpty }, "\(row)")
        }
    }

    private static func rows(of code: String) -> Int {
        text.components(separatedBy: "\n| <a id=\"\(code)\"></a>`\(code)` |").count - 1
    }

    /// The codes that stand in the sources of Service as they are, of no enumeration.
    private static let writtenCodes: Set<String> = {
        var codes: Set<String> = []
        for file in SourceFile.swift(in: "Sources/Service") {
            for line in file.lines {
                for piece in line.components(separatedBy: "code: \"").dropFirst() {
                    codes.insert(String(piece.prefix { $0 != "\"" }))
                }
            }
        }
        return codes
    }()

    @Test("The scripts it names can be run")
    func scripts() throws {
        for name in [
            "Deploy/prepare", "Deploy/test", "Deploy/quickstart", "Deploy/bench", "Deploy/soak",
            "Deploy/soak-closes", "Deploy/fuzz", "Deploy/package", "Deploy/try-package",
            ".ci/run",
        ] {
            let path = SharedFolder.repository.appendingPathComponent(name).path
            #expect(FileManager.default.isExecutableFile(atPath: path), "\(name)")
        }
    }
}
