import Foundation
import Service
import Settlement
import Signing
import Store
import Testing

/// Members are taken out of the file by hand here, so that every way in which a notice can be wrong can be written.
@Suite("The check of a DETAILS.csv that members were taken out of")
struct RedactionCheckTests {
    private let estate: Estate
    private let folder: String
    private let signed: SHA256Digest
    private let redacted: SHA256Digest

    init() throws {
        estate = try ReadingTests.estate()
        folder = estate.scratch.file("out")
        let store = estate.open.store
        let statement = try #require(try store.statement(of: MerchantID(verified: "M"), period: 0))
        let files = try StatementFiles(folder)
        try files.write(statement: statement.document, of: statement.merchant, period: 0, from: store)
        let details = try text(of: folder + "/DETAILS.csv")
        signed = SHA256Digest(of: Array(details.utf8))
        let bytes = Array(details.replacing(",member-1,", with: ",forgotten-1,").utf8)
        redacted = SHA256Digest(of: bytes)
        try #require(signed != redacted)
        try WholeFile.write(bytes, to: folder + "/DETAILS.csv")
    }

    private func notice(
        alliance: String = "test", merchant: String = "M",
        _ subject: RedactionNotice.Subject = .statement(number: 1, period: "2026-01"),
        signed: SHA256Digest? = nil, redacted: SHA256Digest? = nil
    ) -> RedactionNotice {
        RedactionNotice(
            alliance: AllianceID(verified: alliance), merchant: MerchantID(verified: merchant),
            subject: subject, signed: signed ?? self.signed, redacted: redacted ?? self.redacted,
            at: instant("2026-03-04T05:06:07Z"))
    }

    private func sealed(_ notice: RedactionNotice) -> SealedDocument {
        estate.open.signer.seal(notice.bytes, for: notice.merchant.text)
    }

    /// Lays a notice beside the statement, with what of its signatures is there.
    private func put(_ notice: SealedDocument, signature: Bool = true, seal: Bool = true) throws {
        let path = folder + "/REDACTION.json"
        try WholeFile.write(notice.bytes, to: path)
        for (suffix, content) in [
            (".jws", signature ? notice.signature : nil), (".seal", seal ? notice.seal : nil),
        ] {
            if let content {
                try WholeFile.write(Array(content.utf8), to: path + suffix)
            } else {
                try? FileManager.default.removeItem(atPath: path + suffix)
            }
        }
    }

    /// By the seal's public keys; with the secret by those of signatures too; or by one key alone.
    private func keys(secret: Bool = false, file: String? = nil) throws -> DocumentKeys {
        let isPublished = !secret && file == nil
        return try DocumentKeys(
            keyFile: file, jwks: isPublished ? estate.open.folder.keysPath + "/seal.jwks" : nil,
            folder: secret ? estate.open.folder : nil)
    }

    /// Writes the key that a merchant checks signatures by, and could make them with.
    private func keyFile(of merchant: String) throws -> String {
        let file = estate.scratch.file("statement-\(merchant).key")
        try KeyFile.write(estate.open.master.statementKey(owner: merchant, version: 1), to: file)
        return file
    }

    private func check(secret: Bool = false, file: String? = nil) throws -> DocumentCheck {
        try DocumentCheck(
            file: folder + "/STATEMENT.json", keys: try keys(secret: secret, file: file))
    }

    /// What the check says of DETAILS.csv, which has to be wrong.
    private func problem(secret: Bool = false, file: String? = nil) throws -> String {
        let check = try check(secret: secret, file: file)
        #expect(check.isWrong && !check.isGood)
        let details = try #require(check.verdicts.first { $0.what == "details" })
        guard case .wrong(let reason) = details.outcome else { return "not wrong" }
        #expect(reason.hasPrefix("DETAILS.csv: expected the digest \(signed.text), found \(redacted.text)"))
        return reason
    }

    // MARK: Bad

    @Test("Without a notice another file is wrong")
    func none() throws {
        #expect(try problem().hasSuffix(redacted.text))
    }

