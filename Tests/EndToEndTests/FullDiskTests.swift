import Fixtures
import Foundation
import Service
import Signing
import Testing

/// A disk without room, for one daemon: a small file system where the machine lets one be mounted, else calls to the
/// system that are made to fail.
private final class FullDisk {
    let daemon: Daemon
    /// The data folder as the daemon has it, also while nobody else sees its file system.
    let data: String
    private let filler: String?
    private let words: URL

    /// Whether a file system of memory can be mounted that nobody else sees.
    static func canMount(at folder: String) throws -> Bool {
        try Command("/usr/bin/env", Self.mounting + ["exit 0", folder]).run().status == 0
    }

    private static let mounting = [
        "unshare", "--map-root-user", "--mount", "sh", "-c",
        "mount -t tmpfs -o size=16m tmpfs \"$1\" && eval \"$0\"",
    ]

    init(_ quayside: Quayside) throws {
        let disk = quayside.scratch.file("disk")
        try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: false)
        words = quayside.scratch.file("faults")
        if try Self.canMount(at: disk.path) {
            print("A full disk: on a small file system of its own")
            let copying = "cp -a \"$2\" \"$1/data\" && shift 2 && exec \"$@\""
            daemon = try Daemon(
                data: disk.path + "/data", within: Self.mounting + [copying, disk.path, quayside.data])
            (data, filler) = (daemon.root + disk.path + "/data", daemon.root + disk.path + "/filler")
        } else {
            print("A full disk: by calls that are made to fail, as no file system can be mounted here")
            let library = quayside.scratch.file("faults.so").path
            let source = SharedFolder.repository.appendingPathComponent("Deploy/lib/faults.c").path
            try expectDone(.named("cc", ["-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"]))
            data = URL(fileURLWithPath: quayside.data).resolvingSymlinksInPath().path
            daemon = try Daemon(
                data: data,
                environment: ["LD_PRELOAD": library, "FAULTS": words.path, "FAULTS_UNDER": data])
            filler = nil
        }
    }

    /// Takes half of its room; the rest is the batches'. Where calls fail, all of it.
    func fill() throws {
        guard let filler else { return try "full".write(to: words, atomically: true, encoding: .utf8) }
        try Data(count: 8 << 20).write(to: URL(fileURLWithPath: filler))
    }

    func makeRoom() throws {
        guard let filler else { return try "".write(to: words, atomically: true, encoding: .utf8) }
        try FileManager.default.removeItem(atPath: filler)
    }
}

/// On the built daemon, whose disk is really full where that can be had.
@Suite("A full disk")
struct FullDiskTests {
    /// Writes a batch of the bakery with its signature beside it; gives its path.
    private func batch(_ number: Int, _ quayside: Quayside) throws -> (file: String, signature: String) {
        let records = (0..<2_000).map { record in
            #"{"id":"F-\#(number)-\#(record)","type":"earn","member":"m-\#(record)","points":9,"amount":900,"#
                + #""at":"2025-04-02T09:00:31+02:00"}"#
        }
        let header =
            #"{"format":"settled-batch/1","merchant":"bakery","batch":"F-\#(number)","sequence":\#(number),"#
            + #""records":2000,"totals":{"earn":18000}}"#
        let text = ([header] + records).joined(separator: "\n") + "\n"
        let file = try quayside.scratch.write(text, to: "F-\(number).ndjson")
        let key = try KeyFile.readSigning(quayside.key(of: "bakery.ndjson"), id: nil)
        return (file, key.sign(Array(text.utf8)))
    }

    /// Whether the file is whole, and how many batches it holds: of a copy, made while nothing is written.
    private func counted(_ disk: FullDisk) throws -> String {
        let copy = try Scratch()
        disk.daemon.signal(SIGSTOP)
        for name in ["settled.sqlite", "settled.sqlite-wal"] {
            try FileManager.default.copyItem(atPath: disk.data + "/" + name, toPath: copy.file(name).path)
        }
        disk.daemon.signal(SIGCONT)
        let script = """
            import sqlite3, sys
            db = sqlite3.connect(sys.argv[1])
            for question in ["PRAGMA integrity_check", "SELECT count(*) FROM batches"]:
                print(db.execute(question).fetchone()[0], end=" ")
            """
        return try expectDone(.named("python3", ["-c", script, copy.file("settled.sqlite").path])).lastLine
    }

    @Test("Batches fill it: that is told, what was stored stays, and with room it goes on where it stopped")
    func filled() async throws {
        try await offPool {
            let quayside = try Quayside()
            let disk = try FullDisk(quayside)
            var receipts: [String] = []
            func post(_ number: Int) throws -> (Int, String) {
                let (file, signature) = try batch(number, quayside)
                return try disk.daemon.post(file, signature: signature)
            }
            for number in 1...3 {
                let answer = try post(number)
                #expect(answer.0 == 201)
                receipts.append(answer.1)
            }
            try disk.fill()
            var refused = try post(receipts.count + 1)
            while refused.0 == 201, receipts.count < 200 {
                receipts.append(refused.1)
                refused = try post(receipts.count + 1)
            }
            #expect(refused.0 == 503 && refused.1.contains(#""code":"unavailable""#), "\(refused)")
            let reason = try disk.daemon.awaitReadiness(503)
            #expect(reason.contains(#""code":"not_ready""#) && reason.contains("make room"), "\(reason)")
            #expect(try disk.daemon.get("/healthz").status == 0)
            #expect(try post(receipts.count + 1).0 == 503)
            let copy = try post(1)
            #expect(copy.0 == 200 && copy.1 == receipts[0], "what only reads goes on")
            #expect(try counted(disk) == "ok \(receipts.count) ")

            try disk.makeRoom()
            _ = try disk.daemon.awaitReadiness(200)
            let answer = try post(receipts.count + 1)
            #expect(answer.0 == 201)
            receipts.append(answer.1)
            for (number, receipt) in receipts.enumerated() {
                let copy = try post(number + 1)
                #expect(copy.0 == 200 && copy.1 == receipt)
            }
            #expect(try counted(disk) == "ok \(receipts.count) ")
            #expect(disk.daemon.stop() == 0)
        }
    }
}
