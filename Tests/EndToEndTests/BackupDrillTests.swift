import Fixtures
import Foundation
import Service
import Settlement
import Signing
import Store
import Testing

/// With the built binary: what an operator does the day that the machine is gone.
@Suite("A drill")
struct BackupDrillTests {
    /// Batches as files, each with its signature.
    private struct Sent {
        let file: String
        let signature: String
    }

    private func batches(_ quayside: Quayside) throws -> [Sent] {
        let drafts = RandomHistory(seed: 31, count: 6_000, members: 300).shuffledBatches(seed: 31, most: 200)
        return try drafts.enumerated().map { number, batch in
            let file = quayside.scratch.file("batch-\(number)")
            try Data(batch.bytes).write(to: file)
            let name = batch.signer == .operator ? "operator_1" : "batch_\(batch.merchant)_1"
            let key = try KeyFile.readSigning(quayside.scratch.file("data/keys/\(name).key").path)
            return Sent(file: file.path, signature: key.sign(batch.bytes))
        }
    }

    /// Every statement and the closing of March, with signatures and seals.
    private func documents(in data: String) throws -> [SealedDocument] {
        let store = try Store.open(folder: data)
        defer { try? store.shut() }
        return try store.statements(period: 0).map(\.document) + [store.closing(ofClosed: 0).document]
    }

    @Test(
        "A backup beside arriving batches, a kill, a restore, all sent again: the same statements, byte for byte"
    )
    func drill() async throws {
        try await offPool {
            let quayside = try Quayside()
            let quiet = quayside.scratch.file("quiet").path
            try FileManager.default.copyItem(atPath: quayside.data, toPath: quiet)
            let batches = try batches(quayside)
            let backup = quayside.scratch.file("backups").path

            let daemon = try Daemon(data: quayside.data)
            for sent in batches.prefix(batches.count / 3) {
                #expect(try daemon.post(sent.file, signature: sent.signature).0 == 201)
            }
            let process = try Command.settled(
                "backup", backup + "/", "--zstd", "--keep", "2", "--data", quayside.data
            )
            .start(output: quayside.scratch.file("out"), errors: quayside.scratch.file("err"))
            for sent in batches.dropFirst(batches.count / 3) {
                #expect(try daemon.post(sent.file, signature: sent.signature).0 == 201)
            }
            process.waitUntilExit()
            let said = try String(contentsOf: quayside.scratch.file("out"), encoding: .utf8)
            #expect(
                process.terminationStatus == 0 && said.contains("the master secret is not in it"), "\(said)")
            daemon.kill()

            let restored = quayside.scratch.file("restored").path
            try FileManager.default.createDirectory(atPath: restored, withIntermediateDirectories: false)
            try FileManager.default.copyItem(
                atPath: quayside.data + "/master.secret", toPath: restored + "/master.secret")
            let name = try #require(try FileManager.default.contentsOfDirectory(atPath: backup).first)
            #expect(name.hasPrefix("settled-quayside-") && name.hasSuffix(".sqlite.zst"))
            let told = try expectDone(Command.settled("restore", backup + "/" + name, "--data", restored))
            #expect(told.output.contains("send again"))

            let again = try Daemon(data: restored)
            var met: [Int: Int] = [:]
            for sent in batches {
                met[try again.post(sent.file, signature: sent.signature).0, default: 0] += 1
            }
            #expect(met[200, default: 0] >= batches.count / 3 && met[201, default: 0] > 0, "\(met)")
            #expect(met[200, default: 0] + met[201, default: 0] == batches.count, "\(met)")
            #expect(again.stop() == 0)

            let undisturbed = try Daemon(data: quiet)
            for sent in batches {
                #expect(try undisturbed.post(sent.file, signature: sent.signature).0 == 201)
            }
            #expect(undisturbed.stop() == 0)
            for data in [restored, quiet] {
                try expectDone(Command.settled("close", "2025-03", "--data", data))
            }
            let expected = try documents(in: quiet)
            #expect(expected.count == RandomHistory.merchants.count + 1)
            #expect(try documents(in: restored) == expected)
            try expectDone(
                Command.settled("doctor", "--full", "--data", restored))
        }
    }

    @Test("A disk that is full keeps a backup from appearing, and leaves nothing on it")
    func fullDisk() throws {
        let quayside = try Quayside()
        let target = quayside.scratch.file("target").path
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)
        let mounting = "mount -t tmpfs -o size=64k tmpfs \"$1\""
        let isolated = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
        let canMount = try Command("/usr/bin/env", isolated + [mounting, "sh", target]).run().status == 0
        let ran: Ran
        if canMount {
            let script =
                mounting
                + " && \"$0\" backup \"$1/b.sqlite\" --data \"$2\"; code=$?; ls -A \"$1\"; exit $code"
            ran = try Command(
                "/usr/bin/env", isolated + [script, Command.settledPath, target, quayside.data]
            ).run()
        } else {
            let library = quayside.scratch.file("faults.so").path
            let source = SharedFolder.repository.appendingPathComponent("Deploy/lib/faults.c").path
            try expectDone(.named("cc", ["-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"]))
            let environment = [
                "LD_PRELOAD": library, "FAULTS": try quayside.scratch.write("full", to: "faults"),
                "FAULTS_UNDER": URL(fileURLWithPath: target).resolvingSymlinksInPath().path,
            ]
            ran = try Command(
                Command.settledPath, ["backup", target + "/b.sqlite", "--data", quayside.data],
                environment: environment
            ).run()
        }
        #expect(ran.status == 3 && ran.errors.contains("full"), "\(ran)")
        #expect(ran.output == "")
        #expect(try FileManager.default.contentsOfDirectory(atPath: target) == [])
    }

    @Test("The doctor ends with 0 where all is well, with 1 where something is in trouble, and speaks JSON")
    func doctor() throws {
        let quayside = try Quayside()
        let well = try Command.settled(
            "doctor", "--data", quayside.data, "--json", "--now", "2025-03-10T00:00:00Z"
        ).run()
        #expect(well.status == 0 && well.output.hasPrefix(#"{"well":true,"#), "\(well)")
        try FileManager.default.removeItem(atPath: quayside.data + "/master.secret")
        let ill = try Command.settled("doctor", "--data", quayside.data, "--now", "2025-03-10T00:00:00Z")
            .run()
        #expect(ill.status == 1 && ill.output.contains("trouble  secret"), "\(ill)")
        let none = try Command.settled("doctor", "--data", quayside.scratch.file("none").path).run()
        #expect(none.status == 2)
    }
}
