extension StatementDraft {
    /// The bytes of STATEMENT.json, members in the order of rulebook §7.
    func canonicalBytes(under heading: PeriodHeading) -> [UInt8] {
        var json = CanonicalJSON()
        json.object { json in
            json.member("format", "settled-statement/1")
            json.member("alliance", heading.schedule.alliance.id.text)
            json.member("merchant", merchant.text)
            json.member("number", number)
            json.member("previous", orNull: previous)
            heading.write(to: &json)
            json.member("balance") { json in
                json.member("opening", openingBalance)
                json.member("activity", activity)
                json.member("payments", payments)
                json.member("closing", closingBalance)
            }
            json.member("lines", array: lines) { json, line in line.write(to: &json) }
            points.write(to: &json)
            writeRecords(to: &json)
            writeIntake(to: &json)
            json.member("details") { json in
                json.member("digest", detailsDigest)
                json.member("rows", detailsRows)
            }
        }
        return json.bytes
    }

    private func writeRecords(to json: inout CanonicalJSON) {
        json.member("flows", array: flows) { json, flow in
            json.object { json in
                json.member("issuer", flow.pair.issuer.text)
                json.member("redeemer", flow.pair.redeemer.text)
                json.member("points", flow.points)
            }
        }
        json.member("records") { json in
            json.member("settled", records.settled)
            json.member("pending", records.pending)
            json.member("refused", records.refused)
            json.member("late", records.late)
        }
        json.member("exceptions", array: exceptions) { json, exception in
            json.object { json in
                json.member("id", exception.id.text)
                json.member("type", exception.type.name)
                json.member("state", exception.state)
                json.member("code", exception.code)
                json.member("points", ifPresent: exception.points?.count)
            }
        }
    }

    private func writeIntake(to json: inout CanonicalJSON) {
        let batches = own.batches.sorted { ($0.signer, $0.sequence) < ($1.signer, $1.sequence) }
        json.member("batches", array: batches) { json, batch in
            json.object { json in
                json.member("signer", batch.signer.rawValue)
                json.member("batch", batch.batch.text)
                json.member("sequence", batch.sequence)
                json.member("digest", batch.digest)
                json.member("records", batch.records)
                json.member("accepted", batch.accepted)
                json.member("duplicates", batch.duplicates)
                json.member("refused", batch.refused)
            }
        }
        let missing = own.missing.sorted { ($0.signer, $0.sequence) < ($1.signer, $1.sequence) }
        json.member("missing_sequences", array: missing) { json, missing in
            json.object { json in
                json.member("signer", missing.signer.rawValue)
                json.member("sequence", missing.sequence)
            }
        }
    }
}

extension Line {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.object { json in
            json.member("kind", key.kind.name)
            json.member("counterparty", ifPresent: key.counterparty?.text)
            json.member("price", ifPresent: key.price?.description)
            json.member("rate", ifPresent: key.rate?.description)
            json.member("reference", ifPresent: key.reference)
            json.member("points", ifPresent: points?.count)
            json.member("amount", amount.minorUnits)
        }
    }
}

extension PointFigures {
    /// The member `points`, of statements and closings.
    func write(to json: inout CanonicalJSON) {
        json.member("points") { json in
            json.member("opening", Int64(opening))
            json.member("issued", Int64(issued))
            json.member("reversed", Int64(reversed))
            json.member("redeemed", Int64(redeemed))
            json.member("restored", Int64(restored))
            json.member("expired", Int64(expired))
            json.member("closing", Int64(closing))
        }
    }

    /// Throws unless each figure fits 64 bits.
    func verifyFits(of merchant: MerchantID?) throws(CloseFailure) {
        for figure in [opening, issued, reversed, redeemed, restored, expired, closing] {
            _ = try fitting(figure, "a sum of points", of: merchant)
        }
    }
}
