public import Settlement
public import Store

/// An id under which no record stands: every one that bore it was refused alone when its batch came. Rulebook §3.
public struct RecordRefusals: Sendable {
    public let merchant: MerchantID
    public let id: RecordID
    /// The first `RecordLife.most` in the order of arrival, each with its code; at least one.
    public let refused: [RecordCopy]
    /// How many there are.
    public let count: Int
    /// Of the last of them all.
    public let code: RecordRefusalCode?
    public let schedule: Schedule

    /// Nil where nothing that bore the id was refused. Of batches that were refused whole nothing is known here.
    public init?(_ id: RecordID, of merchant: MerchantID, in store: Store) throws {
        (refused, count, code) = try store.refusals(of: id, merchant, most: RecordLife.most)
        guard !refused.isEmpty else { return nil }
        self.merchant = merchant
        self.id = id
        schedule = try store.schedule()
    }

    /// The batches that brought them, in the order of arrival.
    public var batches: [SigningBatch] {
        Dictionary(refused.map { ($0.batch.number, $0.batch) }) { first, _ in first }.values
            .sorted { $0.number < $1.number }
    }

    /// For scripts, and what merchants read over HTTP.
    public var json: String { String(decoding: bytes, as: UTF8.self) }

    var bytes: [UInt8] {
        var json = CanonicalJSON()
        json.object { json in
            json.member("merchant", merchant.text)
            json.member("id", id.text)
            json.member("state", "refused")
            json.member("code", ifPresent: code?.rawValue)
            json.member("refusals_count", Int64(count))
            json.member("refusals", array: refused) { json, refusal in
                json.object { json in
                    json.member("code", ifPresent: refusal.code?.rawValue)
                    json.member("received", refusal.batch.received.description)
                    json.member("batch", refusal.batch.batch.text)
                    json.member("line", Int64(refusal.line))
                    if let record = refusal.record {
                        json.member("record") { record.write(of: merchant, to: &$0) }
                    }
                }
            }
            json.member("batches", array: batches) { $1.write(to: &$0) }
        }
        return json.bytes
    }
}

extension ExplanationText {
    /// What was refused, when and why.
    public func lines(_ refusals: RecordRefusals) -> [String] {
        var lines = [language.say(.refusedAlone, "\(refusals.merchant)/\(refusals.id)")]
        for refusal in refusals.refused { lines += [""] + self.lines(refusal, of: refusals.merchant) }
        lines += more(refusals.count - refusals.refused.count)
        lines += [""] + Sheet.wrapped(language.say(.refusedAloneNote))
        return lines + [""] + self.lines(refusals.batches)
    }

    private func lines(_ refusal: RecordCopy, of merchant: MerchantID) -> [String] {
        let received = language.say(
            .receivedIn, time(refusal.batch.received), refusal.batch.batch.text, "\(refusal.line)")
        let reason = refusal.code.map { code in
            language.say(.refusedWith, code.rawValue) + language.colon
                + language.say(RefusalWords.meaning(of: code))
        }
        let said = refusal.record.map { lines($0, of: merchant) } ?? []
        return said + ["  " + received]
            + (reason.map { ["  " + $0] } ?? [])
    }
}
