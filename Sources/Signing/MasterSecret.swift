/// The one secret of a running alliance, from which every key of its own is derived. Rulebook §7.
public struct MasterSecret: Sendable {
    private let secret: SecretBytes

    /// Throws `secretTooShort` below 32 bytes.
    public init(_ secret: SecretBytes) throws(KeyRefusal) {
        self.secret = try Self.longEnough(secret)
    }

    public init(_ bytes: [UInt8]) throws(KeyRefusal) {
        try self.init(SecretBytes(bytes))
    }

    /// What a secret's file holds: hex digits with or without a line end after them, or else the very bytes.
    /// Throws `secretTooShort` below 32 bytes, `malformed` for half a byte of hex.
    public init(fileContent: SecretBytes) throws(KeyRefusal) {
        try self.init(Self.bytes(ofFile: fileContent))
    }

    /// The bytes that such a file's content stands for. Throws as `init(fileContent:)`.
    public static func bytes(ofFile content: SecretBytes) throws(KeyRefusal) -> SecretBytes {
        var digits = content.withBytes { hexDigits($0) }
        defer { SecretBytes.wipe(&digits) }
        guard !digits.isEmpty else { return try longEnough(content) }
        guard var bytes = Hexadecimal.bytes(digits) else {
            throw .malformed("the secret has an odd number of hex digits")
        }
        return try longEnough(SecretBytes(taking: &bytes))
    }

    private static func longEnough(_ secret: SecretBytes) throws(KeyRefusal) -> SecretBytes {
        guard secret.count >= shortest else { throw .secretTooShort(bytes: secret.count) }
        return secret
    }

    /// The content in lowercase if it is hex digits and at most a line end; empty if it is anything else.
    private static func hexDigits(_ content: UnsafeRawBufferPointer) -> [UInt8] {
        var digits: [UInt8] = []
        digits.reserveCapacity(content.count)
        for (index, byte) in content.enumerated() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"):
                digits.append(byte)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digits.append(byte | 0x20)
            case UInt8(ascii: "\r") where index == content.count - 2: continue
            case UInt8(ascii: "\n") where index == content.count - 1: continue
            default:
                SecretBytes.wipe(&digits)
                return []
            }
        }
        return digits
    }

    /// 32 bytes by HKDF-SHA256 with empty salt.
    public func derive(info: String) -> SecretBytes {
        do {
            return try HKDFSHA256.derive(from: secret, info: Array(info.utf8))
        } catch {
            preconditionFailure("32 bytes can always be derived: \(error)")
        }
    }

    static let shortest = 32
}

/// The keys that a master secret holds, by what they are for. Versions count from 1. Rulebook §3, §7.
extension MasterSecret {
    /// Signs the batches of one merchant: id `batch/<merchant>/<version>`.
    public func batchKey(merchant: String, version: Int) -> SigningKey {
        hs256("batch/\(merchant)", version)
    }

    /// Signs batches on behalf of any merchant: id `operator/<version>`.
    public func operatorKey(version: Int) -> SigningKey {
        hs256("operator", version)
    }

    /// Signs what one merchant gets, or the closing: id `statement/<owner>/<version>`, the owner being a
    /// merchant's id or `operator`.
    public func statementKey(owner: String, version: Int) -> SigningKey {
        hs256("statement/\(owner)", version)
    }

    /// Seals every document for third parties, with Ed25519: id `seal/<version>`.
    public func sealKey(version: Int) -> SigningKey {
        let id = keyID("seal", version)
        return Self.derived { () throws(KeyRefusal) in
            try .ed25519(id: id, seed: derive(info: "settled/" + id))
        }
    }

    private func hs256(_ purpose: String, _ version: Int) -> SigningKey {
        let id = keyID(purpose, version)
        return Self.derived { () throws(KeyRefusal) in
            try .hs256(id: id, secret: derive(info: "settled/" + id))
        }
    }

    private func keyID(_ purpose: String, _ version: Int) -> String {
        precondition(version >= 1, "versions of keys count from 1")
        return "\(purpose)/\(version)"
    }

    private static func derived(_ make: () throws(KeyRefusal) -> SigningKey) -> SigningKey {
        do {
            return try make()
        } catch {
            preconditionFailure("a derived key has 32 bytes and its owner a valid id: \(error)")
        }
    }
}

extension MasterSecret: CustomStringConvertible, CustomReflectable {
    public var description: String { "master secret" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
