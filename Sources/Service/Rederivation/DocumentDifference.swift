import Settlement

/// The first place at which two documents differ: a member's path, or a byte where one of them is no JSON.
struct DocumentDifference: Hashable {
    /// `lines[2].amount`.
    let path: String
    /// Nil: it is not there.
    let derived: String?
    let stored: String?

    /// Nil where both are the same bytes.
    init?(derived: [UInt8], stored: [UInt8]) {
        guard derived != stored else { return nil }
        if let one = try? JSONValue(parsing: derived), let other = try? JSONValue(parsing: stored),
            let found = Self.first(one, other, path: "")
        {
            self = found
            return
        }
        let place = firstDifference(derived, stored)
        self.init(
            path: "byte \(place + 1)", derived: Self.excerpt(derived, at: place),
            stored: Self.excerpt(stored, at: place))
    }

    private init(path: String, derived: String?, stored: String?) {
        self.path = path
        self.derived = derived
        self.stored = stored
    }

    func finding(_ place: String) -> RederivationReport.Finding {
        .init(
            place, "`\(path)` is not what comes of the history", derived: derived ?? "nothing",
            stored: stored ?? "nothing")
    }

    private static func first(_ derived: JSONValue, _ stored: JSONValue, path: String) -> DocumentDifference?
    {
        switch (derived, stored) {
        case (.object(let ours), .object(let theirs)):
            for place in 0..<max(ours.count, theirs.count) {
                guard place < ours.count, place < theirs.count, ours[place].name == theirs[place].name else {
                    let name = place < ours.count ? ours[place].name : theirs[place].name
                    return DocumentDifference(
                        path: joined(path, name), derived: place < ours.count ? text(ours[place].value) : nil,
                        stored: theirs.first { $0.name == name }.map { text($0.value) })
                }
                let name = joined(path, ours[place].name)
                if let found = first(ours[place].value, theirs[place].value, path: name) { return found }
            }
            return nil
        case (.array(let ours), .array(let theirs)):
            for place in 0..<max(ours.count, theirs.count) {
                let name = "\(path)[\(place)]"
                guard place < ours.count, place < theirs.count else {
                    return DocumentDifference(
                        path: name, derived: place < ours.count ? text(ours[place]) : nil,
                        stored: place < theirs.count ? text(theirs[place]) : nil)
                }
                if let found = first(ours[place], theirs[place], path: name) { return found }
            }
            return nil
        default:
            let (one, other) = (text(derived), text(stored))
            return one == other ? nil : DocumentDifference(path: path, derived: one, stored: other)
        }
    }

    private static func joined(_ path: String, _ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }

    /// A value in short.
    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .number(let text): text
        case .string(let text): "\"\(text)\""
        case .array(let values): "[" + values.map(text).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { "\"\($0.name)\":\(text($0.value))" }.joined(separator: ",") + "}"
        }
    }

    private static func excerpt(_ bytes: [UInt8], at place: Int) -> String {
        String(decoding: bytes.dropFirst(max(0, place - 20)).prefix(60), as: UTF8.self)
    }
}

/// The first place at which two sequences of bytes differ; where one is the other's beginning, its end.
func firstDifference(_ one: [UInt8], _ other: [UInt8]) -> Int {
    zip(one, other).enumerated().first { $1.0 != $1.1 }?.offset ?? min(one.count, other.count)
}
