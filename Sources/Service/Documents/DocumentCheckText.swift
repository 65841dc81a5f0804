import Settlement
import Signing

/// A check's result, for people and for scripts.
extension DocumentCheck {
    /// What it is, a line a verdict, and the sum of it.
    public var lines: [String] {
        [title, "digest \(digest.text)"]
            + verdicts.map { verdict in
                let by = verdict.keyID.map { " by \($0)" } ?? ""
                return "\(verdict.what)\(by): \(verdict.outcome.text)"
            } + [isGood ? "good" : isWrong ? "WRONG" : "not checked: no key at hand fits"]
    }

    /// `title`, `digest`, `good` and `verdicts` of `what`, `key`, `outcome` and `reason`.
    public var json: String {
        var json = CanonicalJSON()
        json.object { object in
            object.member("title", title)
            object.member("digest", digest.text)
            object.name("good")
            object.boolean(isGood)
            object.member("verdicts", array: verdicts) { json, verdict in
                json.object { object in
                    object.member("what", verdict.what)
                    object.member("key", ifPresent: verdict.keyID)
                    object.member("outcome", verdict.outcome.word)
                    object.member("reason", ifPresent: verdict.outcome.reason)
                }
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
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