    @Test("A notice of something else answers for nothing, whoever sealed it", arguments: [false, true])
    func others(secret: Bool) throws {
        let other = SHA256Digest(of: Array("other".utf8))
        let batch = RedactionNotice.Subject.batch(
            BatchID(verified: "B-1"), signer: .merchant, sequence: 1, signature: signed)
        let cases: [(RedactionNotice, String)] = [
            (notice(alliance: "other"), "is of another alliance: expected test, found other"),
            (notice(merchant: "N"), "is of another merchant: expected M, found N"),
            (notice(.statement(number: 2, period: "2026-01")), "is of another number: expected 1, found 2"),
            (
                notice(.statement(number: 1, period: "2026-02")),
                "is of another period: expected 2026-01, found 2026-02"
            ),
            (
                notice(signed: other),
                "is of another signed digest: expected \(signed.text), found \(other.text)"
            ),
            (
                notice(redacted: other),
                "is of another redacted digest: expected \(redacted.text), found \(other.text)"
            ),
            (notice(batch), "is no notice of a redacted DETAILS.csv"),
        ]
        for (notice, expected) in cases {
            try put(sealed(notice))
            #expect(try problem(secret: secret).hasSuffix("and REDACTION.json " + expected))
        }
        try put(SealedDocument(bytes: Array("{}".utf8), signature: "a..b", seal: "a..b"))
        #expect(try problem(secret: secret).hasSuffix("is no notice of a redacted DETAILS.csv"))
    }

