import Fixtures
import Foundation
import Testing

/// The spool's disk, which may be another than the data's, is made to fail.
@Suite("Faults of the spool's disk")
struct SpoolFaultTests {
    @Test(
        "Results that find no room are written when there is some, each once, and the batch is stored once",
        arguments: ["full", "fsync"])
    func results(fault: String) async throws {
        try await offPool {
            let quayside = try Quayside()
            let spool = quayside.scratch.folder.resolvingSymlinksInPath().appendingPathComponent("spool")
            let words = quayside.scratch.file("faults")
            let library = quayside.scratch.file("faults.so").path
            let source = SharedFolder.repository.appendingPathComponent("Deploy/lib/faults.c").path
            try expectDone(.named("cc", ["-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"]))
            try fault.write(to: words, atomically: true, encoding: .utf8)
            let daemon = try Daemon(
                data: quayside.data, "--spool", spool.path, listen: "127.0.0.1:0",
                environment: [
                    "LD_PRELOAD": library, "FAULTS": words.path, "FAULTS_UNDER": spool.path,
                ])
            let file = quayside.scratch.file("2025-03/bakery.ndjson").path
            try expectDone(.settled("sign", file, "--key", quayside.key(of: "bakery.ndjson")))
            let home = spool.appendingPathComponent("bakery")
            // Drafts, whose names begin with a dot, come and go with each try.
            func names(_ folder: String) -> [String] {
                let path = home.appendingPathComponent(folder).path
                let all = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
                return all.filter { !$0.hasPrefix(".") }.sorted()
            }
            func until(_ isSo: () throws -> Bool) throws { while try !isSo() { usleep(20_000) } }
            try until { FileManager.default.fileExists(atPath: home.appendingPathComponent("in").path) }
            for ending in ["", ".jws"] {
                try FileManager.default.copyItem(
                    atPath: file + ending, toPath: home.appendingPathComponent("in/b.ndjson" + ending).path)
            }
            let reason = fault == "full" ? "the disk is full" : "cannot write it durably"
            try until { try daemon.log.contains(reason) }
            #expect(
                names("in") == ["b.ndjson", "b.ndjson.jws"] && names("done").isEmpty
                    && names("refused").isEmpty)
            // What stores batches is well.
            #expect(try daemon.ready().0 == 200)
            try "".write(to: words, atomically: true, encoding: .utf8)
            try until { names("in").isEmpty }
            let results = ["", ".jws", ".seal"].map { "b.receipt.json" + $0 } + ["b.ndjson", "b.ndjson.jws"]
            #expect(names("done") == results.sorted())
            #expect(daemon.stop() == 0)
            let status = try expectDone(.settled("status", "--data", quayside.data))
            #expect(status.output.contains("bakery"))
        }
    }
}
