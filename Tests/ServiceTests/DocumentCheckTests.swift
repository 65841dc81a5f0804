import Foundation
import Service
import Settlement
import Signing
import Testing

@Suite("The check of what the operator hands out")
struct DocumentCheckTests {
    let estate: Estate
    let document: SealedDocument

    init() throws {
        estate = try Estate()
        guard case .stored(let receipt, _) = try estate.take(Estate.batch()) else {
            preconditionFailure("the first batch is new")
        }
        document = receipt
    }

    private func keep(_ document: SealedDocument) throws -> String {
        let file = ReceiptFile(beside: estate.scratch.file("b.ndjson"), document: document)
        try file.write()
        return file.path
    }

    private func check(
        _ document: SealedDocument, keyFile: String? = nil, jwks: Bool = false, folder: Bool = false
    ) throws -> DocumentCheck {
        let keys = try DocumentKeys(
            keyFile: keyFile, jwks: jwks ? estate.open.folder.keysPath + "/seal.jwks" : nil,
            folder: folder ? estate.open.folder : nil)
        return try DocumentCheck(file: try keep(document), keys: keys)
    }

    @Test("A receipt is good by seal, by signature, and by both")
    func good() throws {
        let bySeal = try check(document, jwks: true)
        #expect(bySeal.isGood)
        #expect(bySeal.verdicts.map(\.what) == ["signature", "seal"])
        #expect(bySeal.verdicts.map { $0.outcome == .valid } == [false, true])
        let path = estate.scratch.file("statement.key")
        try KeyFile.write(estate.open.master.statementKey(owner: "M", version: 1), to: path)
        let bySignature = try check(document, keyFile: path)
        #expect(bySignature.isGood)
        #expect(bySignature.verdicts.map { $0.outcome == .valid } == [true, false])
        let byBoth = try check(document, folder: true)
        #expect(byBoth.isGood && byBoth.verdicts.allSatisfy { $0.outcome == .valid })
        #expect(byBoth.title == "receipt of batch B-1 of M")
        #expect(byBoth.digest == document.digest)
    }

    @Test("One changed byte is found by both")
    func changed() throws {
        var bytes = document.bytes
        bytes[bytes.count / 2] ^= 1
        let changed = SealedDocument(bytes: bytes, signature: document.signature, seal: document.seal)
        let check = try check(changed, folder: true)
        #expect(!check.isGood && check.isWrong)
        #expect(check.verdicts.count == 2 && !check.verdicts.contains { $0.outcome == .valid })
    }

    @Test("A good signature by another merchant's key, or by a batch key, is wrong")
    func misplaced() throws {
        for key in [
            estate.open.master.statementKey(owner: "N", version: 1),
            estate.open.master.batchKey(merchant: "M", version: 1),
        ] {
            let forged = SealedDocument(
                bytes: document.bytes, signature: key.sign(document.bytes), seal: document.seal)
            let check = try check(forged, folder: true)
            #expect(check.isWrong && !check.isGood, "\(key.id)")
        }
    }

    @Test("Without a key that fits nothing is good, and nothing is wrong")
    func unchecked() throws {
        let path = estate.scratch.file("other.key")
        try KeyFile.write(estate.open.master.statementKey(owner: "N", version: 1), to: path)
        let check = try check(document, keyFile: path)
        #expect(!check.isGood && !check.isWrong)
    }

    @Test("A public key without an id answers for the seal alone", arguments: [true, false])
    func publicSeal(asPEM: Bool) throws {
        let publicKey = try #require(estate.sealKey.publicKey)
        let jwk = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"\(Base64URL.text(publicKey.bytes))\"}"
        let path = try estate.scratch.write(asPEM ? publicKey.pem : jwk, to: "seal.pub")
        let check = try check(document, keyFile: path)
        #expect(check.isGood && !check.isWrong, "\(check.lines)")
        #expect(check.verdicts.map { $0.outcome == .valid } == [false, true])
    }

    @Test("A secret without an id answers for the signature alone")
    func namelessSecret() throws {
        let named = estate.open.master.statementKey(owner: "M", version: 1).keyFile
        let path = try estate.scratch.write(
            named.replacing("\"kid\":\"statement/M/1\",", with: ""), to: "statement.key")
        let check = try check(document, keyFile: path)
        #expect(check.isGood && check.verdicts.map { $0.outcome == .valid } == [true, false])
    }

    @Test(
        "A key file that holds no key is a mistake, not a missing key",
        arguments: ["", "no key\n", "{}", "-----BEGIN PUBLIC KEY-----\n"])
    func noKey(text: String) throws {
        let path = try estate.scratch.write(text, to: "key")
        let failure = #expect(throws: Failure.self) { try check(document, keyFile: path) }
        #expect(failure?.kind == .refused && failure?.place == path)
    }

    @Test("The seal's keys are found beside the file and up to two folders above, no further")
    func sealNearby() throws {
        let folder = estate.scratch.file("a/b/c")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        #expect(SealFile.near(folder + "/S.json") == nil)
        _ = try estate.scratch.write("{}", to: "seal.jwks")
        #expect(SealFile.near(folder + "/S.json") == nil)
        let above = try #require(SealFile.near(estate.scratch.file("a/b/S.json")))
        #expect(try text(of: above) == "{}")
        #expect(SealFile.beside(estate.scratch.file("S.json")) == estate.scratch.file("seal.jwks"))
        #expect(SealFile.beside(folder + "/S.json") == nil)
        _ = try estate.scratch.write("{\"keys\":[]}", to: "a/b/c/seal.jwks")
        #expect(SealFile.near(folder + "/S.json") == folder + "/seal.jwks")
    }

    @Test("A file without signatures beside it cannot be checked")
    func bare() throws {
        let path = try estate.scratch.write("{}", to: "bare.json")
        let failure = #expect(throws: Failure.self) {
            try DocumentCheck(
                file: path, keys: try DocumentKeys(keyFile: nil, jwks: nil, folder: nil))
        }
        #expect(failure?.kind == .misused)
    }
}
