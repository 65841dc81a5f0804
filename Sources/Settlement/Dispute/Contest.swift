import Signing

/// What a merchant contests, as it wrote it: an object of JSON with `alliance`, `at`, `reference`, either `period` and
/// `line` or `record`, and `reason`.
public struct Contest: Hashable, Sendable {
    public enum Subject: Hashable, Sendable {
        /// A line of the statement of a period, by its id; lines count from 1.
        case line(Int, period: String)
        case record(RecordID)
    }

    /// Whose member the merchant contests it as.
    public let alliance: AllianceID
    /// When it was signed.
    public let at: Instant
    /// The merchant's own, for ever.
    public let reference: ContestReference
    public let subject: Subject
    /// 1 … 1000 bytes of printable text.
    public let reason: String

    /// The most bytes that one has.
    public static let mostBytes = 8 << 10
    /// So long after it was signed it opens a dispute, the leeway added: 5 minutes, as a token is good for.
    public static let freshMilliseconds = ReadingToken.longestMilliseconds

    public init(
        alliance: AllianceID, at instant: Instant, reference: ContestReference, subject: Subject,
        reason: String
    ) {
        self.alliance = alliance
        at = instant
        self.reference = reference
        self.subject = subject
        self.reason = reason
    }

    /// Reads it, strictly. Throws `contest_too_large`, `contest_malformed` with the member that is wrong.
    public init(parsing bytes: [UInt8]) throws(ContestRefusal) {
        guard bytes.count <= Self.mostBytes else { throw Self.tooLarge(found: "\(bytes.count) bytes") }
        let members = try ContestMembers(bytes)
        alliance = try members.text("alliance", Self.identifier) { AllianceID($0) }
        at = try members.text("at", "an instant with its offset, as 2026-11-01T10:22:33+08:00") { text in
            Instant(rfc3339: text).flatMap { $0.isWithinBounds ? $0 : nil }
        }
        reference = try members.text("reference", Self.identifier) { ContestReference($0) }
        subject = try members.subject()
        reason = try members.text("reason", "1 … 1000 bytes of printable text on one line") { text in
            PrintableText.accepts(text, bytes: 1...1_000) ? text : nil
        }
    }

    /// The refusal of one that is too large to be read at all.
    public static func tooLarge(found: String) -> ContestRefusal {
        ContestRefusal(.tooLarge, expected: "at most \(mostBytes) bytes", found: found)
    }

    /// What a merchant signs and sends.
    public var bytes: [UInt8] {
        var json = CanonicalJSON()
        json.object { json in
            json.member("alliance", alliance.text)
            json.member("at", at.description)
            json.member("reference", reference.text)
            switch subject {
            case .line(let line, let period):
                json.member("period", period)
                json.member("line", Int64(line))
            case .record(let id): json.member("record", id.text)
            }
            json.member("reason", reason)
        }
        return json.bytes
    }

    /// Whether it says the same, whenever it was signed.
    public func saysTheSame(as other: Contest) -> Bool {
        alliance == other.alliance && reference == other.reference && subject == other.subject
            && reason.utf8.elementsEqual(other.reason.utf8)
    }

    /// Whether it may open a dispute of an alliance when it is received. Throws `contest_alliance`, `contest_early` and
    /// `contest_expired`.
    public func check(for alliance: AllianceID, received: Instant) throws(ContestRefusal) {
        guard self.alliance == alliance else {
            throw ContestRefusal(
                .alliance, field: "alliance", expected: alliance.text, found: self.alliance.text)
        }
        let latest = received.advanced(byMilliseconds: ReadingToken.leewayMilliseconds)
        guard at <= latest else {
            throw ContestRefusal(
                .early, field: "at", reason: "it was signed later than it is now: is the clock right?",
                expected: "at most \(latest)", found: "\(at)")
        }
        let earliest = received.advanced(
            byMilliseconds: -Self.freshMilliseconds - ReadingToken.leewayMilliseconds)
        guard at >= earliest else {
            throw ContestRefusal(
                .expired, field: "at",
                reason: "it was signed too long ago: sign it again, and send it at once",
                expected: "at least \(earliest)", found: "\(at)")
        }
    }

    fileprivate static let identifier =
        "1 to 64 printable ASCII characters without space, quote, backslash and comma"
}

/// The members of a contest, by name.
private struct ContestMembers {
    private static let names = ["alliance", "at", "reference", "period", "line", "record", "reason"]
    private static let forms = "alliance, at, reference, period and line or record, and reason"

    private let value: JSONValue

    init(_ bytes: [UInt8]) throws(ContestRefusal) {
        do throws(Malformation) { value = try JSONValue(parsing: bytes) } catch {
            throw Self.refusal(of: error, in: bytes)
        }
        guard let given = value.names else { throw Self.malformed(nil, "a JSON object", value.told) }
        let other = given.first { name in !Self.names.contains { $0.utf8.elementsEqual(name.utf8) } }
        if let other {
            throw Self.malformed(PlainText.excerpt(other), "only \(Self.forms)", "another member")
        }
    }

    func text<Value>(
        _ name: String, _ expected: String, _ read: (String) -> Value?
    ) throws(ContestRefusal) -> Value {
        let member = try given(name, expected)
        guard let value = member.string.flatMap(read) else {
            throw Self.malformed(name, expected, member.told)
        }
        return value
    }

    func subject() throws(ContestRefusal) -> Contest.Subject {
        if let record = value["record"] {
            for name in ["period", "line"] where value[name] != nil {
                throw Self.malformed(name, "either a record, or a period and a line", "both")
            }
            guard let id = record.string.flatMap({ RecordID($0) }) else {
                throw Self.malformed("record", Contest.identifier, record.told)
            }
            return .record(id)
        }
        let period = try text("period", "the id of a period, as 2026-11") { text in
            (1...64).contains(text.utf8.count) ? text : nil
        }
        let expected = "an integer of 1 to 1000000, without quotes"
        let line = try given("line", expected)
        guard let number = line.integer, (1...1_000_000).contains(number) else {
            throw Self.malformed("line", expected, line.told)
        }
        return .line(Int(number), period: period)
    }

    private func given(_ name: String, _ expected: String) throws(ContestRefusal) -> JSONValue {
        guard let member = value[name] else { throw Self.malformed(name, expected, "nothing") }
        return member
    }

    private static func malformed(
        _ field: String?, _ expected: String, _ found: String
    ) -> ContestRefusal { ContestRefusal(.malformed, field: field, expected: expected, found: found) }

    private static func refusal(of malformation: Malformation, in bytes: [UInt8]) -> ContestRefusal {
        let found = bytes.withUnsafeBufferPointer { buffer -> String? in
            guard let base = buffer.baseAddress else { return "nothing" }
            return malformation.found(in: ByteView(base: base, count: buffer.count))
        }
        let isEarly = malformation.fault == .ended
        return ContestRefusal(
            .malformed, field: repeated(malformation, bytes),
            reason: "byte \(malformation.offset + 1): \(malformation.reason)",
            expected: isEarly ? "a whole JSON object" : malformation.fault.expected,
            found: found ?? "something else")
    }

    /// The name that stands twice, where it is one of those that are known.
    private static func repeated(_ malformation: Malformation, _ bytes: [UInt8]) -> String? {
        guard malformation.fault == .repeatedMember else { return nil }
        return names.first { bytes[malformation.offset...].starts(with: Array("\"\($0)\"".utf8)) }
    }
}
