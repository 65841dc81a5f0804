import Foundation
import Service
import Settlement
import Signing
import Store
import Testing

@Suite("Keys come, are shown, and go")
struct KeyRegisterTests {
    private let merchant = MerchantID(verified: "M")

    @Test("Added keys count up, and each signs")
    func added() throws {
        let estate = try Estate()
        let register = KeyRegister(estate.open)
        #expect(try register.addDerived(for: merchant, now: Estate.founded).key.id == "batch/M/2")
        let added = try register.addDerived(for: merchant, now: Estate.founded)
        #expect(added.key.id == "batch/M/3")
        #expect(try register.addDerived(for: nil, now: Estate.founded).key.id == "operator/2")
        let key = try KeyFile.readSigning(try #require(added.file))
        let bytes = Estate.batch()
        _ = try estate.intake.take(
            bytes, form: .ndjson, signature: key.sign(bytes), received: Estate.received)
    }

    @Test("A registered Ed25519 key signs")
    func ed25519() throws {
        let estate = try Estate()
        let privateKey = try Ed25519PrivateKey(seed: SecretBytes([UInt8](1...32)))
        let path = try estate.scratch.write(privateKey.publicKey.pem, to: "public.pem")
        let register = KeyRegister(estate.open)
        let added = try register.addPublic(path, id: "M-2026", for: merchant, now: Estate.founded)
        #expect(added.file == nil)
        let bytes = Estate.batch()
        let signature = try SigningKey.ed25519(id: "M-2026", privateKey: privateKey).sign(bytes)
        _ = try estate.intake.take(bytes, form: .ndjson, signature: signature, received: Estate.received)
        let shown = String(decoding: try register.file(of: "M-2026"), as: UTF8.self)
        #expect(shown.contains("\"kid\":\"M-2026\"") && !shown.contains("\"d\""))
        #expect(throws: KeyRegistryRefusal.self) {
            try register.addPublic(path, id: "M-2026", for: merchant, now: Estate.founded)
        }
        #expect(throws: Failure.self) {
            try register.addPublic(path, id: "a b", for: merchant, now: Estate.founded)
        }
    }

    @Test("Key files of every kind are shown, others are unknown")
    func shown() throws {
        let estate = try Estate()
        let register = KeyRegister(estate.open)
        for id in ["batch/M/1", "operator/1", "statement/M/1", "statement/operator/1"] {
            #expect(try SigningKey(keyFile: try register.file(of: id)).id == id)
        }
        #expect(try JWKSet.keys(try register.file(of: "seal/1")).map(\.id) == ["seal/1"])
        for id in ["batch/M/2", "batch/X/1", "statement/X/1", "statement/M/2", "seal/2", "", "operator/01"] {
            #expect(throws: KeyRegistryRefusal.self, "\(id)") { try register.file(of: id) }
        }
    }

    @Test("A revoked key signs what is received before the instant, and nothing from it on")
    func revoked() throws {
        let estate = try Estate()
        let from = instant("2026-01-20T12:00:00.001Z")
        try KeyRegister(estate.open).revoke("batch/M/1", from: from, now: Estate.founded)
        _ = try estate.take(Estate.batch())
        let refusal = #expect(throws: BatchRefusal.self) {
            try estate.take(Estate.batch("B-2", sequence: 2), received: from)
        }
        #expect(refusal?.code == .keyRevoked)
        let listed = KeyListing.text(try estate.open.store.keys())
        #expect(listed.contains("revoked from 2026-01-20T12:00:00"))
        let json = KeyListing.json(try estate.open.store.keys())
        let keys = try #require(
            try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: String]])
        #expect(keys.map { $0["id"] } == ["batch/M/1", "batch/N/1", "operator/1"])
        #expect(keys.map { $0["owner"] } == ["M", "N", "operator"])
        #expect(keys[0]["revoked_from"] != nil && keys[1]["revoked_from"] == nil)
    }

    @Test("What revoke came to is one JSON object")
    func revokedJSON() throws {
        let estate = try Estate()
        let key = try KeyRegister(estate.open).revoke(
            "operator/1", from: Estate.received, now: Estate.founded)
        #expect(
            KeyListing.json(key)
                == #"{"id":"operator/1","algorithm":"HS256","owner":"operator","added":"2026-01-01T00:00:00+00:00","#
                + #""revoked_from":"2026-01-20T12:00:00+00:00"}"#)
    }
}
