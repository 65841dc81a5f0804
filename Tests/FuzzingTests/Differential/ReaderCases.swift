import Fixtures
import Foundation
import Fuzzing
import Settlement
import Signing

/// What the cases are made of: texts of each kind, changed by chance, each read by our reader.
enum ReaderCases {
    /// A seed that failed can be put here.
    private static let seed: UInt64 = 20_261_130

    /// As many inputs, each a base with changes, great or small; every base as it is comes first.
    private static func inputs(_ bases: [[UInt8]], count: Int) -> [[UInt8]] {
        let changed = (0..<count).map { round in
            var chance = Chance(seed: seed &+ UInt64(round))
            let base = chance.pick(bases)
            return round.isMultiple(of: 2) ? chance.mutated(base) : chance.touched(base)
        }
        return bases + changed
    }

    static func instants() -> [ReaderCase] {
        let bases = [
            "2026-01-10T10:22:33+08:00", "2026-01-10T10:22:33Z", "2026-01-10t10:22:33z",
            "2024-02-29T23:59:59.999Z",
            "2026-12-31T23:59:60Z", "2026-01-10T10:22:33.1234567-11:30", "2026-01-10 10:22:33Z",
            "0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-02-29T00:00:00Z",
            "2026-01-10T24:00:00Z", "2026-01-10T10:22:33+24:00", "2026-01-10T10:22:33-00:00",
            "2026-01-10T10:22:33",
            "2026-01-10T10:22Z", "2026-01-10T10:22:33+0800", "20260110T102233Z", "2026-01-10T10:22:33,5Z",
            "2026-01-10T10:22:33.Z", "2026-01-10T10:22:33Z\n", " 2026-01-10T10:22:33Z",
            "2026-13-01T00:00:00Z",
            "2026-00-10T10:22:33Z", "1969-12-31T23:59:59.9999Z", "２026-01-10T10:22:33Z",
            "2026-01-10T10:22:33+08",
        ]
        return inputs(bases.map { Array($0.utf8) }, count: 6000).map { input in
            let instant = Instant(rfc3339: input)
            return ReaderCase(
                reader: "instant", input: input, ours: instant?.milliseconds,
                reason: instant == nil ? kind(ofInstant: input) : kind(ofTakenInstant: input))
        }
    }

    static func values() throws -> [ReaderCase] {
        var bases = try texts(in: "data/vectors/json-test-suite", upTo: 300)
        bases += records.map { Array($0.utf8) }
        for depth in [64, 65] {
            bases.append(
                Array(
                    (String(repeating: "[", count: depth)
                        + String(repeating: "]", count: depth)).utf8))
        }
        return inputs(bases, count: 6000).map { input in
            do throws(Malformation) {
                let value = try JSONValue(parsing: input)
                let reason = isBeyondDouble(value) ? "taken, with a number beyond all doubles" : "taken"
                return ReaderCase(reader: "json", input: input, ours: tree(value), reason: reason)
            } catch {
                return ReaderCase(reader: "json", input: input, ours: nil, reason: "\(error.fault)")
            }
        }
    }

    static func lines() -> [ReaderCase] {
        inputs(records.map { Array($0.utf8) }, count: 6000).map { input in
            // A line has no line end in it.
            let line = input.filter { $0 != 0x0A }
            do throws(BatchRefusal) {
                let content = try BatchContent(parsing: Array((header + "\n").utf8) + line, form: .ndjson)
                // Nothing at all is a batch of no records.
                let record = content.records.first?.record
                return ReaderCase(
                    reader: "record", input: line, ours: record.map(members),
                    reason: record == nil ? "nothing" : "taken")
            } catch {
                return ReaderCase(reader: "record", input: line, ours: nil, reason: error.reason)
            }
        }
    }

    static func tables() throws -> [ReaderCase] {
        var bases = try FuzzTarget.csv.seeds().filter { $0.count < 1000 }
        bases += ["", "\n", "a,b\n\nc,d\n", "a\n\nb\n", "\"a\"\"b\",\"c\nd\"\r\ne,f\r\n", "a,b\rc,d\r"].map {
            Array($0.utf8)
        }
        return inputs(bases, count: 6000).map { input in
            do throws(CSVRefusal) {
                let rows = try CSVTable(parsing: input).rows.map(\.cells)
                return ReaderCase(reader: "csv", input: input, ours: rows, reason: "taken")
            } catch {
                return ReaderCase(
                    reader: "csv", input: input, ours: nil, reason: kind(of: error.malformation.fault))
            }
        }
    }
}

