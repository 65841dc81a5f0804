import Settlement
import Signing
import Store

extension LineExplanation {
    /// For scripts, and what merchants read over HTTP.
    public var json: String { String(decoding: bytes, as: UTF8.self) }

    var bytes: [UInt8] {
        var json = CanonicalJSON()
        json.object { json in
            json.member("merchant", merchant.text)
            json.member("period", period.id)
            json.member("line") { json in
                json.member("number", Int64(number))
                json.member("kind", line.kind)
                json.member("counterparty", ifPresent: line.counterparty)
                json.member("price", ifPresent: line.price)
                json.member("rate", ifPresent: line.rate)
                json.member("reference", ifPresent: line.reference)
                json.member("points", ifPresent: line.points)
                json.member("amount", line.amount)
            }
            write(basis, to: &json)
            json.member("rounded", rounded)
        }
        return json.bytes
    }

    private func write(_ basis: Basis, to json: inout CanonicalJSON) {
        switch basis {
        case .movements(let movements):
            movements.write(to: &json)
            json.member("exact", movements.exact.description)
        case .rate(let numbers, let base, let exact, let terms):
            json.member("lines", array: numbers) { $0.integer(Int64($1)) }
            json.member("base", base)
            json.member("terms", terms.description)
            json.member("exact", exact.description)
        case .fee(let terms): json.member("terms", terms.description)
        case .booking(let stored):
            json.member("booking") { json in
                json.member("reference", stored.booking.reference.text)
                json.member("date", stored.booking.date.description)
                json.member("booked", stored.booked.description)
                json.member("reason", stored.booking.reason)
                json.member("undoes", ifPresent: stored.booking.undoes?.text)
            }
        }
    }
}

extension ExplainedMovements {
    /// The members of an object: counts, those movements that were asked for, and their batches.
    func write(to json: inout CanonicalJSON) {
        json.member("count", count)
        json.member("points", points)
        json.member("movements", array: movements) { $1.write(to: &$0, origins) }
        json.member("batches", array: batches) { $1.write(to: &$0) }
    }
}

extension ExplainedMovement {
    func write(to json: inout CanonicalJSON, _ origins: [RecordNumber: RecordOrigin]) {
        json.object { json in
            json.member("kind", kind.rawValue)
            json.member("member", member.text)
            json.member("points", points.count)
            json.member("exact", ifPresent: exact?.description)
            json.member("priced", ifPresent: priced?.description)
            if !lines.isEmpty { json.member("lines", array: lines) { $1.write(to: &$0) } }
            if let cause { json.member("cause") { cause.write(to: &$0, origins) } }
            json.member("lot") { json in
                lot.write(to: &json, origins)
                json.member("issuer", issuer.text)
                json.member("price", ifPresent: terms?.issuePrice.description)
                json.member("funding", ifPresent: terms?.funding.rawValue)
                json.member("expires", ifPresent: terms?.expiresAt?.description)
            }
            json.member("redeemer", ifPresent: redeemer?.text)
            if let reversed { json.member("reversed") { reversed.write(to: &$0, origins) } }
        }
    }
}

extension ExplainedLine {
    func write(to json: inout CanonicalJSON) {
        json.object { json in
            json.member("merchant", merchant.text)
            json.member("kind", key.kind.name)
            json.member("counterparty", ifPresent: key.counterparty?.text)
            json.member("price", ifPresent: key.price?.description)
            json.member("rate", ifPresent: key.rate?.description)
            json.member("reference", ifPresent: key.reference)
            json.member("exact", exact.description)
            json.member("priced", priced.description)
        }
    }
}

extension RecordMention {
    /// The members of an object; batch and line where they may be told.
    func write(to json: inout CanonicalJSON, _ origins: [RecordNumber: RecordOrigin]) {
        json.member("merchant", merchant.text)
        json.member("id", id.text)
        json.member("type", ifPresent: type?.name)
        json.member("points", ifPresent: points?.count)
        json.member("at", ifPresent: at?.description)
        json.member("effective", ifPresent: effective?.description)
        guard let origin = number.flatMap({ origins[$0] }) else { return }
        json.member("batch", origin.batch.batch.text)
        json.member("line", Int64(origin.line))
    }
}

extension SigningBatch {
    func write(to json: inout CanonicalJSON) {
        json.object { json in
            json.member("merchant", merchant.text)
            json.member("batch", batch.text)
            json.member("signer", signer.rawValue)
            json.member("sequence", sequence)
            json.member("received", received.description)
            json.member("digest", digest)
            json.member("redacted", ifPresent: redacted?.text)
            json.member("key", keyID)
            json.member("signature", signature)
            json.member("archive", ifPresent: archive?.digest.text)
        }
    }
}
