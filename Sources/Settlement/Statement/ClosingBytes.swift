extension ClosingDraft {
    /// The bytes of CLOSING.json, members in the order of rulebook §7.
    func canonicalBytes(in settlement: PeriodSettlement) -> [UInt8] {
        var json = CanonicalJSON()
        json.object { json in
            json.member("format", "settled-closing/1")
            json.member("alliance", settlement.schedule.alliance.id.text)
            json.member("number", settlement.opening.number + 1)
            json.member("previous", orNull: settlement.opening.previous)
            settlement.heading.write(to: &json)
            writeRecords(to: &json, intake: settlement.intake)
            points.write(to: &json)
            writePositions(to: &json)
            writeMatrix(to: &json)
            writeBooks(to: &json)
            writeSources(to: &json, intake: settlement.intake)
        }
        return json.bytes
    }

    private func writeRecords(to json: inout CanonicalJSON, intake: PeriodIntake) {
        json.member("records") { json in
            json.member("settled", records.settled)
            json.member("pending", records.pending)
            json.member("refused", records.refused)
        }
        json.member("intake") { json in
            json.member("batches", Int64(intake.batches.count))
            json.member("duplicates", intake.batches.reduce(0) { $0 + $1.duplicates })
            json.member("refused", intake.batches.reduce(0) { $0 + $1.refused })
        }
    }

    private func writePositions(to json: inout CanonicalJSON) {
        json.member("positions", array: drafts) { json, draft in
            json.object { json in
                json.member("merchant", draft.merchant.text)
                json.member("activity", draft.activity)
                json.member("closing", draft.closingBalance)
            }
        }
        json.member("operator") { json in
            json.member("activity", operatorActivity)
            json.member("closing", operatorClosing)
        }
    }

    private func writeMatrix(to json: inout CanonicalJSON) {
        json.member("matrix", array: matrix) { json, row in
            json.object { json in
                json.member("issuer", row.pair.issuer.text)
                json.member("redeemer", row.pair.redeemer.text)
                json.member("points", row.points)
                json.member("charged", row.charged)
                json.member("paid", row.paid)
            }
        }
    }

    private func writeBooks(to json: inout CanonicalJSON) {
        json.member("journal", array: journal) { json, row in
            json.object { json in
                json.member("account", row.account)
                json.member("opening", row.opening)
                json.member("debit", row.debit)
                json.member("credit", row.credit)
                json.member("closing", row.closing)
            }
        }
        json.member("liability", array: liability) { json, row in
            json.object { json in
                json.member("issuer", row.issuer.text)
                json.member("funding", row.key.funding.rawValue)
                json.member("price", row.key.price.description)
                json.member("expires", orNull: row.key.month)
                json.member("points", row.points)
                json.member("value", row.value)
            }
        }
    }

    private func writeSources(to json: inout CanonicalJSON, intake: PeriodIntake) {
        let batches = intake.batches.sorted {
            ($0.merchant, $0.signer, $0.sequence) < ($1.merchant, $1.signer, $1.sequence)
        }
        json.member("batches", array: batches) { json, batch in
            json.object { json in
                json.member("merchant", batch.merchant.text)
                json.member("signer", batch.signer.rawValue)
                json.member("batch", batch.batch.text)
                json.member("digest", batch.digest)
            }
        }
        json.member("statements", array: statements) { json, statement in
            json.object { json in
                json.member("merchant", statement.merchant.text)
                json.member("number", statement.number)
                json.member("digest", statement.digest)
            }
        }
    }
}
