import Settlement
import Signing
import Store

extension Retention {
    /// For a person: what was moved where, and what to keep.
    public var lines: [String] {
        let what =
            "\(Figures.count(batches)) batches of \(Figures.count(bytes)) bytes, settled before \(keptFrom)"
        guard batches > 0 else {
            return ["nothing to archive: no batch before \(keptFrom) is left whose records are all settled"]
        }
        guard let archive, let fileBytes else { return ["would be moved to \(path): \(what)"] }
        return [
            "\(path): \(what), in \(Figures.count(fileBytes)) bytes, read again", "digest: \(archive.digest)",
            "keep it, and copies of it: the database and its backups have these bytes no more, and `settled rederive`"
                + " wants them (--archives)",
            "the database file stays as large as it is: what comes next takes the room that is free in it",
        ]
    }

    /// For a script.
    public var json: String {
        var json = CanonicalJSON()
        json.object { object in
            object.member("archive", orNull: archive == nil ? nil : path)
            object.member("kept_from", keptFrom)
            object.member("batches", batches)
            object.member("bytes", bytes)
            object.member("archive_bytes", ifPresent: fileBytes)
            object.member("digest", ifPresent: archive?.digest.text)
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

extension [StoredArchive] {
    /// For a person: how many batches' bytes are in which archives, and not where this is said of.
    var inWords: String {
        let batches = reduce(0) { $0 + $1.batches }
        return "the bytes of \(Figures.count(batches)) batches are in "
            + map(\.inWords).joined(separator: ", ")
    }

    /// For a script.
    func write(to json: inout CanonicalJSON) {
        json.member("archives", array: self) { json, archive in
            json.object { json in
                json.member("name", archive.name)
                json.member("digest", archive.digest.text)
                json.member("batches", archive.batches)
            }
        }
    }
}
