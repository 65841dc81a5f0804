import Foundation
import Testing

/// A running `settled serve`, killed when the test is done with it.
final class Daemon {
    let url: String
    private let process: Process
    private let scratch: Scratch

    struct Silent: Error {
        let log: String
    }

    /// Starts it on a free port, leaving it to the test to close periods unless it `closes` them, or where `listen` says,
    /// with more flags, and waits until it says where it listens. `within` are words before its own: a program that
    /// becomes it.
    init(
        data: String, _ flags: String..., listen: String = "127.0.0.1:0", closes: Bool? = false,
        arguments: [String] = [], environment: [String: String] = [:], within: [String] = []
    ) throws {
        scratch = try Scratch()
        let log = scratch.file("log")
        let closing = closes.map { $0 ? ["--automatic-close"] : ["--no-automatic-close"] } ?? []
        // Not the configuration of the machine that the tests run on.
        let file = (flags + arguments).contains("--config") ? [] : ["--no-config"]
        let words =
            within + [Command.settledPath, "serve", "--data", data, "--listen", listen] + file + closing
            + flags + arguments
        process = try Command("/usr/bin/env", words, environment: environment)
            .start(output: scratch.file("out"), errors: log)
        var found: String?
        for _ in 0..<300 where found == nil && process.isRunning {
            usleep(50_000)
            let said = try String(contentsOf: log, encoding: .utf8)
            // Whole only once the line has ended.
            guard let start = said.range(of: "listening on "), said[start.upperBound...].contains("\n") else {
                continue
            }
            found = String(said[start.upperBound...].prefix { !" \"\n".contains($0) })
        }
        guard let found else {
            if process.isRunning { process.terminate() }
            throw Silent(log: try String(contentsOf: log, encoding: .utf8))
        }
        url = found
    }

    deinit { kill() }

    /// What it said so far.
    var log: String {
        get throws { try String(contentsOf: scratch.file("log"), encoding: .utf8) }
    }

    /// The file systems as it sees them.
    var root: String { "/proc/\(process.processIdentifier)/root" }

    /// Its most memory so far, in bytes, as the system counts it.
    var peakMemory: Int {
        get throws {
            let status = try String(
                contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
            return try #require(line.split { !$0.isNumber }.first.flatMap { Int($0) }) * 1024
        }
    }

    func signal(_ number: Int32) { Foundation.kill(process.processIdentifier, number) }

    /// SIGTERM; gives the exit status.
    func stop() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// SIGKILL, as a power cut would.
    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// What curl is told to post a file's bytes with a signature; it writes the body, and the status on a line.
    func arguments(_ file: String, signature: String?, type: String = "application/x-ndjson") -> [String] {
        let arguments = [
            "--silent", "--show-error", "--max-time", "60", "--write-out", "\n%{http_code}",
            "--header", "Content-Type: \(type)", "--data-binary", "@\(file)", url + "/v1/batches",
        ]
        return signature.map { arguments + ["--header", "Settled-Signature: \($0)"] } ?? arguments
    }

    /// Posts a file's bytes; gives the status and the body.
    func post(_ file: String, signature: String?, type: String = "application/x-ndjson") throws -> (
        Int, String
    ) {
        let ran = try Command.named("curl", arguments(file, signature: signature, type: type)).run()
        let lines = ran.output.split(separator: "\n", omittingEmptySubsequences: false)
        let status = try #require(lines.last.flatMap { Int($0) }, "\(ran.errors)")
        return (status, lines.dropLast().joined(separator: "\n"))
    }

    /// Asks whether it is ready; gives the status and the body.
    func ready() throws -> (Int, String) {
        let ran = try Command.named(
            "curl", ["--silent", "--max-time", "60", "--write-out", "\n%{http_code}", url + "/readyz"]
        ).run()
        let lines = ran.output.split(separator: "\n", omittingEmptySubsequences: false)
        return (lines.last.flatMap { Int($0) } ?? 0, lines.dropLast().joined(separator: "\n"))
    }

    /// Waits until it is ready, or is not; gives what it says then.
    func awaitReadiness(_ status: Int) throws -> String {
        var found = (0, "")
        for _ in 0..<600 {
            found = try ready()
            if found.0 == status { return found.1 }
            usleep(100_000)
        }
        Issue.record("readiness stays \(found), expected \(status)\n\(try log)")
        return found.1
    }

    func get(_ path: String) throws -> Ran {
        try Command.named("curl", ["--silent", "--show-error", "--fail", "--max-time", "60", url + path])
            .run()
    }
}
