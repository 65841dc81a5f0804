import Fixtures
import Foundation
import Testing

/// A disk that fails and a clock that jumps, for one daemon, when the test says so.
private final class Faults {
    let quayside: Quayside
    let daemon: Daemon
    private let words: URL

    init() throws {
        quayside = try Quayside()
        words = quayside.scratch.file("faults")
        let library = quayside.scratch.file("faults.so").path
        let source = SharedFolder.repository.appendingPathComponent("Deploy/lib/faults.c").path
        try expectDone(.named("cc", ["-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"]))
        let data = URL(fileURLWithPath: quayside.data).resolvingSymlinksInPath().path
        daemon = try Daemon(
            data: quayside.data,
            environment: ["LD_PRELOAD": library, "FAULTS": words.path, "FAULTS_UNDER": data])
    }

    /// From now on; nothing: all is well.
    func set(_ text: String) throws { try text.write(to: words, atomically: true, encoding: .utf8) }

    /// Posts a batch of the example's March.
    func post(_ name: String) throws -> (Int, String) {
        let file = quayside.scratch.file("2025-03/\(name)").path
        try expectDone(.settled("sign", file, "--key", quayside.key(of: name)))
        let signature = try String(contentsOfFile: file + ".jws", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let type = name.hasSuffix(".csv") ? "text/csv" : "application/x-ndjson"
        return try daemon.post(file, signature: signature, type: type)
    }

    /// Nothing is broken in the file, and it holds these batches and no others.
    func expectBatches(_ count: Int) throws {
        let script = """
            import sqlite3, sys
            db = sqlite3.connect(sys.argv[1])
            print(db.execute("PRAGMA integrity_check").fetchone()[0], db.execute("SELECT count(*) FROM batches").fetchone()[0])
            """
        let ran = try expectDone(
            .named("python3", ["-c", script, quayside.data + "/settled.sqlite"]))
        #expect(ran.lastLine == "ok \(count)")
    }
}

/// On the built daemon, whose calls to the system are made to fail.
@Suite("Faults of the disk, the database and the clock")
struct FaultTests {
    @Test(
        "A disk that fails is clear trouble; when it works again, so does the daemon, and nothing is half-done",
        arguments: ["full", "readonly", "fsync"])
    func disk(fault: String) async throws {
        try await offPool {
            let faults = try Faults()
            #expect(try faults.post("bakery.ndjson").0 == 201)
            try faults.set(fault)
            let refused = try faults.post("cinema.ndjson")
            #expect(refused.0 == 503 && refused.1.contains("\"code\":\"unavailable\""), "\(refused)")
            let reason = try faults.daemon.awaitReadiness(503)
            #expect(reason.contains("\"code\":\"not_ready\"") && reason.contains("cannot "), "\(reason)")
            #expect(try faults.daemon.get("/healthz").status == 0)
            // What only reads goes on.
            let copy = try faults.post("bakery.ndjson")
            #expect(copy.0 == 200, "\(copy)")
            try faults.set("")
            _ = try faults.daemon.awaitReadiness(200)
            #expect(try faults.post("cinema.ndjson").0 == 201)
            #expect(try faults.post("books.csv").0 == 201)
            #expect(try faults.daemon.log.contains("ready again"))
            #expect(faults.daemon.stop() == 0)
            try faults.expectBatches(3)
        }
    }

    @Test("A disk that fails while nobody sends anything shows as well")
    func idle() async throws {
        try await offPool {
            let faults = try Faults()
            try faults.set("full")
            let reason = try faults.daemon.awaitReadiness(503)
            #expect(reason.contains("make room"), "\(reason)")
            try faults.set("")
            _ = try faults.daemon.awaitReadiness(200)
        }
    }

    @Test("A database that another process holds makes batches wait, and they are stored when it lets go")
    func locked() async throws {
        try await offPool {
            let faults = try Faults()
            let script = """
                import sqlite3, sys
                db = sqlite3.connect(sys.argv[1], isolation_level=None)
                db.execute("BEGIN IMMEDIATE")
                print("held", flush=True)
                sys.stdin.read()
                db.execute("ROLLBACK")
                """
            let holder = Process()
            let (input, output) = (Pipe(), Pipe())
            holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            holder.arguments = ["python3", "-c", script, faults.quayside.data + "/settled.sqlite"]
            (holder.standardInput, holder.standardOutput) = (input, output)
            try holder.run()
            #expect(
                String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).hasPrefix("held"))
            let file = faults.quayside.scratch.file("2025-03/bakery.ndjson").path
            try expectDone(.settled("sign", file, "--key", faults.quayside.key(of: "bakery.ndjson")))
            let signature = try String(contentsOfFile: file + ".jws", encoding: .utf8)
            let post = try Command.named(
                "curl", faults.daemon.arguments(file, signature: signature.trimmingCharacters(in: .newlines))
            ).start(
                output: faults.quayside.scratch.file("answer"), errors: faults.quayside.scratch.file("curl"))
            let reason = try faults.daemon.awaitReadiness(503)
            #expect(reason.contains("another process"), "\(reason)")
            #expect(post.isRunning)
            try input.fileHandleForWriting.close()
            post.waitUntilExit()
            holder.waitUntilExit()
            let answer = try String(contentsOf: faults.quayside.scratch.file("answer"), encoding: .utf8)
            #expect(answer.hasSuffix("\n201"), "\(answer)")
            _ = try faults.daemon.awaitReadiness(200)
            #expect(faults.daemon.stop() == 0)
            try faults.expectBatches(1)
        }
    }

    @Test("A clock that jumps changes when batches count as received, and stops nothing")
    func clock() async throws {
        try await offPool {
            let faults = try Faults()
            // Before the records were made.
            try faults.set("clock=-788400000")
            let early = try faults.post("bakery.ndjson")
            #expect(early.0 == 201, "\(early)")
            #expect(early.1.contains("\"in_future\""))
            #expect(early.1.contains("\"accepted\":0"))
            _ = try faults.daemon.awaitReadiness(200)
            try faults.set("clock=31536000")
            #expect(try faults.post("cinema.ndjson").0 == 201)
            #expect(try faults.post("bakery.ndjson").1 == early.1)
            try faults.set("")
            #expect(try faults.post("books.csv").0 == 201)
            #expect(faults.daemon.stop() == 0)
            try faults.expectBatches(3)
        }
    }
}
