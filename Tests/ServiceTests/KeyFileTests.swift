import Foundation
import Service
import Signing
import Testing

@Suite("Keys in files")
struct KeyFileTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("A shared key's file reads back as a key that signs the same")
    func shared() throws {
        let key = try MasterSecret([UInt8](1...32)).batchKey(merchant: "M", version: 1)
        let path = scratch.file(KeyFile.name(of: key.id))
        #expect(path.hasSuffix("/batch_M_1.key"))
        try KeyFile.write(key, to: path)
        #expect(try mode(of: path) == 0o600)
        let read = try KeyFile.readSigning(path)
        #expect(read.id == key.id)
        #expect(read.sign([1, 2, 3]) == key.sign([1, 2, 3]))
        #expect(throws: Failure.self) { try KeyFile.write(key, to: path) }
    }

    @Test("An Ed25519 key's file and its PEM read back as keys that sign the same")
    func ed25519() throws {
        let privateKey = try Ed25519PrivateKey(seed: SecretBytes([UInt8](1...32)))
        let key = try SigningKey.ed25519(id: "M-2026", privateKey: privateKey)
        try KeyFile.write(key, to: scratch.file("k"))
        #expect(try KeyFile.readSigning(scratch.file("k")).sign([1]) == key.sign([1]))
        let pem = try scratch.write(privateKey.pem, to: "k.pem", mode: 0o600)
        #expect(try KeyFile.readSigning(pem, id: "M-2026").sign([1]) == key.sign([1]))
        let failure = #expect(throws: Failure.self) { try KeyFile.readSigning(pem) }
        #expect(failure?.kind == .refused)
    }

    @Test("A key file that others may read is refused")
    func permissions() throws {
        let key = try MasterSecret([UInt8](1...32)).operatorKey(version: 1)
        let path = try scratch.write(key.keyFile, to: "k", mode: 0o644)
        let failure = #expect(throws: Failure.self) { try KeyFile.readSigning(path) }
        #expect(failure?.kind == .refused)
    }

    @Test("A public key is read where one is wanted, a private one is refused")
    func publicKeys() throws {
        let privateKey = try Ed25519PrivateKey(seed: SecretBytes([UInt8](1...32)))
        let path = try scratch.write(privateKey.publicKey.pem, to: "public.pem")
        #expect(try KeyFile.readPublic(path) == privateKey.publicKey)
        let secret = try scratch.write(privateKey.pem, to: "private.pem")
        #expect(throws: Failure.self) { try KeyFile.readPublic(secret) }
    }

    @Test("A JWK set of the seal's keys reads back")
    func set() throws {
        let seal = try MasterSecret([UInt8](1...32)).sealKey(version: 1)
        let path = try scratch.write(JWKSet.text([seal.verification]), to: "seal.jwks")
        #expect(try KeyFile.readSet(path).map(\.id) == ["seal/1"])
        #expect(try KeyFile.readVerification(path, id: "seal/1").publicKey == seal.verification.publicKey)
        #expect(throws: Failure.self) { try KeyFile.readVerification(path, id: "seal/2") }
        #expect(throws: Failure.self) { try KeyFile.readSet(try scratch.write("{}", to: "none")) }
    }
}
