import Settlement
public import Store

extension RecordLife {
    /// For scripts, and what merchants read over HTTP.
    public var json: String { String(decoding: bytes, as: UTF8.self) }

    var bytes: [UInt8] {
        var json = CanonicalJSON()
        json.object { json in
            origin.record.write(of: origin.merchant, to: &json)
            json.member("received", origin.batch.received.description)
            json.member("batch", origin.batch.batch.text)
            json.member("line", Int64(origin.line))
            json.name("late")
            json.boolean(origin.late)
            json.member("period", calendar.period(origin.period).id)
            json.member("state", standing.state.word)
            json.member("code", ifPresent: standing.state.code)
            json.member("copies_count", Int64(copiesCount))
            json.member("copies", array: copies) { json, copy in
                json.object { json in
                    json.member("batch", copy.batch.batch.text)
                    json.member("line", Int64(copy.line))
                    json.member("received", copy.batch.received.description)
                    json.member("code", ifPresent: copy.code?.rawValue)
                    if let other = copy.content(besides: origin) {
                        json.member("record") { other.write(of: origin.merchant, to: &$0) }
                    }
                }
            }
            json.member("chapters", array: chapters) { write($1, to: &$0) }
            json.member("debts_count", Int64(debtsCount))
            json.member("debts", array: debts) { $1.write(to: &$0, origins) }
            json.member("paid_count", Int64(paidCount))
            json.member("paid", array: paid) { json, paid in
                json.object { json in
                    json.member("issuer", paid.issuer.text)
                    paid.payment.writeMembers(to: &json, origins)
                    json.member("reversal") { paid.reversal.write(to: &$0, origins) }
                }
            }
            json.member("batches", array: batches) { $1.write(to: &$0) }
        }
        return json.bytes
    }

    /// The batches that brought it, its copies, and the records that had to do with it, in the order of
    /// arrival.
    public var batches: [SigningBatch] {
        let all = [origin.batch] + copies.map(\.batch) + origins.values.map(\.batch)
        return Dictionary(all.map { ($0.number, $0) }) { first, _ in first }.values
            .sorted { $0.number < $1.number }
    }

    private func write(_ chapter: Chapter, to json: inout CanonicalJSON) {
        json.object { json in
            json.member("period", chapter.period.id)
            if let outcome = chapter.outcome {
                json.member("state", outcome.word)
                json.member("code", ifPresent: outcome.code)
                json.member("effective", ifPresent: chapter.effective?.description)
                json.member("attempts", Int64(chapter.attempts))
            }
            json.member("movements_count", Int64(chapter.movementsCount))
            json.member("movements", array: chapter.movements) { $1.write(to: &$0, origins) }
            json.member("reversals_count", Int64(chapter.reversalsCount))
            json.member("reversals", array: chapter.reversals) { json, reversal in
                json.object { json in
                    reversal.record.write(to: &json, origins)
                    json.member("state", reversal.outcome.word)
                    json.member("code", ifPresent: reversal.outcome.code)
                }
            }
            if let lot = chapter.lot {
                json.member("lot") { json in
                    json.member("open", lot.open.count)
                    json.member("expired", lot.expired.count)
                    json.member("reversed", lot.reversed.count)
                }
            }
        }
    }
}

extension Settlement.Record {
    /// The members of an object, the merchant that reported it first.
    func write(of merchant: MerchantID, to json: inout CanonicalJSON) {
        json.member("merchant", merchant.text)
        writeMembers(to: &json, naming: member)
    }

    /// What a batch says of it; its member only where that is not said of all.
    func writeMembers(to json: inout CanonicalJSON, naming member: MemberID? = nil) {
        json.member("id", id.text)
        json.member("type", type.name)
        json.member("member", ifPresent: member?.text)
        json.member("points", points.count)
        json.member("amount", ifPresent: amount?.minorUnits)
        json.member("at", at.description)
        json.member("ref", ifPresent: ref?.text)
        json.member("store", ifPresent: store?.text)
        json.member("expires", ifPresent: expires?.description)
        json.member("campaign", ifPresent: campaign?.text)
        json.member("item", ifPresent: item?.text)
    }
}

extension ExplainedDebt {
    func write(to json: inout CanonicalJSON, _ origins: [RecordNumber: RecordOrigin]) {
        json.object { json in
            json.member("issuer", issuer.text)
            json.member("owed", owed.count)
            json.member("at_first", points.count)
            json.member("period", period.id)
            json.member("reversal") { reversal.write(to: &$0, origins) }
            json.member("lot") { lot.write(to: &$0, origins) }
            json.member("payments_count", Int64(paymentsCount))
            json.member("payments", array: payments) { json, payment in
                json.object { payment.writeMembers(to: &$0, origins) }
            }
        }
    }
}

extension ExplainedDebt.Payment {
    func writeMembers(to json: inout CanonicalJSON, _ origins: [RecordNumber: RecordOrigin]) {
        json.member("period", period.id)
        json.member("points", points.count)
        json.name("taken")
        json.boolean(isTaken)
        json.member("lot") { lot.write(to: &$0, origins) }
        json.member("cause") { cause.write(to: &$0, origins) }
    }
}

extension Outcome {
    var word: String {
        switch self {
        case .settled, .shortfall: "settled"
        case .pending: "pending"
        case .refused: "refused"
        }
    }

    var code: String? {
        switch self {
        case .settled: nil
        case .shortfall(let missing): "shortfall of \(missing.count)"
        case .pending(let code), .refused(let code): code.rawValue
        }
    }
}

extension RecordState {
    var word: String {
        switch self {
        case .open: "open"
        case .settled: "settled"
        case .pending: "pending"
        case .refused: "refused"
        }
    }

    var code: String? {
        switch self {
        case .open, .settled: nil
        case .pending(let code), .refused(let code, _): code.rawValue
        }
    }
}
