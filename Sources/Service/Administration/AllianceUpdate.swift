public import Settlement
import Store

/// What `settled apply` does: another definition of the alliance takes the place of the one in force.
public struct AllianceUpdate: Sendable {
    /// One line a difference: `+` new, `-` gone, `~` changed.
    public let lines: [String]
    /// Keys that new merchants got.
    public let keys: [KeyRegister.Added]
    /// False of a dry run, and when there is no difference.
    public let isApplied: Bool

    /// Compares, and unless `dryRun` puts the new definition in force. Refuses, with every reason, what would
    /// touch closed periods or what stored records stand on; `place` says where the definition comes from.
    public init(
        _ alliance: Alliance, from place: String, in open: OpenFolder, dryRun: Bool, now: Instant
    ) throws {
        let zone = try ZoneInfo.rules(of: alliance.timezone)
        let present = try open.store.schedule().alliance
        let change = try open.store.change(to: alliance)
        lines = change.lines
        guard change.refusals.isEmpty else { throw Failure.refused(change.refusals, place: place) }
        guard !dryRun, !change.isEmpty else {
            keys = []
            isApplied = false
            return
        }
        _ = try open.store.apply(alliance, zone: zone, at: now)
        let known = Set(present.merchants.map(\.id))
        let register = KeyRegister(open)
        keys = try alliance.merchants.map(\.id).filter { !known.contains($0) }
            .map { try register.addDerived(for: $0, now: now) }
        isApplied = true
    }

    /// The differences, the keys and whether they are in force, as a JSON object.
    public var json: String {
        var json = CanonicalJSON()
        json.object { object in
            object.name("applied")
            object.boolean(isApplied)
            object.member("differences", array: lines) { $0.string($1) }
            object.member("keys", array: keys) { json, added in
                json.object { object in
                    object.member("id", added.key.id)
                    object.member("file", ifPresent: added.file)
                }
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
