import Foundation
import Settlement
import Signing
import Store
import Synchronization
import Testing

@testable import Service

@Suite("Trying again")
struct RetryTests {
    @Test("Pauses double up to half a minute, are drawn from their upper half, and wait for what was asked")
    func pauses() {
        let retries = Retries(total: .seconds(60))
        func bounds(_ number: Int) -> [Duration] {
            [
                retries.pause(after: number, asked: nil) { $0.lowerBound },
                retries.pause(after: number, asked: nil) { $0.upperBound },
            ]
        }
        #expect(bounds(0) == [.milliseconds(250), .milliseconds(500)])
        #expect(bounds(3) == [.milliseconds(2000), .milliseconds(4000)])
        #expect(bounds(400) == [.seconds(15), .seconds(30)])
        #expect(retries.pause(after: 0, asked: .seconds(10)) >= .seconds(10))
    }

    @Test("A lost answer and a busy daemon end in the first receipt; a refusal is not tried again")
    func lostAnswer() async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            let busy = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n"
            let relay = try Relay(to: url, spoiling: [.lose, .say(busy), .refuse])
            let file = estate.scratch.file("b.ndjson")
            try WholeFile.write(Estate.batch(), to: file)
            let submission = try Submission(
                file: file, key: estate.merchantKey, receiptKeys: [estate.sealKey])
            let retries = Mutex(0)
            let outcome = try await submission.send(
                to: relay.url, retrying: Retries(total: .seconds(600))
            ) { failure, _ in
                #expect(failure.kind == .trouble)
                retries.withLock { $0 += 1 }
            }
            // The first try had arrived: its answer was lost, its receipt is not.
            #expect(outcome.isCopy && outcome.isVerified)
            #expect(retries.withLock { $0 } == 3)
            #expect(relay.connections == 4)
            let stored = try estate.open.store.batches(of: MerchantID(verified: "M"))
            #expect(stored.map(\.summary.batch.text) == ["B-1"])

            let other = estate.scratch.file("c.ndjson")
            try WholeFile.write(Estate.batch("B-2"), to: other)
            let refused = try Submission(file: other, key: estate.merchantKey)
            let failure = await #expect(throws: Failure.self) {
                try await refused.send(to: relay.url, retrying: Retries(total: .seconds(600)))
            }
            #expect(failure?.kind == .refused && relay.connections == 5)
        }
    }
}
