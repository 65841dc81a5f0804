import Foundation
import Settlement
import Signing
import Testing

@testable import Service
@testable import Store

/// After a member was forgotten all comes out again, and what no signature proves any more rests on sealed notices.
@Suite("Rederivation of forgotten members")
struct RederivedForgettingTests {
    private static let batches = [
        "batch B-1 of M (number 1)", "batch B-1 of N (number 2)", "batch B-2 of M (number 3)",
        "batch B-3 of M (number 5)", "batch B-4 of M (number 7)", "batch B-4 of N (number 8)",
        "batch B-5 of N (number 10)",
    ]
    private static let details = [
        "DETAILS.csv of M for 2026-01", "DETAILS.csv of N for 2026-01", "DETAILS.csv of M for 2026-02",
    ]

    /// What is changed, and what the report has to say: the place, and a part of the problem.
    static let changes: [(sql: String, place: String, problem: String)] = [
        (
            "UPDATE batches SET bytes = swap(bytes, '\"points\":100', '\"points\":900') WHERE batch = 1",
            "batch B-1 of M (number 1)", "its bytes are not those that its redaction tells of"
        ),
        ("DELETE FROM redacted_batches WHERE batch = 1", "batch B-1 of M (number 1)", "signature_invalid"),
        (
            "UPDATE redacted_batches SET seal = flip(seal, -9) WHERE batch = 1", "batch 1", "redacted_batches"
        ),
        (
            "UPDATE redacted_batches SET notice = swap(notice, '\"sequence\":1', '\"sequence\":2') WHERE batch = 1",
            "batch 1", "redacted_batches"
        ),
        ("UPDATE batches SET digest = flip(digest, 3) WHERE batch = 1", "batch 1", "redacted_batches"),
        (
            "UPDATE batches SET signature = flip(signature, 2) WHERE batch = 1", "batch B-1 of M (number 1)",
            "signature_malformed"
        ),
        ("DELETE FROM keys WHERE id = 'batch/M/1'", "batch B-1 of M (number 1)", "key_unknown"),
        (
            "DELETE FROM redacted_details WHERE period = 1", "DETAILS.csv of M for 2026-02",
            "no redaction says why"
        ),
        (
            "UPDATE redacted_details SET digest = zeroblob(32) WHERE period = 1",
            "redactions of DETAILS.csv for 2026-02", "redacted_details"
        ),
        ("DELETE FROM forgotten_members", "who was forgotten", "a member is missing"),
        (
            "DELETE FROM forgotten_members", "redaction of batch B-1 of M (number 1)",
            "names nobody who was forgotten"
        ),
        ("UPDATE forgotten_members SET at = at + 1", "who was forgotten", "forgotten_members"),
        (
            "DELETE FROM audit WHERE act = 'member_forgotten'", "forgotten member 1",
            "as far as the audit says"
        ),
        (
            "UPDATE audit SET at = at + 1 WHERE act = 'member_forgotten'", "forgotten member 1",
            "as far as the audit says"
        ),
        (
            "UPDATE settlements SET bytes = flip(bytes, -9) WHERE period = 1", "settlements of 2026-02",
            "DETAILS.csv"
        ),
        (
            "UPDATE statements SET details_digest = flip(details_digest, 9) WHERE period = 1",
            "redactions of DETAILS.csv for 2026-02", "redacted_details"
        ),
        // Its sums are those that forgetting the member left; those of the period before it are its close's own.
        (
            "UPDATE periods SET holdings_sum = holdings_sum + 1 WHERE period = 1", "period 2026-02",
            "`holdings_sum`"
        ),
        ("UPDATE periods SET holders = holders + 1 WHERE period = 0", "period 2026-01", "`holders`"),
    ]

