import Fixtures
import Settlement
import Testing

/// Random batches in random spellings, redacted: what is read then is what was read, with other members; and the bytes
/// are those that the same spelling with other members has.
@Suite("The redaction of random batches")
struct RandomRedactionTests {
    @Test(
        "Redacted and then read is read and then redacted", arguments: BatchForm.allCases)
    func random(form: BatchForm) throws {
        var redactedBatches = 0
        for seed in UInt64(0)..<300 {
            var spelling = Spelling(seed: seed)
            let batch = spelling.batch(form)
            let found = try BatchRedaction.redacted(Array(batch.before.utf8), form: form) { member in
                Spelling.forgotten[String(decoding: member, as: UTF8.self)].map { MemberID(verified: $0) }
            }
            guard let found else {
                #expect(batch.forgotten == 0, "seed \(seed)\n\(batch.before)")
                continue
            }
            redactedBatches += 1
            let redacted = String(decoding: found.bytes, as: UTF8.self)
            #expect(
                redacted == batch.after && found.lines == batch.forgotten, "seed \(seed)\n\(batch.before)")
            let before = try BatchContent(parsing: Array(batch.before.utf8), form: form)
            let after = try BatchContent(parsing: found.bytes, form: form)
            #expect(before.header == after.header, "seed \(seed)")
            #expect(after.records == before.records.map(Self.renamed), "seed \(seed)\n\(batch.before)")
        }
        #expect(redactedBatches > 150)
    }

    private static func renamed(_ record: BatchRecord) -> BatchRecord {
        let old = record.record
        let member = Spelling.forgotten[old.member.text].map { MemberID(verified: $0) } ?? old.member
        return BatchRecord(
            line: record.line,
            record: Record(
                id: old.id, type: old.type, member: member, points: old.points, amount: old.amount,
                at: old.at,
                ref: old.ref, store: old.store, expires: old.expires, campaign: old.campaign, item: old.item))
    }
}

/// Writes batches that nobody writes twice alike, together with what they are to become.
private struct Spelling {
    private var numbers: SeededNumbers

    init(seed: UInt64) { numbers = SeededNumbers(seed: seed) }

    static let forgotten = ["8012": "forgotten-1", "m/3": "forgotten-3", "z": "forgotten-26"]
    private static let members = ["8012", "m/3", "z", "8013", "80", "m", "y", "forgotten-1", "m/33"]

    struct Batch {
        var before = ""
        var after = ""
        /// Records of members who are to be forgotten.
        var forgotten = 0

        mutating func append(_ text: String) {
            before += text
            after += text
        }
    }

    mutating func batch(_ form: BatchForm) -> Batch {
        let count = Int.random(in: 0...12, using: &numbers)
        return form == .csv ? csv(count) : ndjson(count)
    }

    private mutating func isChosen(_ one: Int, of all: Int) -> Bool {
        Int.random(in: 0..<all, using: &numbers) < one
    }

    private mutating func member() -> String { Self.members.randomElement(using: &numbers) ?? "z" }

    /// Fields but the member, whose texts may be those of members.
    private mutating func otherFields() -> [(name: String, value: String, isNumber: Bool)] {
        var fields: [(name: String, value: String, isNumber: Bool)] = [
            ("id", isChosen(1, of: 2) ? member() : "R-1", false), ("type", "earn", false),
            ("points", "1", true),
            ("at", "2026-01-10T00:00:00Z", false),
        ]
        if isChosen(1, of: 2) { fields.append(("store", member(), false)) }
        if isChosen(1, of: 3) { fields.append(("amount", "80", true)) }
        return fields
    }

    private mutating func ndjson(_ count: Int) -> Batch {
        var batch = Batch()
        batch.append(
            #"{"format":"settled-batch/1","merchant":"M","batch":"z","sequence":1,"records":\#(count),"#
                + #""totals":{"earn":\#(count)}}"#)
        for _ in 0..<count {
            batch.append(isChosen(1, of: 4) ? "\r\n" : "\n")
            let member = member()
            var pairs = otherFields().map { field in
                let pair =
                    quoted(field.name) + blank() + ":" + blank()
                    + (field.isNumber ? field.value : quoted(field.value))
                return (pair, pair)
            }
            let (name, value) = (quoted("member") + blank() + ":" + blank(), quoted(member))
            pairs.append((name + value, name + (Self.forgotten[member].map { "\"\($0)\"" } ?? value)))
            pairs.shuffle(using: &numbers)
            let comma = blank() + "," + blank()
            batch.before += "{" + pairs.map(\.0).joined(separator: comma) + "}"
            batch.after += "{" + pairs.map(\.1).joined(separator: comma) + "}"
            batch.forgotten += Self.forgotten[member] == nil ? 0 : 1
        }
        if isChosen(1, of: 2) { batch.append("\n") }
        return batch
    }

    private mutating func blank() -> String { isChosen(1, of: 8) ? " " : "" }

    /// A text of JSON, at times with escapes.
    private mutating func quoted(_ text: String) -> String {
        guard isChosen(1, of: 3) else { return "\"\(text)\"" }
        let pieces = text.unicodeScalars.map { scalar in
            guard isChosen(1, of: 2) else { return String(scalar) }
            let digits = String(scalar.value, radix: 16, uppercase: isChosen(1, of: 2))
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        return "\"" + pieces.joined() + "\""
    }

    private mutating func csv(_ count: Int) -> Batch {
        var batch = Batch()
        if isChosen(1, of: 4) { batch.append("\u{FEFF}") }
        batch.append("settled-batch/1,merchant=M,batch=z,sequence=1,records=\(count),totals.earn=\(count)\n")
        let columns = ["id", "type", "member", "points", "amount", "at", "store"].shuffled(using: &numbers)
        batch.append(columns.joined(separator: ","))
        for _ in 0..<count {
            batch.append(isChosen(1, of: 4) ? "\r\n" : "\n")
            let member = member()
            let fields = otherFields()
            for (place, column) in columns.enumerated() {
                if place > 0 { batch.append(",") }
                let quote = isChosen(1, of: 4) ? "\"" : ""
                if column == "member" {
                    batch.before += quote + member + quote
                    batch.after += quote + (Self.forgotten[member] ?? member) + quote
                } else {
                    batch.append(quote + (fields.first { $0.name == column }?.value ?? "") + quote)
                }
            }
            batch.forgotten += Self.forgotten[member] == nil ? 0 : 1
        }
        if isChosen(1, of: 2) { batch.append("\n") }
        return batch
    }
}
