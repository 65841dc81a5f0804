import Foundation
import Settlement
import Testing

/// What the built daemon takes of memory when more comes than it can hold.
@Suite("Memory under load")
struct MemoryTests {
    /// A batch of about this many bytes, as a merchant would send it.
    private func batch(bytes: Int) -> [UInt8] {
        func line(_ number: Int) -> String {
            #"{"id":"B-\#(number)","type":"earn","member":"m-\#(number % 100_000)","points":90,"amount":900,"#
                + #""at":"2025-04-02T09:00:31+02:00"}"# + "\n"
        }
        let count = bytes / 110
        var text =
            #"{"format":"settled-batch/1","merchant":"bakery","batch":"big","sequence":1,"records":\#(count),"#
            + #""totals":{"earn":\#(90 * count)}}"# + "\n"
        for number in 0..<count { text += line(number) }
        return Array(text.utf8)
    }

    /// Four merchants' batches of CSV, about so many bytes each.
    private func csv(_ merchant: String, _ id: String, sequence: Int, bytes: Int) -> [UInt8] {
        let count = bytes / 60
        var text =
            "settled-batch/1,merchant=\(merchant),batch=\(id),sequence=\(sequence),records=\(count),"
            + "totals.earn=\(90 * count)\nid,type,member,points,amount,at\n"
        for number in 0..<count {
            text += "\(id)-\(number),earn,m-\(number % 100_000),90,900,2025-04-02T09:00:31+02:00\n"
        }
        return Array(text.utf8)
    }

    @Test("Large batches of CSV by HTTP, plain and packed, and in the spool, all at once, stay below 300 MB")
    func largeBatches() async throws {
        try await offPool {
            let quayside = try Quayside()
            let spool = quayside.scratch.file("spool")
            let daemon = try Daemon(data: quayside.data, "--spool", spool.path)
            let merchants = ["books", "cinema", "garden", "bakery"]
            func put(_ merchant: String, _ id: String, sequence: Int, in folder: URL) throws -> String {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                let file = quayside.scratch.file(id + ".csv")
                try Data(csv(merchant, id, sequence: sequence, bytes: 30_000_000)).write(to: file)
                let key = quayside.key(of: merchant + ".ndjson")
                try expectDone(.settled("sign", file.path, "--key", key))
                for ending in ["", ".jws"] {
                    let place = folder.appendingPathComponent(id + ".csv" + ending).path
                    #expect(rename(file.path + ending, place) == 0)
                }
                return folder.appendingPathComponent(id + ".csv").path
            }
            let uploads = try merchants.map {
                try put($0, $0 + "-http", sequence: 1, in: quayside.scratch.file("uploads"))
            }
            for merchant in merchants {
                _ = try put(
                    merchant, merchant + "-spool", sequence: 2,
                    in: spool.appendingPathComponent(merchant + "/in"))
            }
            for upload in uploads.suffix(2) { try expectDone(.named("gzip", ["--keep", "--fast", upload])) }
            // It only starts other programs, which several threads may.
            nonisolated(unsafe) let client = daemon
            DispatchQueue.concurrentPerform(iterations: uploads.count) { place in
                let isPacked = place >= 2
                let file = uploads[place] + (isPacked ? ".gz" : "")
                var status = 503
                // Without room for it a client is told to come again; what took too long is asked for again.
                while [0, 429, 503].contains(status) {
                    let ran = try? client.post(
                        file, signature: text(uploads[place] + ".jws"), type: "text/csv",
                        headers: isPacked ? ["Content-Encoding: gzip"] : [])
                    status = ran?.0 ?? 0
                    usleep(200_000)
                }
                #expect([200, 201].contains(status), "\(file): \(status)")
            }
            for merchant in merchants {
                let receipt = spool.appendingPathComponent("\(merchant)/done/\(merchant)-spool.receipt.json")
                    .path
                while !FileManager.default.fileExists(atPath: receipt) { usleep(100_000) }
            }
            let peak = try daemon.peakMemory
            #expect(peak < 300_000_000, "\(peak) bytes at the most")
            #expect(daemon.stop() == 0)
        }
    }

    private func text(_ path: String) -> String {
        ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").trimmingCharacters(in: .newlines)
    }