    @Test("What was changed behind the program's back is found and named", arguments: changes.indices)
    func change(number: Int) throws {
        let (sql, place, problem) = Self.changes[number]
        let copy = try ForgottenCopy()
        try tamper(with: copy.folder.databasePath, sql)
        let report = try copy.rederive()
        #expect(!report.isGood)
        #expect(
            report.findings.contains { $0.place.hasPrefix(place) && $0.problem.contains(problem) },
            "\(sql)\n\(report.lines.joined(separator: "\n"))")
        #expect(!report.lines.joined().contains(ForgottenStory.member.text))
    }

    @Test("All comes out again byte for byte, with the secret and without, and rests on so many notices")
    func whole() throws {
        let copy = try ForgottenCopy()
        for secret in [true, false] {
            let report = try copy.rederive(secret: secret)
            #expect(report.isGood, "\(report.lines.joined(separator: "\n"))")
            #expect(report.batches == 10 && report.signatures == (secret ? 3 : 0), "\(report.lines)")
            #expect(report.periods == ["2026-01", "2026-02", "2026-03"])
            #expect(report.redactedBatches.first == Self.batches && report.redactedBatches.count == 7)
            #expect(report.redactedDetails.first == Self.details && report.noticesUnchecked == 0)
            // Receipts, notices, statements and closings.
            #expect(report.seals == 10 + 10 + 6 + 3, "\(report.lines)")
            #expect(report.lines.contains { $0.hasSuffix("the sealed notices of their redactions: 10 good") })
            let json = try members(Array(report.json.utf8))
            let redacted = try #require(json["redacted"] as? [String: Any])
            #expect(
                redacted["batches"] as? Int == 7 && redacted["first_batches"] as? [String] == Self.batches)
            #expect(redacted["details"] as? Int == 3 && redacted["unchecked"] as? Int == 0)
        }
    }

    @Test("Where nothing is at hand to check the notices by, it says that nothing vouches")
    func unchecked() throws {
        let report = try ForgottenCopy().rederive(secret: false, seal: false)
        #expect(report.isGood && report.noticesUnchecked == 10, "\(report.lines)")
        #expect(
            report.lines.contains { $0.contains("0 good, 10 not checked, so that nothing vouches") },
            "\(report.lines)")
    }

    @Test(
        "Another member forgotten later makes new notices of what was redacted before, and all comes out again"
    )
    func again() throws {
        let story = try ForgottenStory()
        func redaction() throws -> Redaction {
            try story.opened { try #require(try $0.store.arrival(1)?.redaction) }
        }
        func rederive() throws -> RederivationReport {
            try Rederivation(
                .init(
                    data: story.folder.path, secret: story.folder.secretPath, jwks: nil, from: nil,
                    through: nil, scratch: nil)
            ).run()
        }
        let before = try redaction()
        let unseenKeys = try rederive().unseenKeys
        let ben = try story.forget(MemberID(verified: "ben"), at: instant("2026-04-06T00:00:00Z"))
        let report = try rederive()
        #expect(report.isGood, "\(report.lines.joined(separator: "\n"))")
        #expect(report.unseenKeys == unseenKeys, "what signed a batch did, whatever became of its bytes")
        #expect(report.redactedBatches.count == 10 && report.signatures == 0, "\(report.lines)")
        let after = try redaction()
        #expect(after.signed == before.signed && after.redacted != before.redacted)
        let forgotten = try story.opened { try $0.store.forgottenMembers().map(\.pseudonym.text) }
        #expect(forgotten == [story.pseudonym, ben])
    }

    @Test("A member that is named again, by who did not know, is found with the secret")
    func unknowing() throws {
        let copy = try ForgottenCopy()
        let open = try copy.folder.open()
        let bytes = Estate.batch("B-9", sequence: 9, at: "2026-04-10T10:00:00Z").text.replacingOccurrences(
            of: "member-1", with: ForgottenStory.member.text)
        let unknowing = Intake(
            store: open.store, master: open.master, signer: open.signer, pseudonyms: .none,
            limitBytes: 1 << 20)
        _ = try unknowing.take(
            Array(bytes.utf8), form: .ndjson,
            signature: open.master.batchKey(merchant: "M", version: 1).sign(Array(bytes.utf8)),
            received: instant("2026-04-11T00:00:00Z"))
        open.shut()
        let report = try copy.rederive()
        #expect(
            report.found == 1 && report.findings[0].place == "batch B-9 of M (number 11)", "\(report.lines)")
        #expect(report.findings[0].problem.hasPrefix("line 3 names a member who was forgotten"))
        #expect(try copy.rederive(secret: false).isGood)
    }

    @Test("Redacted batches go to an archive as they stand, and come from there again")
    func archived() throws {
        let copy = try ForgottenCopy()
        let file = copy.scratch.file("a.zst")
        let open = try copy.folder.open()
        let made = try Retention(
            .init(folder: open, periods: 1, file: file, at: instant("2026-05-01T00:00:00Z")))
        open.shut()
        #expect(made.batches == 6, "\(made.lines)")
        let report = try copy.rederive(archives: [file])
        #expect(report.isGood && report.archived == 6, "\(report.lines)")
        #expect(report.redactedBatches.count == 7 && report.signatures == 3, "\(report.lines)")
    }

    @Test("Doctor, backup and restore find a database whole, and one whose redacted bytes were changed not")
    func doctored() throws {
        let copy = try ForgottenCopy()
        let at = instant("2026-05-01T00:00:00Z")
        func database() throws -> Diagnosis.Finding? {
            try Diagnosis(.init(data: copy.folder, isFull: true, now: at)).findings.first {
                $0.what == "database"
            }
        }
        let well = try database()
        #expect(well?.state == .ok, "\(well?.text ?? "")")
        let backup = try Backup(
            .init(
                data: copy.folder, target: copy.scratch.file("b.sqlite"), isPacked: false, keep: nil, at: at))
        let again = DataFolder(copy.scratch.file("again"), secret: copy.folder.secretPath)
        #expect(try Restoration(backup.path, into: again).contents.schema == Store.presentSchema)
        try tamper(
            with: copy.folder.databasePath, "UPDATE batches SET bytes = flip(bytes, 9) WHERE batch = 7")
        #expect(try database()?.state == .trouble)
    }

    @Test("What explains a record says that its batch was redacted, with both digests")
    func explained() throws {
        let copy = try ForgottenCopy()
        let (life, redaction) = try copy.read { store in
            (
                try #require(
                    try RecordLife(
                        RecordID(verified: "a1"), of: MerchantID(verified: "M"), in: store, for: .operator)),
                try #require(try store.arrival(1)?.redaction)
            )
        }
        #expect(life.origin.record.member.text == copy.story.pseudonym)
        #expect(life.origin.batch.digest == redaction.signed.text)
        #expect(life.origin.batch.redacted == redaction.redacted && life.copies.count == 1)
        let text = ExplanationText(life.schedule).lines(life).joined(separator: "\n")
        #expect(
            text.contains("forgotten members were named in it: not the bytes that were signed"), "\(text)")
        #expect(life.json.contains(#""redacted":"\#(redaction.redacted)""#))
        let file = try MemberFile(
            of: MemberID(verified: copy.story.pseudonym), in: copy.folder,
            at: instant("2026-05-01T00:00:00Z"))
        #expect(file.records.count == 7 && file.copies.count == 2, "\(file.lines)")
        #expect(file.lines.contains { $0.contains("batch B-1 line 2, redacted since") }, "\(file.lines)")
    }
}

extension [UInt8] {
    fileprivate var text: String { String(decoding: self, as: UTF8.self) }
}