/// Where our reader gives no reason, or one with numbers in it.
extension ReaderCases {
    /// What an instant is that ours refuses, as far as there is something to say of it.
    private static func kind(ofInstant input: [UInt8]) -> String {
        guard input.count >= 20 else { return "too short" }
        if input[17...18].elementsEqual("60".utf8) { return "leap second" }
        if input[11...12].elementsEqual("24".utf8) { return "hour 24" }
        if input[10] == UInt8(ascii: " ") { return "space for T" }
        if input[4] == UInt8(ascii: "-"), input[8] == UInt8(ascii: "T") { return "day of the year" }
        if input.last == 0x0A { return "line end" }
        return input.contains { $0 >= 0x80 } ? "not ASCII" : "other"
    }

    private static func kind(ofTakenInstant input: [UInt8]) -> String {
        if input.starts(with: "0000".utf8) { return "taken, year 0" }
        if input[10] == UInt8(ascii: "t") || input.last == UInt8(ascii: "z") { return "taken, small letters" }
        return "taken"
    }

    private static func isBeyondDouble(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .boolean, .string: false
        case .number(let text): Double(text)?.isFinite != true
        case .array(let values): values.contains(where: isBeyondDouble)
        case .object(let members): members.contains { isBeyondDouble($0.value) }
        }
    }

    private static func kind(of fault: Fault) -> String {
        if case .rowWidth = fault { return "rowWidth" }
        return "\(fault)"
    }
}

/// What our readers read, as the judge takes it.
extension ReaderCases {
    static let header =
        #"{"format":"settled-batch/1","merchant":"M","batch":"b","sequence":1,"records":1,"totals":{}}"#

    static let records = [
        #"{"id":"T-1","type":"earn","member":"8012","points":120,"amount":12000,"at":"2026-01-10T10:22:33+08:00"}"#,
        #"{"id":"T-2","type":"redeem","member":"8013","points":150,"amount":0,"at":"2026-01-10T10:25:01Z","item":"m"}"#,
        #"{"id":"T-3","type":"earn_reversal","member":"8012","points":20,"at":"2026-01-10T10:25:01Z","ref":"T-1"}"#,
        #"{ "id" : "\u0054-4", "type":"redeem_reversal","member":"8013","points":50,"at":"2026-01-10T11:00:00.0069Z","#
            + #""ref":"T-2","store":"S1" }"#,
        #"{"id":"T-5","type":"opening","member":"8014","points":9,"at":"2025-06-01T00:00:00Z","expires":"2026-12-31"}"#,
        #"{"id":"T-6","type":"correction","member":"8014","points":4,"at":"2026-01-10t12:00:00z"}"#,
        #"{"id":"T-7","type":"earn","member":"8014","points":0,"at":"2026-01-10T12:00:00Z","campaign":"spring"}"#,
        "",
    ]

    private static func members(_ record: Record) -> [String: Any] {
        let texts: [String: String?] = [
            "id": record.id.text, "type": record.type.name, "member": record.member.text,
            "ref": record.ref?.text,
            "store": record.store?.text, "expires": record.expires?.description,
            "campaign": record.campaign?.text, "item": record.item?.text,
        ]
        let numbers: [String: Int64?] = [
            "points": record.points.count, "amount": record.amount?.minorUnits, "at": record.at.milliseconds,
        ]
        var members: [String: Any] = [:]
        for (name, text) in texts { members[name] = text }
        for (name, number) in numbers { members[name] = number }
        return members
    }

    /// Numbers as they were written, objects in their order.
    private static func tree(_ value: JSONValue) -> Any {
        switch value {
        case .null: NSNull()
        case .boolean(let value): value
        case .number(let text): ["number": text]
        case .string(let text): text
        case .array(let values): values.map { tree($0) }
        case .object(let members): ["object": members.map { [$0.name, tree($0.value)] as [Any] }]
        }
    }

    private static func texts(in folder: String, upTo most: Int) throws -> [[UInt8]] {
        try ["test_parsing", "test_transform"].flatMap { part in
            try SharedFolder.names(in: "\(folder)/\(part)").map {
                try SharedFolder.bytes("\(folder)/\(part)/\($0)")
            }
        }.filter { $0.count <= most }
    }
}
