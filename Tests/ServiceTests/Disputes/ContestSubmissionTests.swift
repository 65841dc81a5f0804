import Settlement
import Signing
import Store
import Synchronization
import Testing

@testable import Service

@Suite("Contesting by command")
struct ContestSubmissionTests {
    private func submission(
        _ estate: Estate, _ record: String = "B-1-0", reference: String? = nil, reason: String = "never sold"
    ) throws -> ContestSubmission {
        try ContestSubmission(
            reference: reference, subject: .record(RecordID(verified: record)), reason: reason,
            key: estate.merchantKey)
    }

    @Test("A lost answer and a busy daemon end in the first answer; a refusal is not tried again")
    func lostAnswer() async throws {
        let estate = try ReadingTests.estate()
        try await withDaemon(estate) { url, _ in
            let busy = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n"
            let relay = try Relay(to: url, spoiling: [.lose, .say(busy), .refuse])
            let retries = Mutex(0)
            let outcome = try await submission(estate).send(
                to: relay.url, retrying: Retries(total: .seconds(600))
            ) { failure, _ in
                #expect(failure.kind == .trouble)
                retries.withLock { $0 += 1 }
            }
            #expect(
                outcome.isCopy && outcome.number == 1 && outcome.line.contains("opened by the same before"))
            #expect(retries.withLock { $0 } == 3 && relay.connections == 4)
            #expect(try estate.open.store.disputes().count == 1)
            let failure = await #expect(throws: Failure.self) {
                try await submission(estate, "N-1-0").send(
                    to: relay.url, retrying: Retries(total: .seconds(600)))
            }
            #expect(failure?.kind == .refused && relay.connections == 5)
            #expect(
                failure?.problem.contains("contest_subject_unknown (record)") == true, "\(failure as Any)")
        }
    }

    @Test("Without a reference the same is the same, and something else is not")
    func references() throws {
        let estate = try Estate()
        let first = try submission(estate)
        #expect(try first.bytes == submission(estate).bytes)
        #expect(try first.contest.reference != submission(estate, reason: "was a test").contest.reference)
        #expect(try first.contest.reference != submission(estate, "B-1-1").contest.reference)
        #expect(try submission(estate, reference: "D-9").contest.reference.text == "D-9")
    }

    @Test("What cannot be said is told before anything is sent")
    func misused() throws {
        let estate = try Estate()
        for (reference, reason, option) in [
            ("a b", "x", "--reference"), ("", "x", "--reference"), (nil, "", "--reason"),
            (nil, String(repeating: "x", count: 1_001), "--reason"), (nil, "two\nlines", "--reason"),
        ] as [(String?, String, String)] {
            let failure = #expect(throws: Failure.self) {
                try submission(estate, reference: reference, reason: reason)
            }
            #expect(failure?.kind == .misused && failure?.place == option)
        }
    }
}
