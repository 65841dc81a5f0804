import Fixtures
import Foundation
import Testing

/// A folder of statements, checked by the program and by the auditor's script, good and tampered with.
@Suite("Whole folders of statements")
struct VerifyFolderTests {
    private static let alliance = """
        id: small
        name: Small
        currency: EUR
        timezone: Europe/Berlin
        period: month
        start: 2026-01-01
        merchants:
          - id: M
            name: Merchant M
            terms:
              - {from: 2026-01-01, funding: issue, issue_price: '0.0105', redeem_price: '0.01', redeem_fee: '0.015',
                 vat: '0.19', period_fee: 250, breakage_share: '0.5'}
          - id: N
            name: Merchant N
            terms:
              - {from: 2026-01-01, funding: redemption, issue_price: '0.0101', redeem_price: '0.009', redeem_fee: '0.0125',
                 vat: '0.19'}
        """
    private static let records = """
        merchant,id,type,member,points,at,ref
        M,a,earn,x,333,2026-01-05T10:00:00+01:00,
        N,b,earn,x,101,2026-01-06T10:00:00+01:00,
        N,c,redeem,x,350,2026-01-07T10:00:00+01:00,
        M,d,redeem,x,33,2026-02-07T10:00:00+01:00,
        N,e,redeem_reversal,x,51,2026-02-08T10:00:00+01:00,c
        M,f,earn_reversal,x,20,2026-03-01T10:00:00+01:00,a
        """
    private static let bookings = """
        merchant,kind,reference,amount,date,reason
        M,payment,PAY-1,500,2026-02-05,paid
        M,adjustment,ADJ-1,-7,2026-02-06,mended
        """

    /// Three months of both merchants, and the data that they were made of.
    static let made = Result {
        let scratch = try Scratch()
        scratch.removeAtExit()
        try expectDone(
            Command.settled(
                "simulate", "--alliance", try scratch.write(alliance, to: "alliance.yaml"), "--records",
                try scratch.write(records, to: "records.csv"), "--bookings",
                try scratch.write(bookings, to: "bookings.csv"), "--through", "2026-03", "--out",
                scratch.file("out").path, "--keep", scratch.file("data").path))
        return scratch
    }

    /// A copy of what was made, with the seal's keys beside it.
    private func copy() throws -> Scratch {
        let made = try Self.made.get()
        let scratch = try Scratch()
        let files = FileManager.default
        try files.copyItem(at: made.file("out"), to: scratch.file("out"))
        try files.copyItem(at: made.file("data/keys/seal.jwks"), to: scratch.file("seal.jwks"))
        return scratch
    }

    private func verify(_ scratch: Scratch, _ more: String...) throws -> Ran {
        try Command(
            Command.settledPath,
            ["verify", scratch.file("out").path, "--jwks", scratch.file("seal.jwks").path] + more
        ).run()
    }

    private func audit(_ scratch: Scratch, _ folders: [String], key: [String]? = nil) throws -> Ran {
        let script = SharedFolder.repository.appendingPathComponent("Deploy/verify-statement").path
        return try Command(
            script,
            (key ?? ["--jwks", scratch.file("seal.jwks").path])
                + folders.map { scratch.file("out/" + $0).path }
        ).run()
    }

    static let folders = ["2026-01/M", "2026-02/M", "2026-03/M", "2026-01/N", "2026-02/N", "2026-03/N"]

