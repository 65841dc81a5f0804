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
        return try DocumentCheck(file: try keep(document), key: keys.key)
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

    @Test("A file without signatures beside it cannot be checked")
    func bare() throws {
        let path = try estate.scratch.write("{}", to: "bare.json")
        let failure = #expect(throws: Failure.self) { try DocumentCheck(file: path) { _ in nil } }
        #expect(failure?.kind == .misused)
    }
}
