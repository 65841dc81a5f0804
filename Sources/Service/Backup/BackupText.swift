import Settlement
import Signing
import Store

extension Backup {
    /// For a person: what was made, and what is not in it.
    public var lines: [String] {
        var lines = [
            "\(path): \(Figures.count(fileBytes)) bytes"
                + (isPacked ? ", \(Figures.count(databaseBytes)) unpacked" : "") + ", checked",
            "in it: \(Figures.count(contents.count("batches"))) batches, "
                + "\(Figures.count(contents.count("periods"))) closed periods"
                + (lastReceived.map {
                    ", the last batch of \($0.text(offsetSeconds: 0, milliseconds: false))"
                }
                    ?? ""),
            "digest: \(digest)",
        ]
        lines += removed.map { "taken away: \($0)" }
        if !archives.isEmpty { lines.append("not in it: \(archives.inWords); keep copies of those too") }
        lines.append(Self.secretNote)
        return lines
    }

    /// What restores nothing by itself.
    static let secretNote =
        "the master secret is not in it: keep a copy of that apart, or nothing can be signed after a restore"

    /// For a script.
    public var json: String {
        var json = CanonicalJSON()
        json.object { object in
            object.member("path", path)
            object.member("bytes", fileBytes)
            object.member("database_bytes", databaseBytes)
            object.member("digest", digest.text)
            object.member("schema", Int64(contents.schema))
            object.member("rows") { object in
                for table in contents.rows { object.member(table.name, table.rows) }
            }
            object.member("last_received", orNull: lastReceived?.description)
            object.member("removed", array: removed) { $0.string($1) }
            archives.write(to: &object)
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