    @Test("A file that is larger than the memory is converted, there and back, in less than 100 MB")
    func convert() async throws {
        try await offPool {
            let scratch = try Scratch()
            let file = scratch.file("large.csv")
            try Data(csv("bakery", "large", sequence: 1, bytes: 150_000_000)).write(to: file)
            let (there, back) = (scratch.file("large.ndjson").path, scratch.file("back.csv").path)
            // Its most memory, as the system counts it, in KiB.
            let script = #"""
                /usr/bin/env python3 - "$@" <<'END'
                import resource, subprocess, sys
                subprocess.run(sys.argv[1:], check=True)
                print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
                END
                """#
            for (from, to) in [(file.path, there), (there, back)] {
                let ran = try expectDone(
                    .named("bash", ["-c", script, "-", Command.settledPath, "convert", from, "--out", to]))
                let peak = try #require(Int(ran.lastLine)) * 1024
                #expect(peak < 100_000_000, "\(peak) bytes at the most")
            }
            #expect(FileManager.default.contentsEqual(atPath: file.path, andPath: back) == false)
            let again = scratch.file("again.ndjson").path
            try expectDone(.settled("convert", back, "--out", again))
            #expect(FileManager.default.contentsEqual(atPath: there, andPath: again))
        }
    }

    @Test("200 slow or huge uploads at once, and a batch of 64 MiB that is stored, stay below 300 MB")
    func manyUploads() async throws {
        try await offPool {
            let quayside = try Quayside()
            let daemon = try Daemon(data: quayside.data)
            let file = quayside.scratch.file("big.ndjson")
            let bytes = batch(bytes: 64_000_000)
            try Data(bytes).write(to: file)
            let key = quayside.key(of: "bakery.ndjson")
            try expectDone(.settled("sign", file.path, "--key", key))
            let signature = try String(contentsOfFile: file.path + ".jws", encoding: .utf8)
                .trimmingCharacters(in: .newlines)
            let merchants = ["books", "cinema", "garden", "bakery"]
            let slow = try merchants.map { merchant in
                let small = quayside.scratch.file("small-\(merchant)")
                try Data("x".utf8).write(to: small)
                try expectDone(.settled("sign", small.path, "--key", quayside.key(of: merchant + ".ndjson")))
                return try String(contentsOfFile: small.path + ".jws", encoding: .utf8)
                    .trimmingCharacters(in: .newlines)
            }
            // Each sends 8 MiB of 60 that it announces, or as much as it is let, and then holds still; every third
            // one blanks that are packed, and unpack to 60 MiB.
            let blanks = quayside.scratch.file("blanks")
            try Data(repeating: 0x20, count: 60 << 20).write(to: blanks)
            try expectDone(.named("gzip", [blanks.path]))
            let bomb = [UInt8](try Data(contentsOf: URL(fileURLWithPath: blanks.path + ".gz")).dropLast(8))
            let attackers = try (0..<200).map { number in
                try Attacker(
                    url: daemon.url, signature: slow[number % 3], announced: 60 << 20,
                    chunked: number % 2 == 0, type: number % 4 < 2 ? "text/csv" : "application/x-ndjson",
                    packed: number % 3 == 0 ? bomb : nil)
            }
            DispatchQueue.concurrentPerform(iterations: attackers.count) { attackers[$0].send(8 << 20) }
            #expect(try daemon.get("/healthz").status == 0)
            let answer = try daemon.post(file.path, signature: signature)
            if answer.0 != 201 {
                // The room was taken: it is told to come again, and does.
                #expect(answer.0 == 503 || answer.0 == 429, "\(answer)")
                attackers.forEach { $0.end() }
                #expect(try daemon.post(file.path, signature: signature).0 == 201)
            }
            attackers.forEach { $0.end() }
            let peak = try daemon.peakMemory
            #expect(peak < 300_000_000, "\(peak) bytes at the most")
            #expect(daemon.stop() == 0)
        }
    }
}

/// A connection that uploads more than it ever ends.
private final class Attacker: Sendable {
    private let descriptor: Int32
    private let head: [UInt8]
    private let isChunked: Bool
    private let packed: [UInt8]?

    /// `packed` is sent as gzip, in chunks.
    init(
        url: String, signature: String, announced: Int, chunked: Bool, type: String, packed: [UInt8]? = nil
    ) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.packed = packed
        let chunked = chunked || packed != nil
        isChunked = chunked
        let length = chunked ? "Transfer-Encoding: chunked" : "Content-Length: \(announced)"
        head = Array(
            """
            POST /v1/batches HTTP/1.1\r
            Host: x\r
            Content-Type: \(type)\r
            Settled-Signature: \(signature)\r
            Content-Encoding: \(packed == nil ? "identity" : "gzip")\r
            \(length)\r
            \r

            """.utf8)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(url.split(separator: ":").last ?? "")?.bigEndian ?? 0
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(status == 0, "cannot connect: \(String(cString: strerror(errno)))")
    }

    /// Sends so many bytes of a body, or until nobody takes them.
    func send(_ count: Int) {
        var pieces = [head]
        let piece = [UInt8](repeating: 0x20, count: 1 << 16)
        let framed = isChunked ? Array("10000\r\n".utf8) + piece + Array("\r\n".utf8) : piece
        if let packed {
            pieces.append(Array("\(String(packed.count, radix: 16))\r\n".utf8) + packed + Array("\r\n".utf8))
        } else {
            pieces += Array(repeating: framed, count: count >> 16)
        }
        for piece in pieces {
            var sent = 0
            while sent < piece.count {
                let more = piece.withUnsafeBytes {
                    Foundation.send(
                        descriptor, $0.baseAddress! + sent, piece.count - sent, Int32(MSG_NOSIGNAL))
                }
                guard more > 0 else { return }
                sent += more
            }
        }
    }

    func end() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    deinit { close(descriptor) }
}
