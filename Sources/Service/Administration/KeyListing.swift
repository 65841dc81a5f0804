public import Settlement
import Signing
public import Store

/// Registered keys, for people and for scripts.
public enum KeyListing {
    /// Aligned columns; `uses` says when a batch signed with a key was last received, by the key's id.
    public static func text(_ keys: [RegisteredKey], uses: [String: Instant] = [:]) -> String {
        var table = TextTable(
            .left("KEY"), .left("ALGORITHM"), .left("OWNER"), .left("ADDED"), .left("LAST USED"),
            .left("STATE"))
        for key in keys {
            let state = key.revokedFrom.map { "revoked from \(time($0))" } ?? "active"
            table.add(
                key.id, key.algorithm.rawValue, owner(key), time(key.added),
                uses[key.id].map(time) ?? "never", state)
        }
        return table.lines.map { $0 + "\n" }.joined()
    }

    /// A JSON array of `id`, `algorithm`, `owner`, `added`, of a revoked one `revoked_from`, and of one that was
    /// used `last_used`.
    public static func json(_ keys: [RegisteredKey], uses: [String: Instant] = [:]) -> String {
        var json = CanonicalJSON()
        json.array(keys) { json, key in
            json.object { object in
                members(key, file: nil, &object)
                object.member("last_used", ifPresent: uses[key.id].map(time))
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// One key that was added, as a JSON object; `file` is where its secret is.
    public static func json(_ added: KeyRegister.Added) -> String {
        var json = CanonicalJSON()
        json.object { members(added.key, file: added.file, &$0) }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// One key as it is registered, as a JSON object.
    public static func json(_ key: RegisteredKey) -> String {
        var json = CanonicalJSON()
        json.object { members(key, file: nil, &$0) }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private static func members(_ key: RegisteredKey, file: String?, _ object: inout CanonicalJSON) {
        object.member("id", key.id)
        object.member("algorithm", key.algorithm.rawValue)
        object.member("owner", owner(key))
        object.member("added", time(key.added))
        object.member("revoked_from", ifPresent: key.revokedFrom.map(time))
        object.member("file", ifPresent: file)
    }

    private static func owner(_ key: RegisteredKey) -> String { key.merchant?.text ?? "operator" }

    private static func time(_ instant: Instant) -> String {
        instant.text(offsetSeconds: 0, milliseconds: false)
    }
}
