import Fixtures
import Foundation

/// A text file of the repository, as the tidiness rules see it.
struct SourceFile: Sendable {
    /// From the repository's top, with slashes: `Sources/Signing/HMAC.swift`.
    let path: String
    let lines: [String]

    /// The Swift files below a folder of the repository, by path.
    static func swift(in folder: String) -> [SourceFile] {
        all(in: folder).filter { $0.path.hasSuffix(".swift") }
    }

    /// The readable text files below a folder of the repository, by path. Builds, dot folders other than
    /// `.ci` and what git does not keep are left out.
    static func all(in folder: String = "") -> [SourceFile] {
        let top = SharedFolder.repository
        let start = folder.isEmpty ? top : top.appendingPathComponent(folder)
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: start.path)) ?? []
        return names.filter(isOurs).sorted().compactMap { name in
            guard let text = try? String(contentsOf: start.appendingPathComponent(name), encoding: .utf8)
            else {
                return nil
            }
            return SourceFile(path: folder.isEmpty ? name : "\(folder)/\(name)", text: text)
        }
    }

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// The lines without comments and without what stands between quotes: what the compiler acts on.
    /// Rough, but it errs towards keeping text.
    var code: [String] {
        lines.map { line in
            var kept = ""
            var quoted = false
            var previous: Character = " "
            for character in line {
                if character == "\"", previous != "\\" { quoted.toggle() }
                if !quoted, character == "/", previous == "/" { return String(kept.dropLast()) }
                if !quoted { kept.append(character) }
                previous = character
            }
            return kept
        }
    }

    /// The modules that the file imports.
    var imports: [String] {
        code.compactMap { line in
            var words = line.split(separator: " ").map(String.init)
            while let word = words.first, word.hasPrefix("@") || Self.accessLevels.contains(word) {
                words.removeFirst()
            }
            guard words.first == "import", let last = words.last else { return nil }
            return String(last.prefix { $0 != "." })
        }
    }

    /// Where the code uses one of these words, as `path:line: text`. A word that ends with `*` stands for
    /// all that begin so.
    func uses(of words: Set<String>) -> [String] {
        let beginnings = words.filter { $0.hasSuffix("*") }.map { String($0.dropLast()) }
        return zip(1..., code).filter { _, line in
            line.split { !($0.isLetter || $0.isNumber || $0 == "_") }.contains { word in
                words.contains(String(word)) || beginnings.contains { word.hasPrefix($0) }
            }
        }.map { number, _ in "\(path):\(number): \(lines[number - 1])" }
    }

    private static let accessLevels: Set = ["public", "package", "internal", "fileprivate", "private"]

    private static func isOurs(_ name: String) -> Bool {
        let parts = name.split(separator: "/")
        guard let first = parts.first else { return false }
        if first.hasPrefix(".") && first != ".ci" && first != ".gitignore" && first != ".swift-format" {
            return false
        }
        return name != "Package.resolved" && !parts.contains { $0.hasPrefix(".build") }
    }
}