    @Test(
        "A forged seal, or one over other bytes, is found, and so is the signature of another merchant's key")
    func forged() throws {
        let good = sealed(notice())
        let stranger = DocumentSigner(master: try MasterSecret([UInt8](repeating: 9, count: 32)), version: 1)
        try put(stranger.seal(notice().bytes, for: "M"))
        #expect(try problem().contains("REDACTION.json has a wrong seal: "))
        #expect(try problem(secret: true).contains("REDACTION.json has a wrong signature: "))
        let later = RedactionNotice(
            alliance: notice().alliance, merchant: notice().merchant, subject: notice().subject,
            signed: signed,
            redacted: redacted, at: instant("2026-03-04T05:06:08Z"))
        try put(SealedDocument(bytes: later.bytes, signature: good.signature, seal: good.seal))
        #expect(try problem().contains("REDACTION.json has a wrong seal: "))
        let byOther = estate.open.master.statementKey(owner: "N", version: 1).sign(good.bytes)
        try put(SealedDocument(bytes: good.bytes, signature: byOther, seal: good.seal))
        #expect(try problem().contains("has a wrong signature: expected the key statement/M/<version>"))
        let byBatchKey = estate.merchantKey.sign(good.bytes)
        try put(SealedDocument(bytes: good.bytes, signature: good.signature, seal: byBatchKey))
        #expect(
            try problem(secret: true).contains("has a wrong seal: expected a seal by a key seal/<version>"))
    }

    @Test("A notice without a signature, or that no key at hand checks, answers for nothing")
    func unchecked() throws {
        let good = sealed(notice())
        try put(good, signature: false, seal: false)
        #expect(try problem().hasSuffix("REDACTION.json has no signature and no seal"))
        try put(good, seal: false)
        #expect(try problem().hasSuffix("REDACTION.json has no seal"))
        let stranger = try keyFile(of: "N")
        #expect(
            try problem(file: stranger).hasSuffix(
                "REDACTION.json is not checked: no key statement/M/1 is at hand"))
        let second = try MasterSecret(
            versions: [7, 8].map { SecretBytes([UInt8](repeating: $0, count: 32)) })
        try put(DocumentSigner(master: second, version: 2).seal(notice().bytes, for: "M"), signature: false)
        #expect(try problem().hasSuffix("REDACTION.json is not checked: no key seal/2 is at hand"))
    }

    @Test("A file that its merchant made and signed answers for nothing where keys of the seal are at hand")
    func ownSignature() throws {
        try put(sealed(notice()), seal: false)
        #expect(try problem(secret: true).hasSuffix("REDACTION.json has no seal"))
        let key = try keyFile(of: "M")
        let both = try DocumentKeys(
            keyFile: key, jwks: estate.open.folder.keysPath + "/seal.jwks", folder: nil)
        let check = try DocumentCheck(file: folder + "/STATEMENT.json", keys: both)
        #expect(check.isWrong && check.lines.contains { $0.hasSuffix("REDACTION.json has no seal") })
        #expect(try !FolderCheck(folder: folder, keys: both).isGood)
        // The key alone checks it as it checks any document.
        #expect(try self.check(file: key).isGood)
    }

    @Test("Figures are held against the redacted file all the same")
    func sums() throws {
        let path = folder + "/DETAILS.csv"
        let bytes = Array(try text(of: path).replacing(",100,", with: ",101,").utf8)
        try WholeFile.write(bytes, to: path)
        try put(sealed(notice(redacted: SHA256Digest(of: bytes))))
        let check = try check()
        #expect(check.isWrong && check.verdicts.first { $0.what == "details" }?.outcome == .valid)
        #expect(check.lines.contains { $0.hasPrefix("sums: WRONG, ") }, "\(check.lines)")
    }

    // MARK: Good

    @Test("A notice of this statement and this file is good by seal, by signature and by both, and told")
    func good() throws {
        try put(sealed(notice()))
        let key = try keyFile(of: "M")
        for check in [try check(), try check(secret: true), try check(file: key)] {
            #expect(check.isGood, "\(check.lines)")
            #expect(
                check.lines.contains(
                    "details: valid, redacted on 2026-03-04T05:06:07.000Z: members were forgotten"))
            let verdicts = try #require(try members(Array(check.json.utf8))["verdicts"] as? [[String: Any]])
            let details = try #require(verdicts.first { $0["what"] as? String == "details" })
            #expect(details["outcome"] as? String == "valid")
            #expect((details["note"] as? String)?.hasPrefix("redacted on 2026-03-04T05:06:07.000Z") == true)
        }
    }

    @Test("Whoever has the file that was signed needs no notice, and one beside it does no harm")
    func original() throws {
        let store = estate.open.store
        let statement = try #require(try store.statement(of: MerchantID(verified: "M"), period: 0))
        try put(sealed(notice()))
        try StatementFiles(folder).write(
            statement: statement.document, of: statement.merchant, period: 0, from: store)
        let check = try check()
        #expect(check.isGood && check.lines.contains("details: valid"))
    }

    @Test("In a folder a notice is a document of its own, and no link of a chain")
    func inFolder() throws {
        try put(sealed(notice()))
        let good = try FolderCheck(folder: folder, keys: try keys())
        #expect(good.isGood && good.documents.map(\.path) == ["REDACTION.json", "STATEMENT.json"])
        #expect(good.links.isEmpty)
        #expect(
            good.lines.first
                == "good   REDACTION.json: notice of a redaction: DETAILS.csv of M for 2026-01, number 1")
        #expect(
            good.lines.contains(
                "  details: valid, redacted on 2026-03-04T05:06:07.000Z: members were forgotten"))
        #expect(good.json.contains(#""note":"redacted on 2026-03-04T05:06:07.000Z: members were forgotten""#))

        try WholeFile.write(Array("a..b".utf8), to: folder + "/REDACTION.json.seal")
        let forged = try FolderCheck(folder: folder, keys: try keys())
        #expect(!forged.isGood && forged.documents.allSatisfy { !$0.isGood })
        try put(sealed(notice()), signature: false, seal: false)
        let bare = try FolderCheck(folder: folder, keys: try keys())
        #expect(!bare.isGood && bare.documents.map(\.path) == ["REDACTION.json", "STATEMENT.json"])
        #expect(bare.documents[0].problem?.hasPrefix("there is no signature beside it") == true)
    }

    @Test("A notice of a batch is told as such")
    func ofBatch() throws {
        let batch = RedactionNotice.Subject.batch(
            BatchID(verified: "B-1"), signer: .merchant, sequence: 1, signature: signed)
        try put(sealed(notice(batch)))
        let check = try DocumentCheck(file: folder + "/REDACTION.json", keys: try keys(secret: true))
        #expect(check.isGood && check.title == "notice of a redaction: batch B-1 of M")
        let byOther = estate.open.signer.seal(notice(batch).bytes, for: "N")
        try put(byOther)
        let wrong = try DocumentCheck(file: folder + "/REDACTION.json", keys: try keys(secret: true))
        #expect(wrong.isWrong)
    }
}
