import Foundation
import Settlement
import Testing

/// What the built daemon takes of memory when more comes than it can hold.
@Suite("Memory under load")
struct MemoryTests {
    /// A batch of about this many bytes, as a merchant would send it.
    private func batch(bytes: Int) -> [UInt8] {
        let store = String(repeating: "quay-", count: 12)
        func line(_ number: Int) -> String {
            #"{"id":"B-\#(number)","type":"earn","member":"m-\#(number % 100_000)","points":90,"amount":900,"#
                + #""at":"2025-04-02T09:00:31+02:00","store":"\#(store)"}"# + "\n"
        }
        let count = bytes / 184
        var text =
            #"{"format":"settled-batch/1","merchant":"bakery","batch":"big","sequence":1,"records":\#(count),"#
            + #""totals":{"earn":\#(90 * count)}}"# + "\n"
        for number in 0..<count { text += line(number) }
        return Array(text.utf8)
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
            // Each sends 8 MiB of 60 that it announces, or as much as it is let, and then holds still.
            let attackers = try (0..<200).map { number in
                try Attacker(
                    url: daemon.url, signature: slow[number % 3], announced: 60 << 20,
                    chunked: number % 2 == 0)
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

    /// So many short rows, each with an id of its own.
    private func dense(
        _ merchant: String, rows: Int, day: String, strict: Bool = false
    ) -> [UInt8] {
        var text =
            "settled-batch/1,merchant=\(merchant),batch=\(merchant)-dense,sequence=1,records=\(rows),"
            + "totals.earn=\(rows)\(strict ? ",strict=true" : "")\nid,type,member,points,at\n"
        for number in 0..<rows {
            text += "\(String(number, radix: 36)),earn,m,1,\(day)T09:00:31Z\n"
        }
        return Array(text.utf8)
    }

    @Test(
        "As many records as are taken, all refused, their ids as long as may be: below 300 MB, packed or not",
        arguments: [false, true])
    func allRefused(isPacked: Bool) async throws {
        try await offPool {
            let quayside = try Quayside()
            let daemon = try Daemon(data: quayside.data)
            let rows = 350_000
            var text =
                "settled-batch/1,merchant=books,batch=refused,sequence=1,records=\(rows),totals.earn=\(rows)\n"
                + "id,type,member,points,at,store\n"
            let (head, store) = (String(repeating: "i", count: 56), String(repeating: "s", count: 46))
            for number in 0..<rows {
                text += "\(head)\(10_000_000 + number),earn,\(store),1,2024-04-02T09:00:31Z,\(store)\n"
            }
            #expect((63_000_000...(64 << 20)).contains(text.utf8.count))
            let file = quayside.scratch.file("refused.csv").path
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
            try expectDone(.settled("sign", file, "--key", quayside.key(of: "books.ndjson")))
            let signature = try String(contentsOfFile: file + ".jws", encoding: .utf8)
                .trimmingCharacters(in: .newlines)
            if isPacked { try expectDone(.named("gzip", ["-1", file])) }
            let answer = file + ".answer"
            let ran = try Command.named(
                "curl",
                daemon.arguments(isPacked ? file + ".gz" : file, signature: signature, type: "text/csv")
                    + ["--max-time", "600", "--output", answer]
                    + (isPacked ? ["--header", "Content-Encoding: gzip"] : [])
            ).run()
            #expect(ran.output.hasSuffix("201"), "\(ran)")
            let said = try String(contentsOfFile: answer, encoding: .utf8)
            #expect(said.contains("\"refused\":\(rows)}"))
            let peak = try daemon.peakMemory
            #expect(peak < 300_000_000, "\(peak) bytes at the most")
            #expect(daemon.stop() == 0)
        }
    }

    @Test("Dense batches at once, one of them all refused, one refused for that, one too long: below 300 MB")
    func denseBatches() async throws {
        try await offPool {
            let quayside = try Quayside()
            let daemon = try Daemon(data: quayside.data)
            // Before the alliance begins each record is refused, and listed.
            let batches: [(merchant: String, bytes: [UInt8], status: Int)] = [
                ("bakery", dense("bakery", rows: 200_000, day: "2025-04-02"), 201),
                ("books", dense("books", rows: 200_000, day: "2024-04-02"), 201),
                ("cinema", dense("cinema", rows: 200_000, day: "2024-04-02", strict: true), 422),
                ("garden", dense("garden", rows: 1_600_000, day: "2025-04-02"), 413),
            ]
            let uploads = try batches.map { merchant, bytes, status in
                let file = quayside.scratch.file("\(merchant).csv")
                try Data(bytes).write(to: file)
                try expectDone(
                    .settled("sign", file.path, "--key", quayside.key(of: merchant + ".ndjson")))
                let signature = try String(contentsOfFile: file.path + ".jws", encoding: .utf8)
                    .trimmingCharacters(in: .newlines)
                let arguments =
                    daemon.arguments(file.path, signature: signature, type: "text/csv")
                    + ["--max-time", "600", "--output", file.path + ".answer"]
                return (Command.named("curl", arguments), status, file.path + ".answer")
            }
            let running = try uploads.map { command, _, answer in
                try command.start(
                    output: URL(fileURLWithPath: answer + ".status"),
                    errors: URL(fileURLWithPath: answer + ".errors"))
            }
            for (process, (_, status, answer)) in zip(running, uploads) {
                process.waitUntilExit()
                let said = try String(contentsOfFile: answer + ".status", encoding: .utf8)
                #expect(said.hasSuffix("\(status)"), "\(answer): \(said)")
            }
            let answers = try uploads.map { try String(contentsOfFile: $0.2, encoding: .utf8) }
            for answer in answers[1...2] {
                let listed = answer.components(separatedBy: "\"code\":\"before_start\"").count - 1
                #expect(listed == 200_000)
            }
            #expect(answers[3].contains("\"code\":\"too_large\"") && answers[3].contains("1600002 lines"))
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

    init(url: String, signature: String, announced: Int, chunked: Bool) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        isChunked = chunked
        let length = chunked ? "Transfer-Encoding: chunked" : "Content-Length: \(announced)"
        head = Array(
            """
            POST /v1/batches HTTP/1.1\r
            Host: x\r
            Content-Type: application/x-ndjson\r
            Settled-Signature: \(signature)\r
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
        pieces += Array(repeating: framed, count: count >> 16)
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
