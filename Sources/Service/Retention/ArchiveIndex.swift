import Settlement
import Signing

/// What an archive says it holds: the part of it that is sealed.
struct ArchiveIndex: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        /// Its place in the order of arrival.
        let number: Int64
        let merchant: String
        let batch: String
        /// Of the batch's bytes.
        let digest: SHA256Digest
        /// Bytes of the batch, and of the frame that it is packed in.
        let length: Int64
        let packed: Int64
    }

    static let format = "settled-archive/1"
    /// The most bytes that a batch may be configured to have.
    static let mostBytes: Int64 = 1 << 29

    let alliance: String
    let made: Instant
    /// The first period whose batches stayed, by id.
    let keptFrom: String
    /// In the order of arrival, as their frames stand in the file.
    let entries: [Entry]

    /// Canonical JSON.
    var bytes: [UInt8] {
        var json = CanonicalJSON(capacity: 256 + entries.count * 256)
        json.object { json in
            json.member("format", Self.format)
            json.member("alliance", alliance)
            json.member("made", made.description)
            json.member("kept_from", keptFrom)
            json.member("batches", array: entries) { json, entry in
                json.object { json in
                    json.member("number", entry.number)
                    json.member("merchant", entry.merchant)
                    json.member("batch", entry.batch)
                    json.member("digest", entry.digest.text)
                    json.member("bytes", entry.length)
                    json.member("packed", entry.packed)
                }
            }
        }
        return json.bytes
    }
}

extension ArchiveIndex {
    /// Reads what `bytes` wrote; nil for anything else.
    init?(_ bytes: [UInt8]) {
        guard let json = try? JSONValue(parsing: bytes), json["format"]?.string == Self.format,
            let alliance = json["alliance"]?.string, let keptFrom = json["kept_from"]?.string,
            let made = json["made"]?.string.flatMap({ Instant(rfc3339: $0) }),
            let values = json["batches"]?.array
        else { return nil }
        let entries = values.compactMap { Entry($0) }
        guard entries.count == values.count else { return nil }
        self.init(alliance: alliance, made: made, keptFrom: keptFrom, entries: entries)
    }
}

extension ArchiveIndex.Entry {
    fileprivate init?(_ json: JSONValue) {
        guard let number = json["number"]?.integer, let merchant = json["merchant"]?.string,
            let batch = json["batch"]?.string,
            let digest = json["digest"]?.string.flatMap({ SHA256Digest(text: $0) }),
            let length = json["bytes"]?.integer, let packed = json["packed"]?.integer,
            (1...ArchiveIndex.mostBytes).contains(length), (1...2 * ArchiveIndex.mostBytes).contains(packed)
        else { return nil }
        self.init(
            number: number, merchant: merchant, batch: batch, digest: digest, length: length, packed: packed)
    }
}
