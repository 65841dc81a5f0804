public import Settlement
public import Signing

/// What `settled check` does: everything about a batch that can be told before it is sent.
public struct FileCheck: Sendable {
    public let path: String
    public let form: BatchForm
    public let digest: SHA256Digest
    public let header: BatchHeader?
    /// By line; what concerns the whole file first.
    public let findings: [BatchCheck.Finding]

    /// Whether the daemon would take all of it.
    public var isGood: Bool { !findings.contains(where: \.isRefused) }

    /// Reads the file and, if one is beside it, its signature, which is checked when `key` is there. `isOperator`:
    /// the operator will sign it. The limits are those of the daemon that it will be sent to.
    public init(
        _ path: String, alliance: Alliance, key: SigningKey?, isOperator: Bool,
        limitBytes: Int = Intake.standardBytes, limitRecords: Int = Intake.standardRecords, now: Instant
    ) throws {
        let bytes = try WholeFile.read(path)
        self.path = path
        form = Submission.form(of: path, bytes)
        digest = SHA256Digest(of: bytes)
        let zone = try ZoneInfo.rules(of: alliance.timezone)
        let check = BatchCheck(
            bytes, form: form, limit: limitBytes, mostRecords: limitRecords,
            setting: BatchCheck.Setting(
                schedule: Schedule(alliance: alliance, zone: zone), received: now,
                signer: isOperator ? .operator : key.flatMap { Self.owner(of: $0.id) }))
        header = check.header
        findings = try Self.signatureFindings(path + ".jws", bytes, key) + check.findings
    }

    /// Whose a derived key is; of a key with an id of its owner's choice nothing is known.
    private static func owner(of keyID: String) -> BatchCheck.Setting.Owner? {
        let parts = keyID.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2, parts[0] == "operator" { return .operator }
        guard parts.count == 3, parts[0] == "batch" else { return nil }
        return MerchantID(parts[1]).map { .merchant($0) }
    }

    private static func signatureFindings(
        _ path: String, _ bytes: [UInt8], _ key: SigningKey?
    ) throws(Failure) -> [BatchCheck.Finding] {
        guard WholeFile.exists(path) else { return [] }
        let text = String(decoding: try WholeFile.read(path, limit: 1 << 16), as: UTF8.self)
        func finding(_ code: BatchRefusalCode, _ reason: String) -> [BatchCheck.Finding] {
            [BatchCheck.Finding(code.rawValue, reason: "\(path): \(reason)")]
        }
        let signature: DetachedJWS
        do {
            signature = try DetachedJWS(
                parsing: String(text.split(whereSeparator: \.isWhitespace).first ?? ""))
        } catch {
            return finding(.signatureMalformed, "\(error)")
        }
        guard let key else { return [] }
        guard signature.keyID == key.id else {
            return finding(.keyUnknown, "it names the key \(signature.keyID), expected \(key.id)")
        }
        do { try signature.verify(payload: bytes, key: key.verification) } catch {
            return finding(.signatureInvalid, "\(error)")
        }
        return []
    }
}

extension FileCheck {
    /// One line a finding, `FILE:LINE: code: reason`, and the sum of it.
    public var lines: [String] {
        let listed = findings.map { finding in
            let place = path + (finding.line.map { ":\($0)" } ?? "")
            let what = [finding.id?.text, finding.field].compactMap { $0 }.map { " (\($0))" }.joined()
            return "\(place): \(finding.code)\(what): \(finding.reason)"
        }
        let refused = findings.count(where: \.isRefused)
        let sum =
            header.map {
                "batch \($0.batch) of \($0.merchant), sequence \($0.sequence), \($0.records) records: "
            }
            ?? "\(path): "
        return listed + [
            sum + (isGood ? "nothing to refuse" : "the daemon would refuse \(refused) of these")
        ]
    }

    /// The same as a JSON object.
    public var json: String {
        var json = CanonicalJSON()
        json.object { object in
            object.member("file", path)
            object.member("form", form.rawValue)
            object.member("digest", digest.text)
            object.member("merchant", ifPresent: header?.merchant.text)
            object.member("batch", ifPresent: header?.batch.text)
            object.member("sequence", ifPresent: header?.sequence)
            object.member("records", ifPresent: header?.records)
            object.name("good")
            object.boolean(isGood)
            object.member("findings", array: findings) { json, finding in
                json.object { object in
                    object.member("line", ifPresent: finding.line.map(Int64.init))
                    object.member("field", ifPresent: finding.field)
                    object.member("id", ifPresent: finding.id?.text)
                    object.member("code", finding.code)
                    object.member("reason", finding.reason)
                    object.name("refused")
                    object.boolean(finding.isRefused)
                }
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
