import Settlement
import Signing
import Testing

@testable import Store

/// Persons who show keys, and an alliance in which two of them have to look at what is booked.
extension Scene {
    /// A key that a byte tells from others.
    static func publicKey(_ byte: UInt8) throws -> Ed25519PublicKey {
        let key = try SigningKey.ed25519(
            id: "any", seed: SecretBytes([UInt8](repeating: byte, count: 32)))
        return try #require(key.verification.publicKey)
    }

    /// A person whose key is registered from now on, and who shows it.
    func person(_ name: PersonName, key byte: UInt8, at instant: Instant) throws -> Person {
        let key = try Self.publicKey(byte)
        _ = try store.addPublicKey(key, id: name.text, for: nil, at: instant)
        return Person(name, provenKey: key.bytes)
    }

    /// From now on two persons have to look at what is booked.
    func takeFourEyes(at instant: Instant) throws {
        _ = try store.apply(Scene.alliance(fourEyes: true), zone: Scene.utc, at: instant)
    }
}
