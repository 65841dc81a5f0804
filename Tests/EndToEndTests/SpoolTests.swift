import Foundation
import Service
import Settlement
import Signing
import Store
import Testing

@Suite("The spool of the built binary")
struct SpoolTests {
    /// Waits until it is so; nothing is said about how soon.
    private func eventually(_ what: Comment, _ isSo: () throws -> Bool) throws {
        for _ in 0..<6_000 {
            if try isSo() { return }
            usleep(10_000)
        }
        Issue.record(what)
    }

    private func names(_ folder: URL) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    }

    @Test(
        "Files that an upload leaves get their results, however it leaves them, and what the folder says holds"
    )
    func uploads() throws {
        let quayside = try Quayside()
        let spool = quayside.scratch.file("spool")
        let config = try quayside.scratch.write(
            "spool: {folder: \(spool.path), poll_seconds: 1, quiet_seconds: 1}\n", to: "settled.yaml")
        let daemon = try Daemon(data: quayside.data, "--config", config)
        let bakery = spool.appendingPathComponent("bakery")
        let inbox = bakery.appendingPathComponent("in")
        try eventually("the folders are made") {
            ["bakery", "books", "cinema", "garden", "operator"].allSatisfy { owner in
                names(spool.appendingPathComponent(owner)) == ["done", "in", "refused"]
            }
        }
        func sign(_ batch: String) throws -> (batch: URL, signature: URL) {
            let file = quayside.scratch.file(batch)
            try expectDone(
                Command.settled("sign", file.path, "--key", quayside.key(of: file.lastPathComponent)))
            return (file, URL(fileURLWithPath: file.path + ".jws"))
        }
        // In two parts, under another name first, with the signature in between.
        let (file, signature) = try sign("2025-03/bakery.ndjson")
        let bytes = try Data(contentsOf: file)
        let part = inbox.appendingPathComponent("März 1.ndjson.part")
        try bytes.prefix(100).write(to: part)
        try FileManager.default.copyItem(at: signature, to: inbox.appendingPathComponent("März 1.ndjson.jws"))
        let handle = try FileHandle(forWritingTo: part)
        try handle.seekToEnd()
        try handle.write(contentsOf: bytes.dropFirst(100))
        try handle.close()
        #expect(rename(part.path, inbox.appendingPathComponent("März 1.ndjson").path) == 0)
        try eventually("the receipt comes") {
            names(bakery.appendingPathComponent("done")).contains("März 1.receipt.json")
                && names(inbox).isEmpty
        }
        let receipt = bakery.appendingPathComponent("done/März 1.receipt.json").path
        let seal = quayside.scratch.file("data/keys/seal.jwks").path
        try expectDone(Command.settled("verify", receipt, "--jwks", seal))

        // The operator's, in its folder; the same in a merchant's is refused.
        let (opening, by) = try sign("2025-03/garden-operator.ndjson")
        for owner in ["garden", "operator"] {
            let inbox = spool.appendingPathComponent(owner + "/in")
            try FileManager.default.copyItem(at: by, to: inbox.appendingPathComponent("o.ndjson.jws"))
            try FileManager.default.copyItem(at: opening, to: inbox.appendingPathComponent("o.ndjson"))
        }
        try eventually("one is stored, one refused") {
            names(spool.appendingPathComponent("operator/done")).contains("o.receipt.json")
                && names(spool.appendingPathComponent("garden/refused")).contains("o.problem.json")
        }
        let problem = try String(
            contentsOf: spool.appendingPathComponent("garden/refused/o.problem.json"), encoding: .utf8)
        #expect(problem.contains(#""code":"merchant_mismatch""#))
        #expect(daemon.stop() == 0)
    }

    @Test("A spool that cannot be is told by its own place, and the daemon does not start without it")
    func noFolder() throws {
        let quayside = try Quayside()
        let path = try quayside.scratch.write("a file", to: "spool")
        let ran = try Command.settled(
            "serve", "--no-config", "--data", quayside.data, "--listen", "127.0.0.1:0", "--spool", path
        ).run()
        #expect(ran.status == 3 && ran.errors.contains("\(path): cannot open the spool"), "\(ran)")
    }

    @Test("Killed at any moment, it loses nothing and doubles nothing: every batch ends with one receipt")
    func death() throws {
        let quayside = try Quayside()
        let spool = quayside.scratch.file("spool")
        let batches = RandomHistory(seed: 11, count: 3_000, members: 200).shuffledBatches(seed: 11, most: 100)
        var generator = SeededGenerator(seed: 11)
        var daemon = try Daemon(data: quayside.data, "--spool", spool.path)
        var kills = 0
        var owners: Set<String> = []
        for (number, batch) in batches.enumerated() {
            let owner = batch.signer == .operator ? "operator" : batch.merchant
            owners.insert(owner)
            let name = batch.signer == .operator ? "operator_1" : "batch_\(batch.merchant)_1"
            let key = try KeyFile.readSigning(quayside.scratch.file("data/keys/\(name).key").path)
            let inbox = spool.appendingPathComponent(owner + "/in")
            try FileManager.default.createDirectory(at: inbox, withIntermediateDirectories: true)
            let file = inbox.appendingPathComponent("batch \(number).ndjson")
            try Data(batch.bytes).write(to: file)
            try Data(key.sign(batch.bytes).utf8).write(to: URL(fileURLWithPath: file.path + ".jws"))
            guard number % 3 == 2 else { continue }
            usleep(UInt32.random(in: 0..<30_000, using: &generator))
            daemon.kill()
            kills += 1
            daemon = try Daemon(data: quayside.data, "--spool", spool.path)
        }
        #expect(kills >= 10)
        try eventually("everything is taken") {
            owners.allSatisfy { names(spool.appendingPathComponent($0 + "/in")).isEmpty }
        }
        #expect(daemon.stop() == 0)

        let store = try DataFolder(quayside.data).openStore()
        defer { try? store.shut() }
        var stored = 0
        for merchant in RandomHistory.merchants {
            stored += try store.batches(of: MerchantID(verified: merchant), limit: 10_000).count
        }
        #expect(stored == batches.count)
        for (number, batch) in batches.enumerated() {
            let owner = batch.signer == .operator ? "operator" : batch.merchant
            let done = spool.appendingPathComponent(owner + "/done")
            let stem = "batch \(number)"
            let bytes = try Data(contentsOf: done.appendingPathComponent(stem + ".ndjson"))
            #expect(bytes == Data(batch.bytes))
            let kept = try Data(contentsOf: done.appendingPathComponent(stem + ".receipt.json"))
            #expect(try Receipt(parsing: [UInt8](kept)).digest == SHA256Digest(of: batch.bytes))
            for ending in [".ndjson.jws", ".receipt.json.jws", ".receipt.json.seal"] {
                #expect(
                    FileManager.default.fileExists(atPath: done.appendingPathComponent(stem + ending).path))
            }
        }
        for owner in owners {
            let done = names(spool.appendingPathComponent(owner + "/done"))
            #expect(!done.contains { $0.contains("~") }, "\(done)")
            #expect(names(spool.appendingPathComponent(owner + "/refused")).isEmpty)
        }
    }
}
