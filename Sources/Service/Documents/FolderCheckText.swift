import Settlement
import Signing

extension FolderCheck {
    /// A line a document, then what is wrong between them, and the sum of it.
    public var lines: [String] {
        var lines: [String] = []
        for document in documents {
            lines.append(
                "\(document.word)  \(document.path): \(document.check?.title ?? document.problem ?? "")")
            guard let check = document.check else { continue }
            for verdict in check.verdicts
            where verdict.note != nil || (!check.isGood && verdict.outcome != .valid) {
                lines.append("  " + verdict.line)
            }
        }
        for link in links where link.outcome != .good {
            lines.append(
                "\(link.outcome == .wrong ? "WRONG" : "note ")  chain of \(link.owner): \(link.reason)")
        }
        let (good, held) = (documents.count { $0.isGood }, links.count { $0.outcome == .good })
        lines.append(
            "\(good) of \(documents.count) documents are good, \(held) \(held == 1 ? "link holds" : "links hold")"
                + (links.contains { $0.outcome == .wrong }
                    ? ", \(links.count { $0.outcome == .wrong }) do not" : ""))
        return lines + [isGood ? "good" : "WRONG"]
    }

    public var json: String {
        var json = CanonicalJSON()
        json.object { object in
            object.name("good")
            object.boolean(isGood)
            object.member("documents", array: documents) { json, document in
                json.object { object in
                    object.member("path", document.path)
                    object.member("title", ifPresent: document.check?.title)
                    object.member("digest", ifPresent: document.check?.digest.text)
                    object.name("good")
                    object.boolean(document.isGood)
                    object.member("problem", ifPresent: document.problem)
                    object.member("verdicts", array: document.check?.verdicts ?? []) { json, verdict in
                        verdict.write(to: &json)
                    }
                }
            }
            object.member("links", array: links) { json, link in
                json.object { object in
                    object.member("owner", link.owner)
                    object.member("outcome", link.outcome.rawValue)
                    object.member("reason", link.reason)
                }
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

extension FolderCheck.Document {
    fileprivate var word: String {
        isGood ? "good " : check.map { $0.isWrong } == false ? "not checked" : "WRONG"
    }
}
