import GRDB
public import Settlement

/// Who acts for the operator.
public struct Person: Hashable, Sendable {
    /// With four eyes, the id of a registered Ed25519 key of the operator.
    public let name: PersonName
    /// The public half of the private key that the person has shown, 32 bytes; nil: the name is taken on trust.
    public let provenKey: [UInt8]?

    public init(_ name: PersonName, provenKey: [UInt8]? = nil) {
        self.name = name
        self.provenKey = provenKey
    }
}

/// Why somebody may not do an act of money so. Codes are never reused.
public enum PersonRefusal: Error, Hashable, Sendable {
    /// With four eyes a name alone is not enough.
    case keyRequired(PersonName)
    /// No Ed25519 key of the operator that is active bears the name.
    case unknown(PersonName)
    /// The key shown is not the one that is registered under the name.
    case keyMismatch(PersonName)
    /// With four eyes nothing is booked that was not drafted.
    case draftRequired

    public var code: String {
        switch self {
        case .keyRequired: "person_key_required"
        case .unknown: "person_unknown"
        case .keyMismatch: "person_key_mismatch"
        case .draftRequired: "draft_required"
        }
    }
}

extension PersonRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .keyRequired(let name):
            "the alliance has four_eyes: \(name) has to show the key of that id (--key FILE)"
        case .unknown(let name):
            "no active Ed25519 key of the operator has the id \(name): add one with "
                + "`settled key add --operator --ed25519 FILE --id \(name)`"
        case .keyMismatch(let name): "the key shown is not the one that is registered as \(name)"
        case .draftRequired:
            "the alliance has four_eyes: draft it (--draft), and let another person approve it"
        }
    }
}

extension Person {
    /// Holds who acts against the registered keys: a key that is shown always, and with four eyes one has to be. A key is
    /// revoked from its instant on, and also once anything is noted of that instant or later, whatever time is claimed.
    func verify(_ database: Database, _ inForce: InForce, at instant: Instant) throws {
        guard let provenKey else {
            guard !inForce.schedule.alliance.fourEyes else { throw PersonRefusal.keyRequired(name) }
            return
        }
        let registered = try KeyRows(database, inForce.roster).all().first { $0.id == name.text }
        let present = max(instant, try AuditRows(database).latest() ?? instant)
        guard let registered, registered.merchant == nil, let publicKey = registered.publicKey,
            registered.revokedFrom.map({ present < $0 }) ?? true
        else { throw PersonRefusal.unknown(name) }
        guard publicKey == provenKey else { throw PersonRefusal.keyMismatch(name) }
    }
}
