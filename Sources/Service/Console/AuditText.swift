import Settlement
import Signing
public import Store

/// The audit, for people and for scripts.
public enum AuditText {
    /// Aligned columns, in the order given.
    public static func text(_ entries: [AuditEntry]) -> String {
        var table = TextTable(
            .left("at"), .left("act"), .left("merchant"), .left("key"), .left("code"), .right("line"),
            .left("reason"))
        for entry in entries {
            table.add(
                entry.at.text(offsetSeconds: 0, milliseconds: true), entry.act.rawValue,
                entry.merchant?.text ?? "", PlainText.of(entry.keyID ?? ""), entry.code ?? "",
                entry.line.map { "\($0)" } ?? "", PlainText.of(entry.reason ?? ""))
        }
        return entries.isEmpty ? "" : table.lines.map { $0 + "\n" }.joined()
    }

    /// One JSON object a line; what is absent is left out.
    public static func json(_ entries: [AuditEntry]) -> String {
        entries.map { entry in
            var json = CanonicalJSON()
            json.object { object in
                object.member("at", entry.at.text(offsetSeconds: 0, milliseconds: true))
                object.member("act", entry.act.rawValue)
                object.member("merchant", ifPresent: entry.merchant?.text)
                object.member("key", ifPresent: entry.keyID)
                object.member("code", ifPresent: entry.code)
                object.member("line", ifPresent: entry.line.map(Int64.init))
                object.member("digest", ifPresent: entry.digest)
                object.member("reason", ifPresent: entry.reason)
            }
            return String(decoding: json.bytes, as: UTF8.self) + "\n"
        }.joined()
    }
}
