import Foundation
import HTTPTypes
import Settlement
import Signing
import Testing

@testable import Service

@Suite("The OpenAPI document")
struct DescriptionTests {
    /// The paths of the document and the methods of each, with the statuses that each method may answer. Read by
    /// its indentation: the document keeps to one.
    private static let described: [String: [String: Set<Int>]] = {
        var paths: [String: [String: Set<Int>]] = [:]
        var (path, method, isInside) = ("", "", false)
        for line in String(decoding: PackageResources.openapi_yaml, as: UTF8.self).split(separator: "\n") {
            let indent = line.prefix { $0 == " " }.count
            let word = line.dropFirst(indent).prefix { $0 != ":" }
            if indent == 0 { isInside = word == "paths" }
            guard isInside else { continue }
            switch indent {
            case 2:
                path = String(word)
                paths[path] = [:]
            case 4:
                method = word.uppercased()
                paths[path]?[method] = []
            case 8:
                if let status = Int(word.trimmingPrefix("'").prefix(3)) {
                    paths[path]?[method]?.insert(status)
                }
            default: break
            }
        }
        return paths
    }()

    @Test("It describes every path and method that the router knows, and no other; HEAD goes with GET")
    func routes() {
        var known: [String: Set<String>] = [:]
        for (path, methods) in knownRoutes { known[path] = Set(methods.map(\.rawValue)) }
        let described = Self.described.mapValues { methods in
            Set(methods.keys).union(methods.keys.contains("GET") ? ["HEAD"] : [])
        }
        #expect(described.count >= 10)
        #expect(described == known)
    }

    @Test("The running daemon answers what is described, and nothing else of those paths")
    func daemon() async throws {
        let estate = try ReadingTests.estate()
        try await withDaemon(estate) { url, _ in
            for (path, methods) in Self.described {
                let place = path.replacing("{batch}", with: "B-1").replacing("{period}", with: "2026-01")
                    .replacing("{file}", with: "STATEMENT.json").replacing("{number}", with: "1")
                for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"] {
                    let reply = try await ask(
                        url,
                        request(
                            "\(method) \(place)",
                            headers: [("Authorization", "Bearer \(estate.token(of: "M"))")]))
                    if methods.keys.contains(method) {
                        #expect(
                            methods[method]?.contains(reply.status) == true,
                            "\(method) \(path): \(reply.status)")
                    } else {
                        #expect(
                            reply.status == 405 && reply.code == "method_not_allowed", "\(method) \(path)")
                    }
                }
            }
        }
    }

    @Test("Statuses are described where a code has them, and none that no code has")
    func statuses() throws {
        let upload = try #require(Self.described["/v1/batches"]?["POST"])
        let ofUploads = Set(BatchRefusalCode.allCases.map { $0.status.code })
            .union([
                200, 201, Problem.encodingMalformed(.malformed, .gzip).status.code,
                Problem.incomplete(expected: 1, found: 0).status.code,
            ])
            .union([
                Problem.unsupportedEncoding(found: "", expected: "").status.code,
                Problem.unavailable.status.code,
            ])
        // What the limits answer, of whatever route.
        let ofLimits: Set = [408, 429, 503]
        #expect(ofUploads.isSubset(of: upload) && upload.isSubset(of: ofUploads.union(ofLimits)))
        let contest = try #require(Self.described["/v1/disputes"]?["POST"])
        let ofContests = Set(ContestRefusalCode.allCases.map { $0.status.code })
            .union(ofUploads.subtracting(BatchRefusalCode.allCases.map { $0.status.code }))
            .union([BatchRefusalCode.signatureInvalid.status.code])
        #expect(ofContests.isSubset(of: contest) && contest.isSubset(of: ofContests.union(ofLimits)))
        let ofReading = Set(TokenRefusalCode.allCases.map { $0.status.code })
        for (path, methods) in Self.described where path.hasPrefix("/v1/") {
            let read = try #require(methods["GET"])
            let more: Set = [
                200, 304, Problem.notFound.status.code,
                Problem.parameterMalformed("", expected: "", found: "").status.code,
                Problem.cannotClose("").status.code,
            ]
            #expect(ofReading.isSubset(of: read), "\(path)")
            #expect(read.isSubset(of: ofReading.union(more).union(ofLimits)), "\(path)")
        }
    }

    @Test(
        "The daemon serves it, and the manual that problems link to",
        arguments: ["/openapi.yaml", "/README.md"])
    func served(path: String) async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            let reply = try await ask(url, request("GET \(path)"))
            #expect(reply.status == 200 && reply.body.count > 10_000)
            let problem = try members(try await ask(url, request("GET /nowhere")).body)
            let link = try #require(problem["type"] as? String)
            #expect(link == "/README.md#not_found")
            if path == "/README.md" {
                #expect(String(decoding: reply.body, as: UTF8.self).contains(#"<a id="not_found"></a>"#))
            }
        }
    }

    @Test("Problems say what was expected and what was found, a malformed batch's line and field too")
    func expectations() async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            let header =
                #"{"format":"settled-batch/1","merchant":"M","batch":"B","sequence":1,"records":1,"totals":{}}"#
            let record = #"{"id":"T","type":"earn","member":"m","points":-1,"at":"2026-01-10T10:00:00Z"}"#
            let bytes = Array("\(header)\n\(record)\n".utf8)
            let malformed = try members(
                try await ask(url, upload(bytes, signature: estate.merchantKey.sign(bytes))).body)
            #expect(malformed["line"] as? Int == 2 && malformed["field"] as? String == "points")
            #expect((malformed["expected"] as? String)?.isEmpty == false)
            let count = Array("\(header)\n".utf8)
            let problem = try members(
                try await ask(url, upload(count, signature: estate.merchantKey.sign(count))).body)
            #expect(problem["code"] as? String == "count_mismatch")
            #expect(problem["expected"] as? String == "1" && problem["found"] as? String == "0")
            let type = try members(try await ask(url, upload(count, signature: nil, type: "text/plain")).body)
            #expect(type["found"] as? String == "text/plain" && type["field"] as? String == "Content-Type")
        }
    }
}
