public import Settlement
import Store

/// What `settled apply` does: another definition of the alliance takes the place of the one in force.
public struct AllianceUpdate: Sendable {
    /// One line a difference: `+` new, `-` gone, `~` changed.
    public let lines: [String]
    /// Why it may not be put in force; empty when it may.
    public let refusals: [AllianceProblem]
    /// Keys that merchants without any got.
    public let keys: [KeyRegister.Added]
    /// False of a dry run, of a refused one, and when there is no difference.
    public let isApplied: Bool

    /// Compares, and unless `dryRun` or refused puts the new definition in force and gives every merchant that
    /// has no key its first one: those that are new, and those that an interrupted apply left without.
    public init(_ alliance: Alliance, in open: OpenFolder, dryRun: Bool, now: Instant) throws {
        let zone = try ZoneInfo.rules(of: alliance.timezone)
        let change = try open.store.change(to: alliance)
        lines = change.lines
        refusals = change.refusals
        guard !dryRun, change.refusals.isEmpty else {
            keys = []
            isApplied = false
            return
        }
        isApplied = try !open.store.apply(alliance, zone: zone, at: now).isEmpty
        let owners = Set(try open.store.keys().compactMap(\.merchant))
        let register = KeyRegister(open)
        keys = try alliance.merchants.map(\.id).filter { !owners.contains($0) }
            .map { try register.addDerived(for: $0, now: now) }
    }

    /// Throws `refused`, with every reason, when it may not be put in force: it would touch closed periods, or
    /// what stored records stand on. `place` says where the definition comes from.
    public func requireAllowed(place: String) throws(Failure) {
        guard refusals.isEmpty else { throw Failure.refused(refusals, place: place) }
    }

    /// The differences, the reasons against them, the keys, and whether they are in force, as a JSON object.
    public var json: String {
        var json = CanonicalJSON()
        json.object { object in
            object.name("applied")
            object.boolean(isApplied)
            object.member("differences", array: lines) { $0.string($1) }
            object.member("refusals", array: refusals) { json, problem in
                json.object { object in
                    object.member("code", problem.code.rawValue)
                    object.member("path", problem.path)
                    object.member("reason", problem.reason)
                }
            }
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
