/// The secret of a running alliance, from which every key of its own is derived. Rulebook §7.
///
/// It has versions, counted from 1: a new one signs what is made from then on, and all the others stay, as what they
/// signed is checked for ever.
public struct MasterSecret: Sendable {
    /// The first version first.
    private let versions: [SecretBytes]
    /// Of each version but the first that was taken into use, the highest version of each receiver's webhook secret
    /// that older ones make, by receiver; they rise.
    let webhookBounds: [[String: Int]]

    private init(_ versions: [SecretBytes], webhookBounds: [[String: Int]]) {
        self.versions = versions
        self.webhookBounds = webhookBounds
    }

    /// All versions, the first one first. Throws `secretTooShort` where one is below 32 bytes.
    public init(versions: [SecretBytes]) throws(KeyRefusal) {
        precondition(!versions.isEmpty, "a master secret has a first version")
        for version in versions { _ = try Self.longEnough(version) }
        self.init(versions, webhookBounds: [])
    }

    /// One version. Throws `secretTooShort` below 32 bytes.
    public init(_ secret: SecretBytes) throws(KeyRefusal) { try self.init(versions: [secret]) }

    public init(_ bytes: [UInt8]) throws(KeyRefusal) { try self.init(SecretBytes(bytes)) }

    /// What a secret's file holds, as `versions(ofFile:)` reads it. Throws as that does.
    public init(fileContent: SecretBytes) throws(KeyRefusal) {
        try self.init(versions: Self.versions(ofFile: fileContent))
    }

    /// The number of the last version.
    public var latest: Int { versions.count }

    /// The same secret, with what is known of the versions after the first that were taken into use: a receiver's
    /// webhook secret of a version above `bounds[n]` of that receiver, or above 0, is made by version n + 2, or by a
    /// later one.
    public func knowing(webhookBounds bounds: [[String: Int]]) -> MasterSecret {
        precondition(bounds.count < versions.count, "only a version that is there was taken into use")
        precondition(
            zip(bounds, bounds.dropFirst()).allSatisfy { before, bounds in
                before.allSatisfy { $0.value <= bounds[$0.key] ?? 0 }
            }, "bounds of webhooks rise")
        return MasterSecret(versions, webhookBounds: bounds)
    }

    private static func longEnough(_ secret: SecretBytes) throws(KeyRefusal) -> SecretBytes {
        guard secret.count >= shortest else { throw .secretTooShort(bytes: secret.count) }
        return secret
    }

    /// 32 bytes by HKDF-SHA256 with empty salt, of one of the versions: 1 to `latest`.
    public func derive(info: String, version: Int = 1) -> SecretBytes {
        precondition((1...latest).contains(version), "there is no version \(version) of the master secret")
        do {
            return try HKDFSHA256.derive(from: versions[version - 1], info: Array(info.utf8))
        } catch {
            preconditionFailure("32 bytes can always be derived: \(error)")
        }
    }

    static let shortest = 32
}

/// The file of a master secret.
extension MasterSecret {
    /// What a secret's file holds: hex digits, a version a line, the first one first, with or without a line end after
    /// the last; or else the very bytes of the first version.
    ///
    /// Throws `secretTooShort` below 32 bytes, `malformed` for half a byte of hex and for an empty line.
    public static func versions(ofFile content: SecretBytes) throws(KeyRefusal) -> [SecretBytes] {
        var lines = content.withBytes { hexLines($0) }
        defer { for index in lines.indices { SecretBytes.wipe(&lines[index]) } }
        guard !lines.isEmpty else { return [try longEnough(content)] }
        var versions: [SecretBytes] = []
        for line in lines {
            if line.isEmpty && lines.count > 1 { throw .malformed("a line of the secret is empty") }
            guard var bytes = Hexadecimal.bytes(line) else {
                throw .malformed("the secret has an odd number of hex digits")
            }
            versions.append(try longEnough(SecretBytes(taking: &bytes)))
        }
        return versions
    }

    /// What a file is to hold for all these versions; to be wiped.
    public static func fileContent(of versions: [SecretBytes]) -> [UInt8] {
        var text: [UInt8] = []
        // With room made first: an array that grows leaves its bytes behind.
        text.reserveCapacity(versions.reduce(0) { $0 + 2 * $1.count + 1 })
        for version in versions {
            var digits = version.withBytes { Hexadecimal.digits($0) }
            text += digits
            text.append(UInt8(ascii: "\n"))
            SecretBytes.wipe(&digits)
        }
        return text
    }

    /// The lines in lowercase where the content is hex digits and line ends; none where it is anything else.
    private static func hexLines(_ content: UnsafeRawBufferPointer) -> [[UInt8]] {
        var lines = [emptyLine(content.count)]
        for (index, byte) in content.enumerated() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"):
                lines[lines.count - 1].append(byte)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): lines[lines.count - 1].append(byte | 0x20)
            case UInt8(ascii: "\r")
            where index + 1 < content.count && content[index + 1] == UInt8(ascii: "\n"):
                continue
            case UInt8(ascii: "\n") where index == content.count - 1: continue
            case UInt8(ascii: "\n"): lines.append(emptyLine(content.count))
            default:
                for line in lines.indices { SecretBytes.wipe(&lines[line]) }
                return []
            }
        }
        return content.isEmpty ? [] : lines
    }

    private static func emptyLine(_ room: Int) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(room)
        return line
    }
}

/// The keys that a master secret holds, by what they are for. Versions count from 1, those of the master secret to
/// `latest`: of another one no key can be made, which the caller sees to. Rulebook §3, §7.
extension MasterSecret {
    /// Signs the batches of one merchant: id `batch/<merchant>/<version>`. Its versions count by themselves: `secret`
    /// is that of the master secret that was in use when the key was added.
    public func batchKey(merchant: String, version: Int, secret: Int = 1) -> SigningKey {
        hs256("batch/\(merchant)", version, of: secret)
    }

    /// Signs batches on behalf of any merchant: id `operator/<version>`; `secret` as of a merchant's key.
    public func operatorKey(version: Int, secret: Int = 1) -> SigningKey {
        hs256("operator", version, of: secret)
    }

    /// Signs what one merchant gets, or the closing: id `statement/<owner>/<version>`, the owner being a
    /// merchant's id or `operator`, the version that of the master secret.
    public func statementKey(owner: String, version: Int) -> SigningKey {
        hs256("statement/\(owner)", version, of: version)
    }

    /// Seals every document for third parties, with Ed25519: id `seal/<version>`, the version that of the master
    /// secret.
    public func sealKey(version: Int) -> SigningKey {
        let id = keyID("seal", version)
        return Self.derived { () throws(KeyRefusal) in
            try .ed25519(id: id, seed: derive(info: "settled/" + id, version: version))
        }
    }

    private func hs256(_ purpose: String, _ version: Int, of secret: Int) -> SigningKey {
        let id = keyID(purpose, version)
        return Self.derived { () throws(KeyRefusal) in
            try .hs256(id: id, secret: derive(info: "settled/" + id, version: secret))
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
