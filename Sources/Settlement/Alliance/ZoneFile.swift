/// From this second on, since 1970 UTC, the zone stands this many seconds east of UTC.
struct OffsetChange: Equatable {
    let at: Int64
    let offset: Int32
}

/// What a TZif file says (RFC 9636): the second, 64-bit block and the footer. The first block is passed over.
struct ZoneFile {
    /// In force before the first change.
    let firstOffset: Int32
    /// Strictly ascending.
    let changes: [OffsetChange]
    /// In force after the last change.
    let rule: ZoneRule

    init(zone: String, bytes: [UInt8]) throws(ZoneRefusal) {
        var reader = Reader(zone: zone, bytes: bytes)
        let first = try reader.header()
        guard first.version >= UInt8(ascii: "2") else {
            throw reader.refusal(.versionTooOld, "is a TZif file of version 1, expected version 2 or later")
        }
        try reader.skip(first.length(ofTime: 4))
        let header = try reader.header()
        guard header.leaps == 0 else {
            throw reader.refusal(
                .leapSeconds, "counts leap seconds; take the file of that name without `right/`")
        }
        guard header.types > 0 else { throw reader.refusal(.malformed, "has no offset at all") }
        var times: [Int64] = []
        for _ in 0..<header.times { times.append(Int64(bitPattern: try reader.number(bytes: 8))) }
        let indices = try reader.take(header.times)
        var offsets: [Int32] = []
        for _ in 0..<header.types {
            let offset = Int32(truncatingIfNeeded: try reader.number(bytes: 4))
            guard abs(Int64(offset)) < 26 * 3600 else {
                throw reader.refusal(
                    .malformed, "has an offset of \(offset) seconds, expected less than 26 hours")
            }
            offsets.append(offset)
            // Whether it is daylight time, and its abbreviation, do not concern settlement.
            try reader.skip(2)
        }
        try reader.skip(header.characters + header.standards + header.universals)
        let footer = try reader.footer()

        for (index, type) in indices.enumerated() {
            guard type < offsets.count else {
                throw reader.refusal(.malformed, "names an offset that it lacks")
            }
            guard index == 0 || times[index] > times[index - 1], times[index] <= Self.lastChange else {
                throw reader.refusal(
                    .malformed, "has changes that do not ascend, or come after the year 9999")
            }
        }
        firstOffset = offsets[0]
        changes = zip(times, indices).map { OffsetChange(at: $0, offset: offsets[Int($1)]) }
        guard let rule = ZoneRule(footer: footer) else {
            let text = String(decoding: footer.prefix(80), as: UTF8.self)
            throw reader.refusal(.ruleMalformed, "has the footer `\(text)`, which is no POSIX rule")
        }
        self.rule = rule
    }

    /// 9999-12-31T24:00:00Z.
    private static let lastChange: Int64 = 253_402_300_800

    /// The counts of one block.
    private struct Header {
        let version: UInt8
        let universals: Int
        let standards: Int
        let leaps: Int
        let times: Int
        let types: Int
        let characters: Int

        /// Bytes of the block's data, with times this wide.
        func length(ofTime width: Int) -> Int {
            times * (width + 1) + types * 6 + characters + leaps * (width + 4) + standards + universals
        }
    }

    private struct Reader {
        let zone: String
        let bytes: [UInt8]
        var position = 0

        func refusal(_ code: ZoneRefusal.Code, _ reason: String) -> ZoneRefusal {
            ZoneRefusal(code: code, zone: zone, reason: reason)
        }

        mutating func take(_ count: Int) throws(ZoneRefusal) -> ArraySlice<UInt8> {
            guard bytes.count - position >= count else {
                throw refusal(.malformed, "ends after \(bytes.count) bytes, expected more")
            }
            defer { position += count }
            return bytes[position..<position + count]
        }

        mutating func skip(_ count: Int) throws(ZoneRefusal) { _ = try take(count) }

        mutating func number(bytes count: Int) throws(ZoneRefusal) -> UInt64 {
            try take(count).reduce(0) { $0 << 8 | UInt64($1) }
        }

        mutating func header() throws(ZoneRefusal) -> Header {
            guard try take(4).elementsEqual("TZif".utf8) else {
                throw refusal(.malformed, "is not a TZif file")
            }
            let version = try take(1).first ?? 0
            try skip(15)
            var counts: [Int] = []
            for _ in 0..<6 {
                let count = Int(try number(bytes: 4))
                guard count <= bytes.count else { throw refusal(.malformed, "counts more than it holds") }
                counts.append(count)
            }
            return Header(
                version: version, universals: counts[0], standards: counts[1], leaps: counts[2],
                times: counts[3], types: counts[4], characters: counts[5])
        }

        /// The text between the two line feeds at the end.
        mutating func footer() throws(ZoneRefusal) -> ArraySlice<UInt8> {
            let rest = bytes[position...]
            guard rest.count >= 2, rest.first == UInt8(ascii: "\n"), rest.last == UInt8(ascii: "\n") else {
                throw refusal(.malformed, "has no footer")
            }
            return rest.dropFirst().dropLast()
        }
    }
}
