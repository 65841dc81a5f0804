import Settlement
import Signing
import Store

/// The keys under which stored batches came, as they were registered then.
struct RederivedKeys {
    /// How long after it was begun a change may have come into force: as long as a command waits for the
    /// database.
    static let settlingMilliseconds = Store.longestWaitMilliseconds

    private let keys: [String: StoredHistory.Key]
    private let revocations: [String: [Revocation]]
    private let master: MasterSecret?
    /// Stands in for the master secret that is not at hand.
    private let standIn: MasterSecret

    private struct Revocation {
        let noted: Instant
        let from: Instant
    }

    init(_ history: StoredHistory, master: MasterSecret?, standIn: MasterSecret) {
        keys = Dictionary(history.keys.map { ($0.id, $0) }) { first, _ in first }
        var revocations: [String: [Revocation]] = [:]
        for entry in history.audit where entry.act == .keyRevoked {
            guard let id = entry.keyID, let text = entry.reason, text.hasPrefix("from "),
                let from = Instant(rfc3339: String(text.dropFirst(5)))
            else { continue }
            revocations[id, default: []].append(Revocation(noted: entry.at, from: from))
        }
        self.revocations = revocations
        self.master = master
        self.standIn = standIn
    }

    /// The signature of a batch, or of a contest, over the bytes that were signed; made anew where its key is derived
    /// from a secret that is not at hand: what was stored under it cannot be proved then, and counts as not checked.
    func signature(_ text: String, of bytes: [UInt8]) -> (text: String, isChecked: Bool) {
        guard master == nil, let id = (try? DetachedJWS(parsing: text))?.keyID,
            let key = keys[id], key.isDerived, let derived = Self.derived(key, from: standIn)
        else { return (text, true) }
        return (derived.sign(bytes), false)
    }

    /// The key of an id as it was when a batch was received; nil where there is none, or it is no key.
    func key(_ id: String, at received: Instant) -> BatchKey? {
        guard let key = keys[id] else { return nil }
        let merchant = key.merchant.flatMap { MerchantID($0) }
        guard (key.merchant == nil) == (merchant == nil), let verification = verification(of: key) else {
            return nil
        }
        return BatchKey(
            verification: verification, merchant: merchant, revokedFrom: revokedFrom(key, at: received))
    }

    private func verification(of key: StoredHistory.Key) -> VerificationKey? {
        if key.isDerived { return Self.derived(key, from: master ?? standIn)?.verification }
        return key.publicKey.flatMap { try? VerificationKey.ed25519(id: key.id, publicKey: $0) }
    }

    /// Nil where the id is not that of its merchant and version.
    private static func derived(_ key: StoredHistory.Key, from master: MasterSecret) -> SigningKey? {
        guard let version = key.version, version >= 1, let named = key.secret, named >= 1 else { return nil }
        // The stand-in has one version, and both makes and checks what it signs.
        let secret = min(Int(clamping: named), master.latest)
        let derived =
            if let merchant = key.merchant {
                MerchantID(merchant).map {
                    master.batchKey(merchant: $0.text, version: Int(version), secret: secret)
                }
            } else {
                Optional(master.operatorKey(version: Int(version), secret: secret))
            }
        return derived?.id == key.id ? derived : nil
    }

    /// From when on the key counted as revoked then. A key may be revoked from an instant that has passed:
    /// what had been stored until that was noted stays.
    private func revokedFrom(_ key: StoredHistory.Key, at received: Instant) -> Instant? {
        guard let known = revocations[key.id] else { return key.revoked }
        return known.filter { $0.noted.advanced(byMilliseconds: Self.settlingMilliseconds) < received }
            .map(\.from).min()
    }

    /// What the registry says otherwise than the audit.
    func findings(_ history: StoredHistory) -> [RederivationReport.Finding] {
        var added: [String: AuditEntry] = [:]
        for entry in history.audit where entry.act == .keyAdded { added[entry.keyID ?? ""] = entry }
        var findings: [RederivationReport.Finding] = []
        let taken = 1 + history.audit.count { $0.act == .secretRotated }
        if taken != history.secrets.count {
            findings.append(
                .init(
                    "secret_marks", "are not as many as the audit says", derived: "\(taken)",
                    stored: "\(history.secrets.count)"))
        }
        for id in added.keys.sorted() where keys[id] == nil {
            findings.append(.init("key \(id)", "is missing: the audit says that it was registered"))
        }
        for key in history.keys {
            let place = "key \(key.id)"
            guard let entry = added[key.id] else {
                findings.append(.init(place, "was never registered, as far as the audit says"))
                continue
            }
            if let master, let secret = key.secret, secret > Int64(master.latest) {
                findings.append(
                    .init(
                        place, "`secret` is no version that the master secret has",
                        derived: "at most \(master.latest)", stored: "\(secret)"))
            }
            let pairs = [
                ("merchant", entry.merchant?.text, key.merchant),
                ("added", entry.at.description, key.added.description),
                ("revoked", revocations[key.id]?.map(\.from).min()?.description, key.revoked?.description),
            ]
            for (name, expected, found) in pairs where expected != found {
                findings.append(
                    .init(
                        place, "`\(name)` is not what the audit says", derived: expected ?? "none",
                        stored: found ?? "none"))
            }
        }
        return findings
    }
}
