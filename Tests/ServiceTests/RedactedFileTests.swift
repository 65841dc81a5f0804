import Foundation
import Service
import Settlement
import Signing
import Store
import Testing

@Suite("A statement's files where a member was forgotten")
struct RedactedFileTests {
    private static let names = [
        "STATEMENT.json", "STATEMENT.json.jws", "STATEMENT.json.seal", "DETAILS.csv", "REDACTION.json",
        "REDACTION.json.jws", "REDACTION.json.seal",
    ]
    private static let merchant = MerchantID(verified: "M")

    /// As `ReadingTests` has it, and `member-1` was forgotten since.
    private static func estate() throws -> Estate {
        let estate = try ReadingTests.estate()
        let (key, signer) = (estate.open.master.pseudonymKey(secret: 1), estate.open.signer)
        let member = MemberID(verified: "member-1")
        _ = try estate.open.store.forget(
            Forgetting(
                member: member, pseudonym: MemberID(verified: member.withBytes { key.pseudonym(of: $0) }),
                secret: 1, at: instant("2026-03-04T05:06:07Z"), person: "Ada", reason: "asked to be",
                archives: []),
            seal: { signer.seal($0.bytes, for: $0.merchant.text) })
        return estate
    }

    /// The files as a command writes them.
    private static func written(_ estate: Estate) throws -> (folder: String, redaction: Redaction?) {
        let (store, folder) = (estate.open.store, estate.scratch.file("out"))
        let statement = try #require(try store.statement(of: merchant, period: 0))
        let redaction = try StatementFiles(folder).write(
            statement: statement.document, of: merchant, period: 0, from: store)
        return (folder, redaction)
    }

    @Test("No notice is written or found where nobody was forgotten")
    func nobody() async throws {
        let estate = try ReadingTests.estate()
        let (folder, redaction) = try Self.written(estate)
        #expect(redaction == nil)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder).allSatisfy {
                !$0.hasPrefix("REDACTION")
            })
        try await withDaemon(estate) { url, _ in
            for name in Self.names.suffix(3) {
                let reply = try await read(url, "/v1/statements/2026-01/" + name, estate.token(of: "M"))
                #expect(reply.status == 404 && reply.code == "not_found")
            }
        }
    }

    @Test(
        "What is written is the redacted file with a notice that answers for it, and no trace of the member")
    func files() throws {
        let estate = try Self.estate()
        let (folder, written) = try Self.written(estate)
        let redaction = try #require(written)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == Self.names.sorted())
        let details = try text(of: folder + "/DETAILS.csv")
        #expect(SHA256Digest(of: Array(details.utf8)) == redaction.redacted)
        #expect(
            !details.contains("member-1") && details.contains(",forgotten-") && details.contains("member-0"))
        let published = estate.open.folder.keysPath + "/seal.jwks"
        let keys = try DocumentKeys(keyFile: nil, jwks: published, folder: nil)
        let check = try DocumentCheck(file: folder + "/STATEMENT.json", keys: keys)
        #expect(check.isGood, "\(check.lines)")
        #expect(
            check.lines.contains(
                "details: valid, redacted on 2026-03-04T05:06:07.000Z: members were forgotten"))
        let whole = try DocumentKeys(keyFile: nil, jwks: nil, folder: estate.open.folder)
        #expect(try FolderCheck(folder: folder, keys: whole).isGood)
    }

    @Test("Each file comes byte for byte as the command writes it, with its digests", arguments: names)
    func overHTTP(name: String) async throws {
        let estate = try Self.estate()
        let folder = try Self.written(estate).folder
        let expected = Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
        try await withDaemon(estate) { url, _ in
            let path = "/v1/statements/2026-01/" + name
            let reply = try await read(url, path, estate.token(of: "M"))
            #expect(reply.status == 200 && reply.body == expected && !expected.isEmpty)
            let tag = "\"\(SHA256Digest(of: expected).text)\""
            #expect(reply.headers["etag"] == tag)
            let again = try await read(
                url, path, estate.token(of: "M"), headers: [("If-None-Match", tag)])
            #expect(again.status == 304 && again.body.isEmpty)
        }
    }

    @Test("The list has the digest of the file that is given, and the one that was signed")
    func list() async throws {
        let estate = try Self.estate()
        let redaction = try #require(try Self.written(estate).redaction)
        try await withDaemon(estate) { url, _ in
            let json = try members(try await read(url, "/v1/statements", estate.token(of: "M")).body)
            let listed = try #require((json["statements"] as? [[String: Any]])?.first)
            let details = try #require(listed["details"] as? [String: Any])
            #expect(details["digest"] as? String == redaction.redacted.text)
            #expect(details["signed"] as? String == redaction.signed.text)
            let document = try await read(
                url, "/v1/statements/2026-01/STATEMENT.json", estate.token(of: "M"))
            let said = try #require(try members(document.body)["details"] as? [String: Any])
            #expect(said["digest"] as? String == redaction.signed.text)
        }
    }
}
