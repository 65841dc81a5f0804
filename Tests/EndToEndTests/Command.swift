import Foundation
import Synchronization

/// What a program came to.
struct Ran: Sendable {
    let status: Int32
    let output: String
    let errors: String

    /// The last line of the output that has anything in it.
    var lastLine: String { output.split(separator: "\n").last.map(String.init) ?? "" }
}

/// A program run as a person would run it.
struct Command: Sendable {
    let path: String
    let arguments: [String]
    var folder: URL?
    var environment: [String: String] = [:]

    init(_ path: String, _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:]) {
        self.path = path
        self.arguments = arguments
        self.folder = folder
        self.environment = environment
    }

    /// The built binary, which stands beside the running tests.
    static func settled(_ arguments: String..., in folder: URL? = nil) -> Command {
        Command(settledPath, arguments, in: folder)
    }

    /// A program found on the path.
    static func named(_ name: String, _ arguments: [String], in folder: URL? = nil) -> Command {
        Command("/usr/bin/env", [name] + arguments, in: folder)
    }

    /// Whether all these programs are on the path: tests that need more than the program itself are skipped where they
    /// are not.
    static func isThere(_ names: String...) -> Bool {
        (try? named("which", names).run().status) == 0
    }

    static let settledPath = Bundle.main.bundleURL.appendingPathComponent("settled").path

    /// Runs it to its end. Output goes through files, so that none of it can block the other.
    func run() throws -> Ran {
        let scratch = try Scratch()
        let (output, errors) = (
            scratch.folder.appendingPathComponent("out"), scratch.folder.appendingPathComponent("err")
        )
        let process = try start(output: output, errors: errors)
        process.waitUntilExit()
        return Ran(
            status: process.terminationReason == .exit
                ? process.terminationStatus : -process.terminationStatus,
            output: try String(contentsOf: output, encoding: .utf8),
            errors: try String(contentsOf: errors, encoding: .utf8))
    }

    /// Starts it; its output goes to the two files.
    func start(output: URL, errors: URL) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try Self.file(output)
        process.standardError = try Self.file(errors)
        try process.run()
        return process
    }

    private static func file(_ url: URL) throws -> FileHandle {
        _ = FileManager.default.createFile(atPath: url.path, contents: nil)
        return try FileHandle(forWritingTo: url)
    }
}

/// Runs what waits for other programs for long on a thread of its own: Swift's threads are few, and tests of
/// daemons in this process need them.
func offPool<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Result(catching: work)) }.start()
    }
}

/// A folder of its own, gone when the test is done with it.
final class Scratch: Sendable {
    let folder: URL

    /// `inMemory` where the system has a folder in memory: for what writes durably a hundred thousand times.
    init(inMemory: Bool = false) throws {
        let memory = URL(fileURLWithPath: "/dev/shm", isDirectory: true)
        let isThere = inMemory && FileManager.default.isWritableFile(atPath: memory.path)
        folder = (isThere ? memory : FileManager.default.temporaryDirectory)
            .appendingPathComponent("settled-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// For a folder that a static variable holds, which is never let go of: gone when the tests end.
    func removeAtExit() {
        Self.lasting.withLock { $0.append(folder) }
        atexit { Scratch.lasting.withLock { $0.forEach { try? FileManager.default.removeItem(at: $0) } } }
    }

    private static let lasting = Mutex<[URL]>([])

    func file(_ name: String) -> URL { folder.appendingPathComponent(name) }

    /// Writes a text and gives back its path.
    func write(_ text: String, to name: String) throws -> String {
        try text.write(to: file(name), atomically: true, encoding: .utf8)
        return file(name).path
    }
}
