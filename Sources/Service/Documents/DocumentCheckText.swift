import Settlement
import Signing

/// A check's result, for people and for scripts.
extension DocumentCheck {
    /// What it is, a line a verdict, and the sum of it.
    public var lines: [String] {
        [title, "digest \(digest.text)"]
            + verdicts.map(\.line)
            + [isGood ? "good" : isWrong ? "WRONG" : "not checked: no key at hand fits"]
    }

    /// `title`, `digest`, `good` and `verdicts` of `what`, `key`, `outcome`, `reason` and `note`.
    public var json: String {
        var json = CanonicalJSON()
        json.object { object in
            object.member("title", title)
            object.member("digest", digest.text)
            object.name("good")
            object.boolean(isGood)
            object.member("verdicts", array: verdicts) { json, verdict in
                verdict.write(to: &json)
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

extension DocumentCheck.Verdict {
    /// It in one line.
    var line: String {
        "\(what)\(keyID.map { " by \($0)" } ?? ""): \(outcome.text)\(note.map { ", \($0)" } ?? "")"
    }

    func write(to json: inout CanonicalJSON) {
        json.object { object in
            object.member("what", what)
            object.member("key", ifPresent: keyID)
            object.member("outcome", outcome.word)
            object.member("reason", ifPresent: outcome.reason)
            object.member("note", ifPresent: note)
        }
    }
}

extension DocumentCheck.Verdict.Outcome {
    var word: String {
        switch self {
        case .valid: "valid"
        case .wrong: "wrong"
        case .unchecked: "unchecked"
        }
    }

    var reason: String? {
        switch self {
        case .valid: nil
        case .wrong(let reason), .unchecked(let reason): reason
        }
    }

    var text: String {
        switch self {
        case .valid: "valid"
        case .wrong(let reason): "WRONG, \(reason)"
        case .unchecked(let reason): "not checked, \(reason)"
        }
    }
}
