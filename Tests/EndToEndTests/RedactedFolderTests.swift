import Fixtures
import Foundation
import Testing

/// Statements as they are given out after a member was forgotten, checked by the program and by the auditor's script.
@Suite("Folders of statements where a member was forgotten")
struct RedactedFolderTests {
    private static let made = Result {
        let simulated = try VerifyFolderTests.made.get()
        let scratch = try Scratch()
        scratch.removeAtExit()
        for name in ["data", "out"] {
            try FileManager.default.copyItem(at: simulated.file(name), to: scratch.file(name))
        }
        let data = scratch.file("data").path
        try expectDone(
            .settled("member", "forget", "x", "--by", "ana", "--reason", "asked by letter", "--data", data))
        for folder in VerifyFolderTests.folders {
            let parts = folder.split(separator: "/").map(String.init)
            try expectDone(
                .settled(
                    "statement", parts[1], parts[0], "--data", data, "--out",
                    scratch.file("out/" + folder).path))
        }
        return scratch
    }

    /// A copy of what was made, with the seal's keys beside it.
    private func copy() throws -> Scratch {
        let made = try Self.made.get()
        let scratch = try Scratch()
        try FileManager.default.copyItem(at: made.file("out"), to: scratch.file("out"))
        try FileManager.default.copyItem(at: made.file("data/keys/seal.jwks"), to: scratch.file("seal.jwks"))
        return scratch
    }

    private func verify(_ scratch: Scratch) throws -> Ran {
        try Command.settled(
            "verify", scratch.file("out").path, "--jwks", scratch.file("seal.jwks").path
        ).run()
    }

    private func audit(_ scratch: Scratch, key: [String]? = nil) throws -> Ran {
        let script = SharedFolder.repository.appendingPathComponent("Deploy/verify-statement").path
        let folders = (key == nil ? VerifyFolderTests.folders : ["2026-01/M"]).map {
            scratch.file("out/" + $0).path
        }
        return try Command(
            script, (key ?? ["--jwks", scratch.file("seal.jwks").path]) + folders
        ).run()
    }

    @Test(
        "All of it is good by both, by the seal alone and by the shared key, and both say that it was redacted"
    )
    func good() throws {
        let scratch = try copy()
        let details = try String(contentsOf: scratch.file("out/2026-01/M/DETAILS.csv"), encoding: .utf8)
        try #require(details.contains(",forgotten-") && !details.contains(",x,"), "\(details)")
        let ran = try verify(scratch)
        #expect(ran.status == 0 && ran.lastLine == "good", "\(ran.output)\(ran.errors)")
        #expect(ran.output.contains("  details: valid, redacted on 20"), "\(ran.output)")
        #expect(ran.output.contains(" documents are good, 9 links hold\n"), "\(ran.output)")
        let audited = try audit(scratch)
        #expect(
            audited.status == 0 && audited.lastLine == "all is good", "\(audited.output)\(audited.errors)")
        #expect(
            audited.output.contains("good   M 2026-01, number 1: DETAILS.csv was redacted on 20"),
            "\(audited.output)")
        let shown = try expectDone(
            .settled("key", "show", "statement/M/1", "--data", try Self.made.get().file("data").path))
        let signed = try audit(scratch, key: ["--key", try scratch.write(shown.output, to: "statement.key")])
        #expect(
            signed.status == 0 && signed.output.contains("DETAILS.csv was redacted on 20"), "\(signed.output)"
        )
    }

    /// What is changed, and what each of the two has to say.
    private static let changes:
        [(name: String, change: @Sendable (URL) throws -> Void, program: String, script: String)] = [
            (
                "the notice of another merchant",
                { try replace($0, noticeOf: "2026-01/M", byThatOf: "2026-01/N") },
                "REDACTION.json is of another merchant: expected M, found N",
                "REDACTION.json is of another merchant: expected M, found N"
            ),
            (
                "the notice of another month",
                { try replace($0, noticeOf: "2026-01/M", byThatOf: "2026-02/M") },
                "REDACTION.json is of another number: expected 1, found 2",
                "REDACTION.json is of another number: expected 1, found 2"
            ),
            (
                "a notice that says another time",
                { try VerifyFolderTests.swap($0, "2026-01/M/REDACTION.json", #""at":"2"#, #""at":"3"#) },
                "REDACTION.json has a wrong seal",
                "REDACTION.json does not hold: its seal by seal/1 does not hold"
            ),
            (
                "the seal of the statement in place of the notice's",
                { folder in
                    let month = folder.appendingPathComponent("2026-01/M")
                    let seal = month.appendingPathComponent("REDACTION.json.seal")
                    try FileManager.default.removeItem(at: seal)
                    try FileManager.default.copyItem(
                        at: month.appendingPathComponent("STATEMENT.json.seal"), to: seal)
                },
                "REDACTION.json has a wrong seal",
                "REDACTION.json does not hold: its seal by seal/1 does not hold"
            ),
            (
                "a notice without signatures", { try remove($0, [".jws", ".seal"]) },
                "REDACTION.json has no signature and no seal",
                "REDACTION.json does not hold: there is no seal beside it"
            ),
            (
                "a notice that its merchant could have signed", { try remove($0, [".seal"]) },
                "REDACTION.json has no seal",
                "REDACTION.json does not hold: there is no seal beside it"
            ),
            (
                "no notice", { try remove($0, ["", ".jws", ".seal"]) },
                "details: WRONG, DETAILS.csv: expected the digest sha256:",
                "DETAILS.csv has the digest sha256:"
            ),
            (
                "a row of the redacted file",
                { try VerifyFolderTests.swap($0, "2026-01/M/DETAILS.csv", ",333,", ",334,") },
                "REDACTION.json is of another redacted digest: expected sha256:",
                "REDACTION.json is of another redacted digest: expected sha256:"
            ),
        ]

    @Test("What was changed is found and named by both", arguments: changes.indices)
    func change(number: Int) throws {
        let (name, change, program, script) = Self.changes[number]
        let scratch = try copy()
        try change(scratch.file("out"))
        let ran = try verify(scratch)
        #expect(ran.status == 1 && ran.output.contains(program), "\(name)\n\(ran.output)\(ran.errors)")
        let audited = try audit(scratch)
        #expect(
            audited.status == 1 && audited.output.contains(script),
            "\(name)\n\(audited.output)\(audited.errors)")
    }

    private static func replace(_ folder: URL, noticeOf month: String, byThatOf other: String) throws {
        for suffix in ["", ".jws", ".seal"] {
            let file = folder.appendingPathComponent("\(month)/REDACTION.json\(suffix)")
            try FileManager.default.removeItem(at: file)
            try FileManager.default.copyItem(
                at: folder.appendingPathComponent("\(other)/REDACTION.json\(suffix)"), to: file)
        }
    }

    private static func remove(_ folder: URL, _ suffixes: [String]) throws {
        for suffix in suffixes {
            try FileManager.default.removeItem(
                at: folder.appendingPathComponent("2026-01/M/REDACTION.json\(suffix)"))
        }
    }
}
