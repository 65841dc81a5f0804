import Fixtures
import Foundation
import Service
import Testing

/// `Deploy/systemd` and `Deploy/debian`: what can be said of them without a systemd.
@Suite("The units and the package's texts")
struct UnitTests {
    private static let files = SourceFile.all(in: "Deploy/systemd")

    @Test("Every line of every unit says what it is for")
    func explained() {
        #expect(Self.files.count == 12)
        for file in Self.files where !file.path.hasSuffix("-generator") {
            var isExplained = false
            for (number, line) in zip(1..., file.lines) {
                let isSetting =
                    !line.isEmpty && !line.hasPrefix("#") && !line.hasPrefix("[") && !line.hasPrefix(" ")
                if isSetting { #expect(isExplained, "\(file.path):\(number): \(line)") }
                isExplained = line.hasPrefix("# ")
            }
        }
    }

    @Test(
        "An alliance's instance is what the unit of the only one is, of its own places",
        arguments: ["settled.service", "settled.socket", "settled-backup.service", "settled-backup.timer"])
    func instances(name: String) throws {
        let dot = try #require(name.firstIndex(of: "."))
        let (only, instance) = (
            try settings(of: name), try settings(of: String(name[..<dot]) + "@" + name[dot...])
        )
        // These say something else of an instance: its name, its configuration, its socket's file.
        let own = ["Description=", "ListenStream=", "SocketMode=", "SocketGroup=", "NoDelay="]
        let places = instance.map {
            $0.replacing(" --config /etc/settled/%i.yaml", with: "").replacing("settled-%i", with: "settled")
                .replacing("/settled/%i/", with: "/settled/")
        }
        func common(_ lines: [String]) -> [String] {
            lines.filter { line in !own.contains { line.hasPrefix($0) } }
        }
        #expect(common(places) == common(only))
        #expect(instance.contains { $0.hasPrefix("Description=") && $0.contains("%i") })
    }

    @Test("The package's copyright names every library that is linked in")
    func copyright() throws {
        let named = try text("Deploy/debian/copyright")
        let package = try text("Package.swift")
        let libraries = package.components(separatedBy: "url: \"https://github.com/").dropFirst()
            .compactMap { $0.prefix { $0 != "\"" }.split(separator: "/").last }
        #expect(libraries.count > 10)
        let words = Set(named.split { " \n".contains($0) })
        for library in libraries { #expect(words.contains(library), "\(library)") }
    }

    @Test("The changelog's newest entry is of the version that the program tells")
    func version() throws {
        #expect(try text("Deploy/debian/changelog").hasPrefix("settled (\(Program.version)-"))
    }

    private func settings(of name: String) throws -> [String] {
        let file = Self.files.first { $0.path == "Deploy/systemd/\(name)" }
        return try #require(file, "\(name)").lines.filter { !$0.isEmpty && !$0.hasPrefix("#") }
    }

    private func text(_ path: String) throws -> String {
        try String(contentsOf: SharedFolder.repository.appendingPathComponent(path), encoding: .utf8)
    }
}
