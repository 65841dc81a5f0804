import Settlement
import Signing
import Store

/// A webhook's secret by its id, `webhook/OWNER/VERSION`, and whether it stays what it is.
///
/// One that is in force, so in the alliance file, stays when a version of the master secret is taken into use; a
/// later one then comes of that. It can be handed out before it is in force all the same, with word of which version
/// it comes of.
struct NamedWebhookSecret {
    private let id: String
    private let owner: String
    private let version: Int
    private let open: OpenFolder
    /// The receiver's version in force; nil: it has no webhook.
    private let inForce: Int?

    /// Nil for another kind of id. Throws `keyUnknown` for one that names no receiver or no version.
    init?(_ id: String, _ open: OpenFolder) throws {
        guard id.hasPrefix("webhook/") else { return nil }
        let parts = id.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let alliance = try open.store.schedule().alliance
        let merchant = alliance.merchants.first { parts.count == 3 && $0.id.text == parts[1] }
        guard parts.count == 3, merchant != nil || parts[1] == "operator", let version = Int(parts[2]),
            (1...1_000).contains(version), "\(version)" == parts[2]
        else { throw KeyRegistryRefusal.keyUnknown(id) }
        self.id = id
        self.owner = parts[1]
        self.version = version
        self.open = open
        inForce = (merchant.map(\.delivery) ?? alliance.delivery)?.webhook?.secret
    }

    /// A line with `whsec_…`. Throws `refused` with `secret_waiting` where a version of the master secret waits, of
    /// which it would come after the daemon's next start.
    var file: [UInt8] {
        get throws {
            guard isInForce || open.master.latest == open.keyVersion else {
                throw Failure.refused(
                    id,
                    "secret_waiting: is not in force, and would come of version \(open.master.latest) of the master"
                        + " secret once that is taken into use, now of version \(origin)",
                    hint: "start the daemon anew, then ask again")
            }
            return Array((open.master.webhookSecret(owner: owner, version: version).text + "\n").utf8)
        }
    }

    /// What to think of; nil: it stays.
    var caution: String? {
        guard !isInForce else { return nil }
        return
            "\(id) is not in force: it comes of version \(origin) of the master secret, and of a later one if that is"
            + " taken into use before the alliance file has it"
    }

    private var isInForce: Bool { version <= inForce ?? 0 }
    private var origin: Int { open.master.webhookOrigin(owner: owner, version: version) }
}

extension KeyRegister {
    /// What to think of before the file of an id is handed out, a sentence; nil: nothing. Throws `keyUnknown`.
    public func caution(of id: String) throws -> String? { try NamedWebhookSecret(id, open)?.caution }
}
