import Foundation
import Oracle
import Service
import Signing
import Store
import Testing

/// What is stored comes again of the signed batches, and what was changed behind the program's back is named.
@Suite("Rederivation")
struct RederivationTests {
    private static let story = Result { try LongStory() }

    private func story() throws -> DataFolder { try Self.story.get().folder }

    /// A copy of the story's database alone, as it would go to another machine.
    private func copy(_ scratch: Scratch) throws -> String {
        let folder = scratch.file("copy")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: story().databasePath, toPath: folder + "/settled.sqlite")
        return folder
    }

    private func rederive(
        _ folder: String, secret: Bool = true, seal: Bool = true, from: String? = nil, through: String? = nil
    ) throws -> RederivationReport {
        let original = try story()
        return try Rederivation(
            .init(
                data: folder, secret: secret ? original.secretPath : nil,
                jwks: seal ? original.keysPath + "/seal.jwks" : nil, from: from, through: through,
                scratch: nil)
        ).run()
    }

    @Test("A history in which everything happens comes out again, with the secret and without")
    func wholeStory() throws {
        let scratch = try Scratch()
        let folder = try copy(scratch)
        let full = try rederive(folder)
        #expect(full.isGood, "\(full.lines)")
        #expect(full.batches == 10 && full.signatures == 10 && full.unchecked == 0 && full.bookings == 3)
        #expect(full.periods == ["2026-01", "2026-02", "2026-03"])
        #expect(full.statements == 8 && full.seals == 11 + 10 && full.detailsRows > 20, "\(full.lines)")
        #expect(full.unseenReasons == 3 && full.lines.contains { $0.hasPrefix("not to be seen") })
        let unsigned = try rederive(folder, secret: false)
        #expect(unsigned.isGood, "\(unsigned.lines)")
        #expect(unsigned.signatures == 2 && unsigned.unchecked == 8 && unsigned.seals == full.seals)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["copy"])
    }

    @Test("Seals that no key at hand can check are counted apart, and said to be unchecked")
    func withoutKeys() throws {
        let scratch = try Scratch()
        let folder = try copy(scratch)
        let report = try rederive(folder, secret: false, seal: false)
        #expect(report.isGood && report.seals == 0 && report.sealsUnchecked == 11 + 10, "\(report.lines)")
        #expect(
            report.lines.contains {
                $0.hasSuffix("; seals: 0 good, 21 not checked, as no key of the seal is at hand")
            }, "\(report.lines)")
        let json = try members(Array(report.json.utf8))
        #expect(json["seals"] as? Int == 0 && json["seals_unchecked"] as? Int == 21)
        let checked = try rederive(folder, secret: false)
        #expect(checked.sealsUnchecked == 0 && !checked.lines.contains { $0.contains("no key of the seal") })
        withExtendedLifetime(scratch) {}
    }

    @Test(
        "What came while a close was at work that was interrupted, or that failed, comes out again",
        arguments: [LongStory.Ending.cut, .failed])
    func unfinished(_ ending: LongStory.Ending) throws {
        let story = try LongStory(ending)
        let report = try rederive(story)
        #expect(report.isGood, "\(report.lines)")
        #expect(report.batches == 13 && report.bookings == 4, "\(report.lines)")
        #expect(report.periods == ["2026-01", "2026-02", "2026-03"])
    }

    @Test("So does what came while a close was at work that ended well")
    func meanwhile() throws {
        let story = try LongStory(.april)
        let report = try rederive(story)
        #expect(report.isGood, "\(report.lines)")
        #expect(report.batches == 15 && report.periods.last == "2026-04", "\(report.lines)")
        let store = try Store.open(folder: story.folder.path)
        defer { try? store.shut() }
        let warned = try (14...15).map { number in
            String(decoding: try #require(try store.arrival(number)).receipt.bytes, as: UTF8.self)
                .contains("exposure_limit")
        }
        #expect(warned == [false, true])
    }

    private func rederive(_ story: LongStory) throws -> RederivationReport {
        try Rederivation(
            .init(
                data: story.folder.path, secret: story.folder.secretPath, jwks: nil, from: nil, through: nil,
                scratch: nil)
        ).run()
    }

    @Test("The scratch folder of a run that was killed goes with the next one, nobody else's does")
    func scratch() throws {
        let scratch = try Scratch()
        let folder = try copy(scratch)
        let kept = ["settled-rederive-0123456789abcdef", "settled-rederive-mine"].map(scratch.file)
        let killed = scratch.file("settled-rederive-fedcba9876543210")
        for path in kept + [killed] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        }
        // The first is that of a run at work.
        let lock = open(kept[0], O_RDONLY | O_DIRECTORY)
        defer { close(lock) }
        #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
        #expect(try rederive(folder).isGood)
        #expect(!FileManager.default.fileExists(atPath: killed))
        for path in kept { #expect(FileManager.default.fileExists(atPath: path)) }
    }

    @Test("A part of the periods is compared when asked for, and periods that have not closed are refused")
    func span() throws {
        let scratch = try Scratch()
        let part = try rederive(copy(scratch), from: "2026-02", through: "2026-02")
        #expect(part.isGood && part.periods == ["2026-02"] && part.batches == 8, "\(part.lines)")
        for (from, through) in [("2026-04", nil), (nil, "2027-01"), ("2026-03", "2026-01"), ("x", nil)] {
            #expect(throws: Failure.self) {
                try rederive(scratch.file("copy"), from: from, through: through)
            }
        }
    }

    @Test("Random histories with late records come out again", arguments: 0..<4)
    func random(part: Int) throws {
        var late = 0
        for seed in Seeds.among(300..<332) where Int(seed) % 4 == part {
            let settled = try SettledHistory(RandomHistory(seed: seed))
            let report = try Rederivation(
                .init(
                    data: settled.folder.path, secret: nil, jwks: nil, from: nil, through: nil, scratch: nil)
            ).run()
            #expect(report.isGood, "SETTLED_SEED=\(seed): \(report.lines)")
            #expect(report.periods == settled.summary.periods && report.records == settled.summary.records)
            late += settled.periods.flatMap(\.merchants).reduce(0) {
                $0 + Int($1.documents.statement.records.late)
            }
        }
        #expect(Seeds.picked != nil || late > 0)
    }

    /// What is changed, and what the report has to say: the place, and a part of the problem.
    static let changes: [(sql: String, place: String, problem: String)] = [
        (
            "UPDATE batches SET bytes = swap(bytes, '\"points\":100', '\"points\":900') WHERE batch = 1",
            "batch B-1 of M (number 1)", "signature_invalid"
        ),
        (
            "UPDATE batches SET bytes = flip(bytes, -3) WHERE batch = 2", "batch B-2 of M (number 2)",
            "signature_invalid"
        ),
        (
            // What comes of the flip may be no base64: secrets are drawn anew for each run.
            "UPDATE batches SET signature = flip(signature, -9) WHERE batch = 3", "batch B-1 of N (number 3)",
            "signature_"
        ),
        (
            "UPDATE batches SET received = received + 1 WHERE batch = 3",
            "receipt of batch B-1 of N (number 3)", "`received`"
        ),
        (
            "UPDATE batches SET receipt = swap(receipt, '\"accepted\":1', '\"accepted\":2') WHERE batch = 3",
            "receipt of batch B-1 of N (number 3)", "`counts.accepted`"
        ),
        (
            "UPDATE batches SET receipt_seal = flip(receipt_seal, -9) WHERE batch = 4",
            "receipt of batch B-3 of M (number 4)", "its seal"
        ),
        (
            // By the key `seal/9223372036854775807`.
            """
            UPDATE batches SET receipt_seal = 'eyJhbGciOiJFZERTQSIsImtpZCI6InNlYWwvOTIyMzM3MjAzNjg1NDc3NTgw'
                || 'NyIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19' || substr(receipt_seal, instr(receipt_seal, '..'))
            WHERE batch = 4
            """, "receipt of batch B-3 of M (number 4)", "its seal"
        ),
        (
            "UPDATE batches SET receipt_signature = flip(receipt_signature, -9) WHERE batch = 4",
            "receipt of batch B-3 of M (number 4)", "its signature"
        ),
        (
            "UPDATE batches SET refused = 0, accepted = 1 WHERE batch = 5", "batch B-4 of M (number 5)",
            "`accepted`"
        ),
        ("DELETE FROM batch_periods WHERE batch = 10", "periods of batch B-5 of M (number 10)", "is missing"),
        (
            "UPDATE record_refusals SET code = 'too_old'",
            "refused record on line 3 of batch B-4 of M (number 5)", "`code`"
        ),
        (
            "UPDATE record_chunks SET bytes = flip(bytes, -9) WHERE batch = 1",
            "record m2 of M, line 3 of its batch", "from byte"
        ),
        (
            "UPDATE record_chunks SET bytes = flip(bytes, 0) WHERE batch = 3",
            "record n1 of N, line 2 of its batch", "from byte 1 "
        ),
        (
            "UPDATE statements SET document = swap(document, '\"issued\":250', '\"issued\":251') WHERE period = 0 AND merchant = 1",
            "statement of M for 2026-01", "`points.issued`"
        ),
        (
            "UPDATE statements SET document = flip(document, 0) WHERE period = 1 AND merchant = 2",
            "statement of N for 2026-02", "`byte 1`"
        ),
        (
            "UPDATE statements SET signature = flip(signature, -9) WHERE period = 1 AND merchant = 2",
            "statement of N for 2026-02", "`signature`"
        ),
        (
            "UPDATE statements SET seal = flip(seal, -9) WHERE period = 1 AND merchant = 2",
            "statement of N for 2026-02", "`seal`"
        ),
        (
            "UPDATE statements SET balance = balance + 1 WHERE period = 2 AND merchant = 3",
            "statement of P for 2026-03", "`balance`"
        ),
        (
            "DELETE FROM statements WHERE period = 2 AND merchant = 3", "statement of P for 2026-03",
            "is missing"
        ),
        (
            "UPDATE closings SET document = swap(document, '\"pending\":1', '\"pending\":2') WHERE period = 1",
            "closing of 2026-02", "`records.pending`"
        ),
        (
            "UPDATE journal SET closing = closing + 1 WHERE period = 1 AND account = 'bank'",
            "journal of 2026-02, account bank", "`closing`"
        ),
        (
            "UPDATE settlements SET bytes = flip(bytes, -9) WHERE period = 0",
            "settlements of 2026-01, member cem, from record m4 of M on", "DETAILS.csv"
        ),
        (
            "UPDATE settlements SET bytes = flip(bytes, 9) WHERE period = 1",
            "settlements of 2026-02, member ana, from record n2 of N on", "DETAILS.csv"
        ),
        ("UPDATE bookings SET amount = 501 WHERE booking = 1", "booking PAY-1 of N", "audit"),
        (
            "UPDATE bookings SET amount = 501 WHERE booking = 1", "statement of N for 2026-01",
            "`balance.payments`"
        ),
        ("UPDATE bookings SET period = 2 WHERE booking = 2", "booking ADJ-1 of M", "`period`"),
        ("DELETE FROM bookings WHERE booking = 3", "booking: P payment PAY-1 of 30 by ana", "not there"),
        (
            "UPDATE keys SET public_key = flip(public_key, 0) WHERE id = 'm-own'",
            "batch B-2 of M (number 2)", "signature_invalid"
        ),
        ("UPDATE keys SET version = 2 WHERE id = 'batch/N/1'", "batch B-1 of N (number 3)", "key_unknown"),
        ("UPDATE keys SET revoked = 1767900000000 WHERE id = 'batch/N/1'", "key batch/N/1", "`revoked`"),
        ("UPDATE keys SET merchant = 2 WHERE id = 'm-own'", "key m-own", "`merchant`"),
        ("UPDATE keys SET merchant = 99 WHERE id = 'm-own'", "key m-own", "`merchant`"),
        (
            "UPDATE outcomes SET code = 'insufficient_points' WHERE state <> 'settled'",
            "what became of record n3 of N", "`code`"
        ),
        (
            "UPDATE holdings SET bytes = flip(bytes, -9) WHERE member = 'ana'", "what member ana holds",
            "`bytes`"
        ),
        ("DELETE FROM holdings WHERE member = 'ben'", "what member ben holds", "is missing"),
        (
            "UPDATE periods SET closed = closed - 864000000 WHERE period = 0", "period 2026-01",
            "could not have closed"
        ),
        ("UPDATE periods SET late = 7 WHERE period = 1", "period 2026-02", "`late`"),
        ("UPDATE periods SET last_batch = 4 WHERE period = 0", "closing of 2026-01", "is not what comes"),
        (
            "UPDATE alliances SET document = swap(document, '\"redeem_price\":\"0.01\"', '\"redeem_price\":\"0.02\"') WHERE version = 2",
            "statement of M for 2026-01", "`balance.activity`"
        ),
        ("DELETE FROM batches WHERE batch = 8", "batch 8", "is missing"),
        ("DELETE FROM drafts WHERE draft = 2", "draft 2", "is gone"),
        ("UPDATE disputes SET line = 9 WHERE dispute = 1", "dispute 1", "is not as it was written"),
        ("DELETE FROM dispute_steps WHERE step = 5", "step of disputes 5", "is gone"),
        ("DELETE FROM dispute_steps WHERE step = 6", "dispute 4", "no step says when"),
        ("UPDATE disputes SET bytes = flip(bytes, 20) WHERE dispute = 4", "dispute 4", "signature_invalid"),
        ("UPDATE disputes SET record = 'm1' WHERE dispute = 4", "dispute 4", "`record`"),
    ]

    @Test("What was changed behind the program's back is found and named", arguments: changes.indices)
    func change(number: Int) throws {
        let (sql, place, problem) = Self.changes[number]
        let scratch = try Scratch()
        let folder = try copy(scratch)
        try tamper(with: folder + "/settled.sqlite", sql)
        let report = try rederive(folder)
        #expect(!report.isGood)
        #expect(
            report.findings.contains { $0.place == place && $0.problem.contains(problem) },
            "\(sql)\n\(report.lines.joined(separator: "\n"))")
        #expect(report.json.hasPrefix(#"{"good":false,"#) && report.lines.last?.hasPrefix("DIFFERS") == true)
    }

    @Test(
        "Without the row that says whether a close has begun all else is compared",
        arguments: ["DELETE FROM cuts", "UPDATE cuts SET period = period + 1"])
    func withoutCut(_ sql: String) throws {
        let scratch = try Scratch()
        let folder = try copy(scratch)
        try tamper(with: folder + "/settled.sqlite", sql)
        try tamper(
            with: folder + "/settled.sqlite",
            "UPDATE statements SET balance = balance + 1 WHERE period = 2 AND merchant = 3")
        let report = try rederive(folder)
        #expect(
            report.findings.map(\.place) == [
                "the row that says whether a close has begun", "statement of P for 2026-03",
            ], "\(report.lines)")
        #expect(report.stopped == "whether a close had begun since the last one is not known")
        #expect(report.periods == ["2026-01", "2026-02", "2026-03"] && report.signatures == 10)
    }

    @Test("Nor is anything told that came while a close was at work whose row is gone")
    func withoutCutAtWork() throws {
        let story = try LongStory(.cut)
        try tamper(with: story.folder.databasePath, "DELETE FROM cuts")
        let report = try rederive(story)
        #expect(
            report.findings.map(\.place) == ["the row that says whether a close has begun"],
            "\(report.lines)")
        #expect(report.stopped != nil && report.signatures == 13, "\(report.lines)")
    }

    @Test("Without the secret, a seal that does not hold is found by the published key")
    func seals() throws {
        for (sql, place) in [
            (
                "UPDATE statements SET seal = flip(seal, -9) WHERE period = 1 AND merchant = 2",
                "statement of N for 2026-02"
            ),
            (
                "UPDATE batches SET receipt_seal = flip(receipt_seal, -9) WHERE batch = 4",
                "receipt of batch B-3 of M (number 4)"
            ),
            ("UPDATE closings SET seal = flip(seal, -9) WHERE period = 1", "closing of 2026-02"),
        ] {
            let scratch = try Scratch()
            let folder = try copy(scratch)
            try tamper(with: folder + "/settled.sqlite", sql)
            let report = try rederive(folder, secret: false)
            #expect(
                report.found == 1 && report.findings[0].place == place
                    && report.findings[0].problem.contains("seal does not hold"), "\(report.lines)")
        }
    }

    @Test("Another secret than the folder's is refused as such, and not taken for what signed nothing")
    func otherSecret() throws {
        let scratch = try Scratch()
        let folder = try copy(scratch)
        let secret = try scratch.write(String(repeating: "5a", count: 32), to: "secret", mode: 0o600)
        let failure = #expect(throws: Failure.self) {
            try Rederivation(
                .init(data: folder, secret: secret, jwks: nil, from: nil, through: nil, scratch: nil)
            ).run()
        }
        #expect(failure?.problem.hasPrefix("secret_mismatch: ") == true, "\(failure?.problem ?? "")")
    }
}