    @Test("All of it is good by both, with the seal alone and with the shared key")
    func good() throws {
        let scratch = try copy()
        let ran = try verify(scratch)
        #expect(ran.status == 0 && ran.lastLine == "good", "\(ran.output)\(ran.errors)")
        #expect(ran.output.contains("9 of 9 documents are good, 9 links hold\n"), "\(ran.output)")
        let json = try verify(scratch, "--json")
        #expect(json.status == 0 && json.output.hasPrefix(#"{"good":true,"documents":[{"#))
        let audited = try audit(scratch, Self.folders)
        #expect(
            audited.status == 0 && audited.lastLine == "all is good", "\(audited.output)\(audited.errors)")
        #expect(audited.output.split(separator: "\n").count { $0.hasPrefix("good ") } == 6 * 3 + 4)
        let shown = try expectDone(
            Command.settled("key", "show", "statement/M/1", "--data", try Self.made.get().file("data").path))
        let key = try scratch.write(shown.output, to: "statement.key")
        let signed = try audit(scratch, ["2026-01/M"], key: ["--key", key])
        #expect(signed.status == 0 && signed.output.contains("signed by statement/M/1"), "\(signed.output)")
        let other = try audit(scratch, ["2026-01/N"], key: ["--key", key])
        #expect(
            other.status == 3 && other.output.contains("no --key is the key statement/N/1"), "\(other.output)"
        )
        #expect(try audit(scratch, ["2026-01/M"], key: []).status == 2)
    }

    /// What is changed, and what each of the two has to say.
    static let changes:
        [(name: String, change: @Sendable (URL) throws -> Void, program: String, script: String)] = [
            (
                "a figure of a statement",
                { try swap($0, "2026-02/M/STATEMENT.json", "\"payments\":500", "\"payments\":600") },
                "seal by seal/1: WRONG", "its seal by seal/1 does not hold"
            ),
            (
                "a figure of a statement, seen by the sums too",
                { try swap($0, "2026-02/M/STATEMENT.json", "\"payments\":500", "\"payments\":600") },
                "names sha256:", "the balance does not add up"
            ),
            (
                "a row of details", { try swap($0, "2026-01/M/DETAILS.csv", ",333,", ",334,") },
                "details: WRONG", "DETAILS.csv has the digest"
            ),
            (
                "a row of details, seen by the sums too",
                {
                    try swap(
                        $0, "2026-01/M/DETAILS.csv", ",issue,,0.0105,,,2026-01-01,333,",
                        ",issue,,0.0105,,,2026-01-01,334,")
                },
                "details: WRONG", "DETAILS.csv sums to 334"
            ),
            (
                "a fee on payouts that is left out",
                {
                    try swap(
                        $0, "2026-01/N/STATEMENT.json",
                        #"{"kind":"redeem_fee","rate":"0.0125","amount":-4},"#,
                        "")
                },
                "the redeem_fee of the rate 0.0125: expected -4, found 0",
                "there is no redeem_fee of the rate 0.0125, and there are payouts of it"
            ),
            (
                "a line that stands there twice",
                {
                    let line = #"{"kind":"adjustment","reference":"ADJ-1","amount":-7}"#
                    try swap($0, "2026-02/M/STATEMENT.json", line, line + "," + line)
                },
                "line 5, adjustment, stands there twice", "line 5, adjustment, stands there twice"
            ),
            (
                "an amount that no points make",
                { try swap($0, "2026-01/N/STATEMENT.json", #""points":17,"amount":-17"#, #""amount":-90"#) },
                "line 1, redemption_charge, is of no points",
                "line 1, redemption_charge, is of no points"
            ),
            (
                "an opening that is not what was closed with",
                { try swap($0, "2026-02/M/STATEMENT.json", #""opening":-648"#, #""opening":-748"#) },
                "number 2, 2026-02, opens with balance -748, number 1 closed with -648",
                "number 2, 2026-02, opens with a balance of -748 and 0 points, number 1 closed with -648 and 0"
            ),
            (
                "a first statement that opens with something",
                {
                    try swap(
                        $0, "2026-01/N/STATEMENT.json", #""opening":0,"issued""#, #""opening":5,"issued""#)
                },
                "the opening points of number 1: expected 0, found 5",
                "it is the first, and does not open with 0 points"
            ),
            (
                "records that are not there",
                { try swap($0, "2026-01/N/STATEMENT.json", #"{"settled":2,"#, #"{"settled":3,"#) },
                "the records settled: expected 2, found 3", "3 records are settled, DETAILS.csv has 2"
            ),
            (
                "a statement that is missing",
                { try FileManager.default.removeItem(at: $0.appendingPathComponent("2026-02/M")) },
                "number 2 is missing, between 2026-01 and 2026-03", "number 2 is missing, before 2026-03"
            ),
            (
                "another merchant's seal",
                { folder in
                    let files = FileManager.default
                    let seal = folder.appendingPathComponent("2026-01/M/STATEMENT.json.seal")
                    try files.removeItem(at: seal)
                    try files.copyItem(
                        at: folder.appendingPathComponent("2026-01/N/STATEMENT.json.seal"), to: seal)
                }, "seal by seal/1: WRONG", "its seal by seal/1 does not hold"
            ),
            (
                "a seal that is missing",
                {
                    try FileManager.default.removeItem(
                        at: $0.appendingPathComponent("2026-01/M/STATEMENT.json.seal"))
                }, "not checked", "there is no seal beside it"
            ),
        ]

    @Test("What was changed is found and named by both", arguments: changes.indices)
    func change(number: Int) throws {
        let (name, change, program, script) = Self.changes[number]
        let scratch = try copy()
        try change(scratch.file("out"))
        let ran = try verify(scratch)
        #expect(ran.status == 1 && ran.output.contains(program), "\(name)\n\(ran.output)\(ran.errors)")
        let left = Self.folders.filter {
            FileManager.default.fileExists(atPath: scratch.file("out/" + $0).path)
        }
        let audited = try audit(scratch, left)
        #expect(
            audited.status == 1 && audited.output.contains(script),
            "\(name)\n\(audited.output)\(audited.errors)")
    }

    @Test("A closing whose figures do not add up is named")
    func closing() throws {
        let scratch = try copy()
        try Self.swap(
            scratch.file("out"), "2026-01/CLOSING.json", #""operator":{"activity":355"#,
            #""operator":{"activity":356"#)
        let ran = try verify(scratch)
        #expect(
            ran.status == 1
                && ran.output.contains("sums: WRONG, the operator's activity: expected 355, found 356"),
            "\(ran.output)")
    }

    @Test(
        "What is larger than the script's numbers hold is said not to be checked, what is just below is checked"
    )
    func large() throws {
        let scratch = try Scratch()
        let payments = (1...10).map { number in
            "M,payment,P-\(number),-1000000000000000,\(number < 10 ? "2026-01-05" : "2026-02-05"),paid\n"
        }
        try expectDone(
            Command.settled(
                "simulate", "--alliance", try scratch.write(Self.alliance, to: "alliance.yaml"), "--records",
                try scratch.write(Self.records, to: "records.csv"), "--bookings",
                try scratch.write(
                    "merchant,kind,reference,amount,date,reason\n" + payments.joined(), to: "bookings.csv"),
                "--through", "2026-03", "--out", scratch.file("out").path, "--keep",
                scratch.file("data").path))
        let key = ["--jwks", scratch.file("data/keys/seal.jwks").path]
        let below = try audit(scratch, ["2026-01/M"], key: key)
        #expect(below.status == 0 && below.lastLine == "all is good", "\(below.output)\(below.errors)")
        let beyond = try audit(scratch, ["2026-01/M", "2026-02/M"], key: key)
        #expect(beyond.status == 3, "\(beyond.output)\(beyond.errors)")
        #expect(beyond.output.contains("not checked M 2026-02, number 2: lines, balance and points"))
        #expect(beyond.lastLine == "nothing is wrong, not all was checked")
        try Self.swap(
            scratch.file("out"), "2026-01/M/STATEMENT.json", "\"payments\":-9", "\"payments\":-8")
        let forged = try audit(scratch, ["2026-01/M", "2026-02/M"], key: key)
        #expect(forged.status == 1 && forged.output.contains("the balance does not add up"))
    }

    @Test("A folder without documents, and a chain of which only a part is here")
    func parts() throws {
        let scratch = try copy()
        try FileManager.default.removeItem(at: scratch.file("out/2026-01"))
        let ran = try verify(scratch)
        #expect(
            ran.status == 0
                && ran.output.contains("begins with number 2, 2026-02: what came before is not here"))
        try FileManager.default.removeItem(at: scratch.file("out/2026-03/N/DETAILS.csv"))
        #expect(
            try verify(scratch).output.contains("there is no DETAILS.csv beside 2026-03/N/STATEMENT.json"))
        try FileManager.default.removeItem(at: scratch.file("out/2026-02"))
        try FileManager.default.removeItem(at: scratch.file("out/2026-03"))
        #expect(try verify(scratch).status == 1)
    }

    static func swap(_ folder: URL, _ name: String, _ old: String, _ new: String) throws {
        let file = folder.appendingPathComponent(name)
        let text = try String(contentsOf: file, encoding: .utf8)
        try #require(text.contains(old), "\(text)")
        try text.replacingOccurrences(of: old, with: new).write(to: file, atomically: false, encoding: .utf8)
    }
}
