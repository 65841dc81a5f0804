// swift-tools-version: 6.2
// Settled: the settlement daemon for loyalty alliances. One sentence a target, in dependency order.

import PackageDescription

let package = Package(
    name: "settled",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "settled", targets: ["settled"])
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: [.defaults, "YAML"]),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    ],
    targets: [
        // The system's libcrypto, and nothing else of OpenSSL.
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        // The system's zlib, which reads batches that come as gzip.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        // The system's zstd, which reads batches that come packed so.
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        // HMAC, Ed25519, HKDF, SHA-256, detached JWS, keys and seals: bytes in, bytes out.
        .target(name: "Signing", dependencies: ["COpenSSL"]),
        // The pure core: what batches mean, how members settle, what statements say.
        .target(name: "Settlement", dependencies: ["Signing"]),
        // The schema, numbered SQL embedded in the binary.
        .target(name: "Migrations", path: "Migrations", resources: [.embedInCode("SQL")]),
        // The only place with SQL: one file, one writer, a period closes whole or not at all.
        .target(
            name: "Store",
            dependencies: [
                "Settlement", "Signing", "Migrations",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        // The outside world: intake, HTTP, closing, configuration, clients.
        .target(
            name: "Service",
            dependencies: [
                "Store", "CZlib", "CZstd",
                "Yams",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOExtras", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP2", package: "swift-nio-extras"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Mustache", package: "swift-mustache"),
            ],
            // The description of the API and, by a link to it, the manual: the daemon serves both. And the page that
            // statements and reports are printed on.
            resources: [
                .embedInCode("Published/openapi.yaml"), .embedInCode("Published/README.md"),
                .embedInCode("Presentation/Page"),
            ]),
        // The commands, one file each.
        .executableTarget(
            name: "settled",
            dependencies: [
                "Service",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // What Deploy/bench runs: each stage measured by itself.
        .executableTarget(
            name: "bench",
            dependencies: [
                "Service",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // Where tests find texts: fixtures of the repository, and the reference data beside it.
        .target(name: "Fixtures", path: "Tests/Fixtures", exclude: ["API", "Readers", "Refusals", "Schema"]),
        // The slow, obvious second implementation of the rulebook.
        .target(name: "Oracle", path: "Tests/Oracle"),
        // What is fuzzed: from bytes to a broken promise, or none. Deploy/fuzz and the tests run the same.
        .target(
            name: "Fuzzing",
            dependencies: [
                "Service", "Fixtures", "CZlib",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ], path: "Tests/Fuzzing"),
        .testTarget(name: "SigningTests", dependencies: ["Signing", "Fixtures"]),
        .testTarget(name: "SettlementTests", dependencies: ["Settlement", "Signing", "Oracle", "Fixtures"]),
        .testTarget(name: "StoreTests", dependencies: ["Store", "Fixtures"]),
        .testTarget(
            name: "ServiceTests",
            dependencies: [
                "Service", "Oracle", "Fixtures", "CZlib", "CZstd",
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ]),
        .testTarget(name: "FuzzingTests", dependencies: ["Fuzzing", "Fixtures"]),
        // Rules on the sources themselves.
        .testTarget(
            name: "TidyTests",
            dependencies: ["Service", "Fixtures", .product(name: "HTTPTypes", package: "swift-http-types")]),
        // The built binary, as its users run it; and what measures it.
        .testTarget(name: "EndToEndTests", dependencies: ["settled", "bench", "Oracle", "Fixtures"]),
    ]
)

// Deploy/fuzz alone sets this: where libFuzzer is. Then there is the executable that it drives.
let fuzzer = Context.environment["SETTLED_FUZZER"]
if let fuzzer {
    package.targets.append(
        .executableTarget(
            name: "fuzz", dependencies: ["Fuzzing"], path: "Tests/FuzzDriver",
            linkerSettings: [
                .unsafeFlags(["-sanitize=address", "-Xlinker", fuzzer]), .linkedLibrary("stdc++"),
                .linkedLibrary("m"),
            ]))
}

// The same language for every target of ours: Swift 6 and the features it will have by default.
for target in package.targets where ![.system, .plugin].contains(target.type) {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
    // Deploy/test builds so: warnings are errors, and a release build can be tested from inside. Not by default,
    // as a stranger's newer compiler may warn of what ours does not.
    if Context.environment["SETTLED_TEST_BUILD"] == "1" {
        target.swiftSettings? += [.treatAllWarnings(as: .error), .unsafeFlags(["-enable-testing"])]
    }
    // Every branch of ours is counted, and every byte read or written beyond what is allocated is found.
    if fuzzer != nil { target.swiftSettings? += [.unsafeFlags(["-sanitize=fuzzer,address"])] }
}
