import Foundation
import Settlement
import Signing
import Testing

@testable import Store

@Suite("Keys")
struct KeyTests {
    private let now = Instant.at("2026-01-10T00:00:00Z")

    @Test("Derived keys count their versions for each merchant and for the operator")
    func versions() throws {
        let scene = try Scene()
        #expect(try scene.store.addDerivedKey(for: "M", at: now).id == "batch/M/2")
        #expect(try scene.store.addDerivedKey(for: nil, at: now).id == "operator/2")
        #expect(
            try scene.store.keys().map(\.id)
                == ["batch/M/1", "batch/M/2", "batch/N/1", "operator/1", "operator/2"])
    }

    @Test("A key that is added, registered or revoked is known at the next look")
    func lookup() throws {
        let scene = try Scene()
        let keys = scene.store.keys(master: scene.master)
        #expect(try keys.lookup()("batch/M/2") == nil)
        _ = try scene.store.addDerivedKey(for: "M", at: now)
        #expect(try keys.lookup()("batch/M/2")?.merchant == "M")
        let pair = try SigningKey.ed25519(id: "m-till", seed: SecretBytes([UInt8](repeating: 5, count: 32)))
        let publicKey = try #require(pair.verification.publicKey)
        _ = try scene.store.addPublicKey(publicKey, id: "m-till", for: "M", at: now)
        #expect(try keys.lookup()("m-till")?.verification.publicKey == publicKey)
        #expect(try keys.lookup()("m-till")?.revokedFrom == nil)
        try scene.store.revokeKey("m-till", from: now.advanced(byHours: 1), at: now)
        #expect(try keys.lookup()("m-till")?.revokedFrom == now.advanced(byHours: 1))
        #expect(try keys.lookup()("operator/1")?.merchant == nil)
    }

    @Test("Ids are unique over all keys, and those of derived keys are not given away")
    func idsTaken() throws {
        let scene = try Scene()
        let pair = try SigningKey.ed25519(id: "till", seed: SecretBytes([UInt8](repeating: 5, count: 32)))
        let publicKey = try #require(pair.verification.publicKey)
        _ = try scene.store.addPublicKey(publicKey, id: "till", for: "M", at: now)
        #expect(throws: KeyRegistryRefusal.idTaken("till")) {
            try scene.store.addPublicKey(publicKey, id: "till", for: "N", at: now)
        }
        #expect(throws: KeyRegistryRefusal.idReserved("batch/M/9")) {
            try scene.store.addPublicKey(publicKey, id: "batch/M/9", for: "M", at: now)
        }
        #expect(throws: KeyRegistryRefusal.merchantUnknown("X")) {
            try scene.store.addDerivedKey(for: "X", at: now)
        }
        #expect(throws: KeyRegistryRefusal.keyUnknown("none")) {
            try scene.store.revokeKey("none", from: now, at: now)
        }
        try scene.store.revokeKey("till", from: now, at: now)
        #expect(throws: KeyRegistryRefusal.alreadyRevoked("till", from: now)) {
            try scene.store.revokeKey("till", from: now, at: now)
        }
    }

    @Test("An owner has a key under one id only, so that no person is two, unless that was revoked")
    func taken() throws {
        let scene = try Scene()
        let pair = try SigningKey.ed25519(id: "any", seed: SecretBytes([UInt8](repeating: 5, count: 32)))
        let publicKey = try #require(pair.verification.publicKey)
        for owner in [nil, "M"] as [MerchantID?] {
            let name = owner?.text ?? "ana"
            _ = try scene.store.addPublicKey(publicKey, id: name, for: owner, at: now)
            #expect(throws: KeyRegistryRefusal.keyTaken(name)) {
                try scene.store.addPublicKey(publicKey, id: name + "-2", for: owner, at: now)
            }
        }
        try scene.store.revokeKey("ana", from: now.advanced(byHours: 1), at: now)
        #expect(throws: KeyRegistryRefusal.keyTaken("ana")) {
            try scene.store.addPublicKey(publicKey, id: "ben", for: nil, at: now)
        }
        let ben = try scene.store.addPublicKey(publicKey, id: "ben", for: nil, at: now.advanced(byHours: 1))
        #expect(ben.id == "ben")
    }

    @Test("A revocation planned for later can be brought forward, and not put off")
    func broughtForward() throws {
        let scene = try Scene()
        let planned = now.advanced(byHours: 100)
        let leaked = now.advanced(byHours: 1)
        try scene.store.revokeKey("batch/M/1", from: planned, at: now)
        #expect(try scene.store.revokeKey("batch/M/1", from: leaked, at: now).revokedFrom == leaked)
        #expect(try scene.store.keys(master: scene.master).lookup()("batch/M/1")?.revokedFrom == leaked)
        for later in [leaked, planned] {
            #expect(throws: KeyRegistryRefusal.alreadyRevoked("batch/M/1", from: leaked)) {
                try scene.store.revokeKey("batch/M/1", from: later, at: now)
            }
        }
        let reasons = try scene.store.audit(limit: 2).map(\.reason)
        #expect(reasons == ["from 2026-01-10T01:00:00.000+00:00", "from 2026-01-14T04:00:00.000+00:00"])
    }

    @Test("No secret is in the file")
    func noSecret() throws {
        let scene = try Scene()
        try scene.send("b1", 1, [record("a", .earn, "x", 100, "2026-01-05T10:00:00Z")])
        try scene.close(0)
        try scene.store.shut()
        let file = try Data(contentsOf: URL(fileURLWithPath: scene.store.path))
        var secrets = [Data(repeating: 1, count: 32)]
        for info in ["batch/M/1", "operator/1", "statement/M/1", "statement/operator/1", "seal/1"] {
            scene.master.derive(info: "settled/" + info).withBytes { secrets.append(Data($0)) }
        }
        for secret in secrets { #expect(file.range(of: secret) == nil) }
        #expect(file.range(of: Data("batch/M/1".utf8)) != nil)
    }

    @Test("Every act is in the audit")
    func audit() throws {
        let scene = try Scene()
        try scene.store.revokeKey("batch/N/1", from: now, at: now)
        let acts = try scene.store.audit().map(\.act)
        #expect(acts == [.keyRevoked, .keyAdded, .keyAdded, .keyAdded, .found])
        #expect(try scene.store.audit(limit: 1).first?.keyID == "batch/N/1")
    }
}
