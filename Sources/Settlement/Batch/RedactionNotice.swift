public import Signing

/// What the operator says, and seals, of bytes that members were taken out of: which were signed, and which stand in
/// their place.
public struct RedactionNotice: Hashable, Sendable {
    public static let format = "settled-redaction/1"

    /// What was redacted.
    public enum Subject: Hashable, Sendable {
        /// The bytes of a batch. `signature` is the digest of its detached JWS, as the text came: no signature holds over
        /// the bytes that stand, and this tells which held over those before.
        case batch(BatchID, signer: Signer, sequence: Int64, signature: SHA256Digest)
        /// DETAILS.csv beside the statement of a number; the period by its id.
        case statement(number: Int64, period: String)
    }

    public let alliance: AllianceID
    public let merchant: MerchantID
    public let subject: Subject
    /// Of the bytes that a signature or a statement tells of.
    public let signed: SHA256Digest
    /// Of those that stand now.
    public let redacted: SHA256Digest
    /// When members were last taken out.
    public let at: Instant

    public init(
        alliance: AllianceID, merchant: MerchantID, subject: Subject, signed: SHA256Digest,
        redacted: SHA256Digest, at: Instant
    ) {
        self.alliance = alliance
        self.merchant = merchant
        self.subject = subject
        self.signed = signed
        self.redacted = redacted
        self.at = at
    }

    /// The canonical bytes, which are signed and sealed. Rulebook §7.
    public var bytes: [UInt8] {
        var json = CanonicalJSON()
        json.object { json in
            json.member("format", Self.format)
            json.member("alliance", alliance.text)
            json.member("merchant", merchant.text)
            subject.write(to: &json)
            json.member("signed", signed.text)
            json.member("redacted", redacted.text)
            json.member("at", at.description)
        }
        return json.bytes
    }

    /// Reads a notice; nil unless the bytes are exactly the canonical ones of what they say.
    public init?(_ bytes: [UInt8]) {
        guard let json = try? JSONValue(parsing: bytes),
            let alliance = json["alliance"]?.string.flatMap({ AllianceID($0) }),
            let merchant = json["merchant"]?.string.flatMap({ MerchantID($0) }),
            let subject = Subject(json),
            let signed = json["signed"]?.string.flatMap({ SHA256Digest(text: $0) }),
            let redacted = json["redacted"]?.string.flatMap({ SHA256Digest(text: $0) }),
            let at = json["at"]?.string.flatMap({ Instant(rfc3339: $0) })
        else { return nil }
        self.init(
            alliance: alliance, merchant: merchant, subject: subject, signed: signed, redacted: redacted,
            at: at)
        guard self.bytes == bytes else { return nil }
    }
}

extension RedactionNotice.Subject {
    fileprivate func write(to json: inout CanonicalJSON) {
        switch self {
        case .batch(let batch, let signer, let sequence, let signature):
            json.member("batch") { json in
                json.member("signer", signer.rawValue)
                json.member("batch", batch.text)
                json.member("sequence", sequence)
                json.member("signature", signature.text)
            }
        case .statement(let number, let period):
            json.member("statement") { json in
                json.member("number", number)
                json.member("period", period)
            }
        }
    }

    fileprivate init?(_ json: JSONValue) {
        if let batch = json["batch"] {
            guard let id = batch["batch"]?.string.flatMap({ BatchID($0) }),
                let signer = batch["signer"]?.string.flatMap({ Signer(rawValue: $0) }),
                let sequence = batch["sequence"]?.integer,
                let signature = batch["signature"]?.string.flatMap({ SHA256Digest(text: $0) })
            else { return nil }
            self = .batch(id, signer: signer, sequence: sequence, signature: signature)
        } else {
            guard let number = json["statement"]?["number"]?.integer,
                let period = json["statement"]?["period"]?.string
            else { return nil }
            self = .statement(number: number, period: period)
        }
    }
}
