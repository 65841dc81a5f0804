import Foundation
import Synchronization
import Testing

/// What the daemon takes of memory where batches name somebody who was forgotten.
@Suite("Memory once a member was forgotten")
struct ForgottenMemoryTests {
    /// A batch of about 60 MB that names the member in each record.
    private func batch(_ merchant: String, sequence: Int, records count: Int = 330_000) -> String {
        let store = String(repeating: "quay-", count: 12)
        var text =
            #"{"format":"settled-batch/1","merchant":"\#(merchant)","batch":"big-\#(sequence)","#
            + #""sequence":\#(sequence),"records":\#(count),"totals":{"earn":\#(90 * count)}}"# + "\n"
        for number in 0..<count {
            text +=
                #"{"id":"\#(sequence)-\#(number)","type":"earn","member":"m","points":90,"amount":900,"#
                + #""at":"2025-04-02T09:00:31+02:00","store":"\#(store)"}"# + "\n"
        }
        return text
    }

    private func sign(_ text: String, of merchant: String, in quayside: Quayside) throws -> (String, String) {
        let file = try quayside.scratch.write(text, to: merchant + "-big.ndjson")
        try expectDone(.settled("sign", file, "--key", quayside.key(of: merchant + ".ndjson")))
        let signature = try String(contentsOfFile: file + ".jws", encoding: .utf8)
        return (file, signature.trimmingCharacters(in: .newlines))
    }

    @Test("Three of the largest batches at once, each record of which is redacted, stay below 350 MB")
    func largest() async throws {
        try await offPool {
            let quayside = try Quayside()
            do {
                let daemon = try Daemon(data: quayside.data)
                let (file, signature) = try sign(
                    batch("bakery", sequence: 1, records: 1), of: "bakery", in: quayside)
                #expect(try daemon.post(file, signature: signature).0 == 201)
                #expect(daemon.stop() == 0)
            }
            try expectDone(
                .settled("member", "forget", "m", "--by", "ana", "--reason", "asked", "--data", quayside.data)
            )
            let daemon = try Daemon(data: quayside.data)
            let uploads = try [("bakery", 2), ("books", 1), ("cinema", 1)].map { merchant, sequence in
                try sign(batch(merchant, sequence: sequence), of: merchant, in: quayside)
            }
            let refused = Mutex<[Int]>([])
            // A post reads of it what never changes.
            nonisolated(unsafe) let asked = daemon
            DispatchQueue.concurrentPerform(iterations: uploads.count) { number in
                let (file, signature) = uploads[number]
                let status = (try? asked.post(file, signature: signature))?.0
                if status != 201 { refused.withLock { $0.append(number) } }
            }
            // Where there was no room it comes again; where nobody waited for the answer it is there.
            for number in refused.withLock(\.self) {
                let status = try daemon.post(uploads[number].0, signature: uploads[number].1).0
                #expect([200, 201].contains(status), "\(status)")
            }
            let peak = try daemon.peakMemory
            #expect(peak < 350_000_000, "\(peak) bytes at the most")
            #expect(daemon.stop() == 0)
        }
    }
}
