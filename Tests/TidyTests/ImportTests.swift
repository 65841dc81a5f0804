import Foundation
import Testing

/// Which modules a target may import; whatever is not listed is refused. The order is the architecture's chain.
private let allowed: [(target: String, folder: String, imports: Set<String>)] = [
    ("Signing", "Sources/Signing", ["COpenSSL"]),
    ("Settlement", "Sources/Settlement", ["Signing"]),
    ("Migrations", "Migrations", []),
    (
        "Store", "Sources/Store",
        [
            "Darwin", "Dispatch", "Foundation", "GRDB", "GRDBSQLite", "Glibc", "Migrations", "Settlement",
            "Signing", "Synchronization",
        ]
    ),
    (
        "Service", "Sources/Service",
        [
            "AsyncHTTPClient", "CZlib", "CZstd", "Configuration", "Foundation", "FoundationEssentials",
            "Glibc",
            "HTTPTypes",
            "Hummingbird", "HummingbirdCore", "Logging", "Mustache", "NIOCore", "NIOExtras",
            "NIOHTTP1",
            "NIOHTTP2", "NIOHTTPTypes", "NIOHTTPTypesHTTP2", "NIOPosix", "NIOSSL", "ServiceLifecycle",
            "Settlement", "Signing", "Store", "Synchronization", "UnixSignals", "Yams",
        ]
    ),
    (
        "settled", "Sources/settled",
        [
            "ArgumentParser", "Foundation", "Logging", "Service", "ServiceLifecycle", "Settlement", "Signing",
            "Store",
        ]
    ),
    (
        "bench", "Sources/bench",
        ["ArgumentParser", "Foundation", "Service", "Settlement", "Signing", "Store", "Synchronization"]
    ),
]

@Suite("The direction of imports")
struct ImportTests {
    @Test("Every target imports only what stands before it in the chain", arguments: allowed.map(\.target))
    func direction(target: String) throws {
        let rule = try #require(allowed.first { $0.target == target })
        let files = SourceFile.swift(in: rule.folder)
        #expect(!files.isEmpty, "\(rule.folder) holds no Swift file")
        for file in files {
            let wrong = file.imports.filter { !rule.imports.contains($0) }
            #expect(wrong.isEmpty, "\(file.path) imports \(wrong.joined(separator: ", "))")
        }
    }

    @Test("No folder of Sources is without a rule")
    func allFoldersHaveRules() {
        let folders = Set(SourceFile.swift(in: "Sources").map { $0.path.split(separator: "/")[1] })
        #expect(folders == Set(allowed.compactMap { $0.folder.split(separator: "/").dropFirst().first }))
    }

    @Test("Each outside library is known to one target only, the standard ones apart")
    func librariesAreKeptApart() {
        let own = Set(allowed.map(\.target))
        // Both executables read their arguments.
        let everywhere: Set = [
            "ArgumentParser", "Darwin", "Foundation", "Glibc", "Logging", "ServiceLifecycle",
            "Synchronization",
        ]
        var owners: [String: Set<String>] = [:]
        for rule in allowed {
            for name in rule.imports.subtracting(own).subtracting(everywhere) {
                owners[name, default: []].insert(rule.target)
            }
        }
        for (name, targets) in owners {
            #expect(targets.count == 1, "\(name) is imported by \(targets.sorted())")
        }
    }

    @Test("Imports are recognised whatever stands before and after the word")
    func importsAreRecognised() {
        let text = """
            import Signing
            public import struct Settlement.Points
            @preconcurrency internal import GRDB // why
            // import Yams
            let text = "import Nothing"
            """
        #expect(SourceFile(path: "x.swift", text: text).imports == ["Signing", "Settlement", "GRDB"])
    }
}
