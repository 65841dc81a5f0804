import Settlement

/// What holds of NDJSON besides: it is lines, and each line is a JSON value to the other reader of JSON.
enum NDJSONFuzzing {
    static func check(_ content: BatchContent, _ bytes: [UInt8]) throws(BrokenPromise) {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for item in content.records { try checkLine(item.record, Array(lines[item.line - 1])) }
        try checkLastLine(content, bytes)
        try checkBeginning(content, lines)
    }

    /// The reader of whole JSON values finds the same members.
    private static func checkLine(_ record: Record, _ line: [UInt8]) throws(BrokenPromise) {
        guard let json = try? JSONValue(parsing: line) else {
            throw BrokenPromise("the line of a record is a JSON value")
        }
        let texts: [(String, String?)] = [
            ("id", record.id.text), ("type", record.type.name), ("member", record.member.text),
            ("ref", record.ref?.text), ("store", record.store?.text), ("campaign", record.campaign?.text),
            ("item", record.item?.text), ("expires", record.expires?.description),
        ]
        for (name, text) in texts {
            try promise(json[name]?.string == text, "\(name) is what the JSON says")
        }
        try promise(json["points"]?.integer == record.points.count, "points are what the JSON says")
        try promise(json["amount"]?.integer == record.amount?.minorUnits, "amount is what the JSON says")
        let at = json["at"]?.string.flatMap { Instant(rfc3339: $0) }
        try promise(at == record.at, "the instant is what the JSON says")
    }

    /// The last line may lack its end, or have it.
    private static func checkLastLine(_ content: BatchContent, _ bytes: [UInt8]) throws(BrokenPromise) {
        let other = bytes.last == UInt8(ascii: "\n") ? Array(bytes.dropLast()) : bytes + [UInt8(ascii: "\n")]
        try promise(
            BatchFuzzing.read(other, .ndjson) == .success(content), "the last line's end changes nothing")
    }

    /// Cut off behind a line, it is the same batch with fewer records.
    private static func checkBeginning(
        _ content: BatchContent, _ lines: [ArraySlice<UInt8>]
    ) throws(BrokenPromise) {
        let kept = content.records.count / 2
        let beginning = Array(lines[...kept].joined(separator: [UInt8(ascii: "\n")]))
        let shorter = BatchContent(header: content.header, records: Array(content.records.prefix(kept)))
        try promise(
            BatchFuzzing.read(beginning, .ndjson) == .success(shorter),
            "no record hangs on the lines behind it")
    }
}
