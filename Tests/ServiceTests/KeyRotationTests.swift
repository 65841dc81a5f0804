import Foundation
import Service
import Settlement
import Signing
import Store
import Testing

@Suite("Keys overlap while one takes over from another")
struct KeyRotationTests {
    private let merchant = MerchantID(verified: "M")

    private func sign(
        _ estate: Estate, _ key: SigningKey, _ sequence: Int64, at: String = "2026-01-20T12:00:00Z"
    ) throws {
        let bytes = Estate.batch("B-\(sequence)", sequence: sequence)
        _ = try estate.intake.take(bytes, form: .ndjson, signature: key.sign(bytes), received: instant(at))
    }

    @Test(
        "Old and new key sign side by side until the instant at which the old one ends; last uses are shown")
    func overlap() throws {
        let estate = try Estate()
        let register = KeyRegister(estate.open)
        let added = try register.addDerived(for: merchant, now: Estate.founded)
        let (old, new) = (estate.merchantKey, estate.open.master.batchKey(merchant: "M", version: 2))
        #expect(added.key.id == new.id)
        let end = instant("2026-01-20T13:00:00Z")
        try register.revoke(old.id, from: end, now: Estate.received)
        try sign(estate, old, 1)
        try sign(estate, new, 2, at: "2026-01-20T12:30:00Z")
        try sign(estate, old, 3, at: "2026-01-20T12:59:59.999Z")
        let refusal = #expect(throws: BatchRefusal.self) {
            try sign(estate, old, 4, at: "2026-01-20T13:00:00Z")
        }
        #expect(refusal?.code == .keyRevoked)
        try sign(estate, new, 4, at: "2026-01-20T13:00:00Z")
        let (keys, uses) = (try estate.open.store.keys(), try estate.open.store.lastUses())
        #expect(uses == [old.id: instant("2026-01-20T12:59:59.999Z"), new.id: end])
        let lines = KeyListing.text(keys, uses: uses).split(separator: "\n")
        #expect(lines.contains { $0.contains("batch/M/2") && $0.contains("2026-01-20T13:00:00") })
        #expect(lines.contains { $0.contains("batch/N/1") && $0.contains("never") })
        let json = try JSONSerialization.jsonObject(with: Data(KeyListing.json(keys, uses: uses).utf8))
        let listed = try #require(json as? [[String: String]])
        #expect(listed.map { $0["last_used"] != nil } == [true, true, false, false])
    }

    @Test("An Ed25519 key is registered as PEM, JWK or OpenSSH line, and each signs beside the others")
    func forms() throws {
        let estate = try Estate()
        let register = KeyRegister(estate.open)
        for (number, form) in ["pem", "jwk", "ssh"].enumerated() {
            let key = try Ed25519PrivateKey(
                seed: SecretBytes([UInt8](repeating: UInt8(number + 1), count: 32)))
            let bytes = key.publicKey.bytes
            let text =
                switch form {
                case "pem": key.publicKey.pem
                case "jwk": #"{"kty":"OKP","crv":"Ed25519","x":"\#(Data(bytes).base64URL)"}"#
                default:
                    "ssh-ed25519 "
                        + Data([0, 0, 0, 11] + Array("ssh-ed25519".utf8) + [0, 0, 0, 32] + bytes)
                        .base64EncodedString() + " till@shop\n"
                }
            let path = try estate.scratch.write(text, to: form)
            let added = try register.addPublic(path, id: "M-" + form, for: merchant, now: Estate.founded)
            #expect(added.key.publicKey == bytes, "\(form)")
            try sign(estate, .ed25519(id: "M-" + form, privateKey: key), Int64(number) + 1)
        }
        #expect(try estate.open.store.lastUses().count == 3)
    }
}

extension Data {
    fileprivate var base64URL: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
