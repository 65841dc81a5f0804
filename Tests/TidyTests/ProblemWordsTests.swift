import Foundation
import HTTPTypes
import Settlement
import Signing
import Testing

@testable import Service

@Suite("What problems say was expected and found")
struct ProblemWordsTests {
    /// A problem of each code that stands in the sources as it is, of what a request can be wrong in.
    private static let problems: [Problem] = [
        .notFound, .nothing("a batch of yours of this id"), .methodNotAllowed([.get, .head], found: .put),
        .methodNotAllowed([.get, .head], found: longMethod),
        .unsupportedMediaType(found: nil, expected: "text/csv"),
        .unsupportedMediaType(found: "", expected: "text/csv"),
        .unsupportedMediaType(found: long, expected: "text/csv"),
        .unsupportedEncoding(found: "", expected: "none"),
        .unsupportedEncoding(found: long, expected: "none"), .incomplete(expected: 9, found: 8),
        .unreadableRequest,
        .other(.badRequest), .encodingMalformed(.malformed, .gzip), .encodingMalformed(.window, .zstd),
        .encodingMalformed(.unfinished, .gzip),
        .parameterMalformed("limit", expected: "1 to 1000", found: ""),
        .parameterMalformed("limit", expected: "1 to 1000", found: long), .rateLimited(perSecond: 5),
        .tooMany("5 uploads at once"), .tooManyFiles(4), .tooSlow, .notAFile(SpoolName("a.ndjson")),
    ]

    /// Those of which nothing that was sent is the cause, so that there is nothing to be said of it: the daemon is busy
    /// or cannot work, or a period cannot be closed, as `detail` says.
    private static let ownCauses: [Problem] = [
        .busy("all connections are taken"), .notReady("the disk is full"), .unavailable, .unreadable,
        .busyPreviewing, .cannotClose("a line fits no 64 bits"),
    ]

    private static let long = "x\u{1B}[2J\u{202E}\r\n" + String(repeating: "e\u{301}", count: 5_000)

    private static var longMethod: HTTPRequest.Method {
        HTTPRequest.Method(String(repeating: "PUT", count: 5_000)) ?? .put
    }

    @Test("Each does, in a few plain words, but those that are no fault of a request", arguments: problems)
    func words(problem: Problem) throws {
        for text in [problem.expected, problem.found] {
            let text = try #require(text, "\(problem.code)")
            #expect(
                (1...300).contains(text.utf8.count) && PlainText.of(text) == text, "\(problem.code): \(text)")
        }
        #expect(problem.detail.utf8.count < 600 && PlainText.of(problem.detail) == problem.detail)
    }

    @Test("Those that are no fault of a request say neither")
    func noWords() {
        for problem in Self.ownCauses { #expect(problem.expected == nil && problem.found == nil) }
    }

    @Test("No code that a problem has is left out here, and of two problems of one code neither")
    func complete() throws {
        var (codes, names): (Set<String>, Set<String>) = ([], [])
        for file in SourceFile.swift(in: "Sources/Service/HTTP")
            + SourceFile.swift(in: "Sources/Service/Spool")
        {
            var name = ""
            for line in file.lines {
                for word in ["static func ", "static let "] {
                    guard let end = line.range(of: word)?.upperBound else { continue }
                    name = String(line[end...].prefix { $0.isLetter })
                }
                for piece in line.components(separatedBy: "code: \"").dropFirst() {
                    codes.insert(String(piece.prefix { $0 != "\"" }))
                    names.insert(name)
                }
            }
        }
        #expect(Set((Self.problems + Self.ownCauses).map(\.code)) == codes)
        #expect(codes.count >= 15 && names.count >= 20)
        let here = try #require(
            SourceFile.swift(in: "Tests/TidyTests").first { $0.path.hasSuffix("/ProblemWordsTests.swift") })
        for name in names {
            let isHere = here.code.contains { line in
                line.components(separatedBy: "." + name).dropFirst().contains { $0.first?.isLetter != true }
            }
            #expect(isHere, "\(name)")
        }
    }
}
