import Settlement
import Signing
import Store
import Synchronization
import Testing

@testable import Service

@Suite("Contesting by command")
struct ContestSubmissionTests {
    private func submission(
        _ estate: Estate, _ record: String = "B-1-0", reference: String? = nil,
        reason: String = "never sold", keys: [VerificationKey] = [],
        clock: WallClock = .standing(at: Estate.received)
    ) throws -> ContestSubmission {
        try ContestSubmission(
            alliance: AllianceID(verified: "test"), reference: reference,
            subject: .record(RecordID(verified: record)), reason: reason, key: estate.merchantKey, keys: keys,
            clock: clock)
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
        let at = Estate.received
        #expect(try first.content(at: at).bytes == submission(estate).content(at: at).bytes)
        #expect(try first.reference != submission(estate, reason: "was a test").reference)
        #expect(try first.reference != submission(estate, "B-1-1").reference)
        #expect(try submission(estate, reference: "D-9").reference.text == "D-9")
    }

    @Test("Hours later the same is contested anew by the same command, and gives the first answer")
    func later() async throws {
        let estate = try ReadingTests.estate()
        let hours = Estate.received.advanced(byHours: 9)
        var answers: [[UInt8]] = []
        for instant in [Estate.received, hours] {
            let (answer, isCopy) = try await contest(estate, at: instant)
            answers.append(answer)
            #expect(isCopy == (instant == hours))
        }
        #expect(answers[0] == answers[1])
    }

    private func contest(_ estate: Estate, at instant: Instant) async throws -> ([UInt8], Bool) {
        let found = Mutex<([UInt8], Bool)>(([], false))
        let clock = WallClock.standing(at: instant)
        try await withDaemon(estate, clock: clock) { url, _ in
            let outcome = try await submission(estate, clock: clock).send(to: url)
            found.withLock { $0 = (outcome.document.bytes, outcome.isCopy) }
        }
        return found.withLock { $0 }
    }

    @Test(
        "The answer's seal is checked where its key is at hand, told where it is not, and refused where it is wrong"
    )
    func seals() async throws {
        let estate = try ReadingTests.estate()
        let scratch = try Scratch()
        let seal = estate.open.master.sealKey(version: 1).verification
        let other = try MasterSecret([UInt8](repeating: 9, count: 32)).sealKey(version: 1).verification
        try await withDaemon(estate) { url, _ in
            let unchecked = try await submission(estate).send(to: url)
            #expect(!unchecked.isVerified && unchecked.checks.allSatisfy { $0.contains("not checked") })
            let checked = try await submission(estate, keys: [seal]).send(to: url)
            #expect(checked.isVerified && checked.checks.contains("seal by seal/1 is valid"))
            let failure = await #expect(throws: Failure.self) {
                try await submission(estate, keys: [other]).send(to: url)
            }
            #expect(failure?.kind == .refused && failure?.problem.contains("seal is wrong") == true)
            try checked.keep(as: scratch.file("answer.json"))
            let keys = try DocumentKeys(
                keyFile: nil, jwks: estate.open.folder.keysPath + "/seal.jwks", folder: nil)
            let check = try DocumentCheck(file: scratch.file("answer.json"), keys: keys)
            #expect(check.isGood && check.title == "answer to the contest of dispute 1 of M")
        }
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
