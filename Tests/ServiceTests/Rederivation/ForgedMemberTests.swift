import GRDB
import Settlement
import Signing
import Testing

@testable import Service
@testable import Store

/// Whoever can write to the database, and knows how its rows are summed, makes nobody forgotten, and hides nobody who was.
@Suite("Rows of forgotten members that say another thing")
struct ForgedMemberTests {
    /// A batch of M that names the member by its id.
    private let bytes = Array(
        String(decoding: Estate.batch("B-9", sequence: 9, at: "2026-04-10T10:00:00Z"), as: UTF8.self)
            .replacing("member-1", with: ForgottenStory.member.text).utf8)

    /// Writes the row of each member anew, by another version of the secret, with the sum that goes with it.
    private func nameVersion(_ secret: Int, in copy: ForgottenCopy) throws {
        let members = try copy.read { try $0.forgottenMembers() }
        try #require(members.map(\.secret) == [2])
        try copy.write { database in
            try database.execute(sql: "PRAGMA ignore_check_constraints = ON")
            for member in members {
                let other = ForgottenMember(
                    number: member.number, pseudonym: member.pseudonym, secret: secret, at: member.at,
                    person: member.person, reason: member.reason)
                try database.execute(
                    sql: """
                        UPDATE forgotten_members SET secret = \(secret), sum = \(ForgottenRows.sum(other))
                        WHERE number = \(member.number)
                        """)
            }
        }
    }

    private func take(_ copy: ForgottenCopy, knowing: Bool) throws {
        let open = try copy.folder.open()
        defer { open.shut() }
        let unknowing = Intake(
            store: open.store, master: open.master, signer: open.signer, pseudonyms: .none,
            limitBytes: 1 << 20)
        _ = try (knowing ? open.intake() : unknowing).take(
            bytes, form: .ndjson, signature: open.master.batchKey(merchant: "M", version: 1).sign(bytes),
            received: instant("2026-04-11T00:00:00Z"))
    }

    @Test(
        "Rows that name another version of the master secret than made the pseudonyms hide nobody at the door"
    )
    func door() throws {
        let copy = try ForgottenCopy()
        try nameVersion(1, in: copy)
        try take(copy, knowing: true)
        let arrival = try copy.read { try #require(try $0.arrival(11)) }
        #expect(arrival.redaction != nil && arrival.digest == SHA256Digest(of: bytes))
        let text = String(decoding: arrival.bytes, as: UTF8.self)
        #expect(text.contains(copy.story.pseudonym) && !text.contains(ForgottenStory.member.text))
    }

    @Test("Nor in a rederivation")
    func rederived() throws {
        let copy = try ForgottenCopy()
        try nameVersion(1, in: copy)
        try take(copy, knowing: false)
        let report = try copy.rederive()
        #expect(
            report.found == 1 && report.findings[0].place == "batch B-9 of M (number 11)", "\(report.lines)")
        #expect(report.findings[0].problem.contains("names a member who was forgotten"))
    }

    @Test(
        "A version that the secret does not have is told, and opens no door", arguments: [0, -1, 3, Int.max])
    func noVersion(secret: Int) throws {
        let copy = try ForgottenCopy()
        try nameVersion(secret, in: copy)
        let failure = #expect(throws: Failure.self) { try take(copy, knowing: true) }
        #expect(failure?.problem.hasPrefix("secret_outdated") == true, "\(failure?.problem ?? "")")
        let report = try copy.rederive()
        #expect(
            report.found == 1 && report.findings[0].place == "forgotten member 1"
                && report.findings[0].problem.hasPrefix("`secret` is no version"), "\(report.lines)")
    }

    @Test(
        "A member that was made up, row, sum and audit, is named by no redacted batch, or bears no pseudonym")
    func madeUp() throws {
        let cases = [
            (PseudonymKey.prefix + String(repeating: "0", count: 32), "is named by no redacted batch"),
            ("ben", "bears no pseudonym"),
        ]
        for (pseudonym, problem) in cases {
            let copy = try ForgottenCopy()
            let made = Forgetting(
                member: MemberID(verified: "nobody"), pseudonym: MemberID(verified: pseudonym), secret: 1,
                at: instant("2026-04-06T00:00:00Z"), person: "eve", reason: "none", archives: [])
            try copy.write { database in
                try ForgottenRows(database).add(made)
                try AuditRows(database).add(
                    AuditEntry(at: made.at, act: .memberForgotten, reason: "\(pseudonym) by eve: none"))
            }
            for secret in [true, false] {
                let report = try copy.rederive(secret: secret)
                #expect(
                    report.found == 1 && report.findings[0].place == "forgotten member 2"
                        && report.findings[0].problem.hasPrefix(problem), "\(report.lines)")
            }
        }
    }

    @Test("Who had a member forgotten, why and when is what the audit says")
    func audited() throws {
        for change in ["person = 'eve'", "reason = 'none'", "at = at + 1"] {
            let copy = try ForgottenCopy()
            try copy.write { try $0.execute(sql: "UPDATE forgotten_members SET \(change)") }
            try copy.write { database in
                let row = try #require(
                    try Prepared(
                        database, "SELECT pseudonym, secret, at, person, reason FROM forgotten_members"
                    ).first { row in
                        ForgottenMember(
                            number: 1, pseudonym: MemberID(verified: row.text(0)),
                            secret: Int(row.integer(1)), at: row.instant(2), person: row.text(3),
                            reason: row.text(4))
                    })
                try database.execute(sql: "UPDATE forgotten_members SET sum = \(ForgottenRows.sum(row))")
            }
            let report = try copy.rederive(secret: false)
            #expect(
                report.found == 1 && report.findings[0].place == "forgotten member 1"
                    && report.findings[0].problem.contains("as far as the audit says"), "\(report.lines)")
            #expect(try copy.read { try $0.changedRows() }.count == 1)
        }
    }
}
