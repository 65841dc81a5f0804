import Settlement

/// Who spent whose points in a period, what was charged and paid for it, and the course that led there: read from
/// the signed closings, only added up here. Rulebook §7.
public struct FlowReport: Sendable {
    /// Of the periods that the course shows; the latest, which the report is of, last.
    let closings: [ClosingDocument]
    let proofs: [ProvenDocument]
    /// How many periods have closed up to then.
    let periods: Int
    let surroundings: StatementSurroundings

    var last: ClosingDocument {
        guard let last = closings.last else { preconditionFailure("a report is of a closed period") }
        return last
    }

    /// A merchant's position in each of the periods, nil before it had one.
    func course(of merchant: String) -> [ClosingDocument.Position?] {
        closings.map { closing in closing.positions.first { $0.merchant == merchant } }
    }

    /// What was paid in a period, from a merchant as a positive amount: what its balance changed by besides its
    /// activity, the balance before being that with which its account in the signed journal opens.
    static func payments(of position: ClosingDocument.Position, in closing: ClosingDocument) -> Int64 {
        let name = JournalAccounts.receivable(MerchantID(verified: position.merchant))
        let owed = closing.journal.first { $0.account == name }?.opening ?? 0
        return position.closing + owed - position.activity
    }

    /// The same of the operator, to whom merchants pay: as a negative amount.
    static func operatorPayments(in closing: ClosingDocument) -> Int64 {
        let bank = closing.journal.first { $0.account == JournalAccounts.bank }
        return bank.map { $0.credit - $0.debit } ?? 0
    }

    /// What the alliance owes merchants at a closing, and what merchants owe it, both as positive amounts.
    static func owed(_ closing: ClosingDocument) -> (toMerchants: Int64, byMerchants: Int64) {
        closing.positions.reduce((toMerchants: 0, byMerchants: 0)) { sum, position in
            position.closing > 0
                ? (sum.toMerchants + position.closing, sum.byMerchants)
                : (sum.toMerchants, sum.byMerchants - position.closing)
        }
    }

    /// `format` ("settled-flows/1"), `alliance`, `period`, `currency`, the `matrix` of the period as its closing has it,
    /// and the `course`: of each period its `closing`'s digest, `points`, `positions` and `operator` likewise.
    var canonicalBytes: [UInt8] {
        var json = CanonicalJSON()
        json.object { json in
            json.member("format", "settled-flows/1")
            json.member("alliance", last.alliance)
            json.member("period", last.period.id)
            json.member("currency") { json in
                json.member("code", last.currency.code)
                json.member("exponent", Int64(last.currency.exponent))
            }
            json.member("matrix", array: last.matrix) { json, flow in
                json.object { json in
                    json.member("issuer", flow.issuer)
                    json.member("redeemer", flow.redeemer)
                    json.member("points", flow.points)
                    json.member("charged", flow.charged)
                    json.member("paid", flow.paid)
                }
            }
            json.member("course", array: zip(closings, proofs)) { Self.write($1.0, $1.1, to: &$0) }
        }
        return json.bytes
    }

    private static func write(
        _ closing: ClosingDocument, _ proof: ProvenDocument, to json: inout CanonicalJSON
    ) {
        json.object { json in
            json.member("period", closing.period.id)
            json.member("closing", proof.digest)
            json.member("points") { json in
                let points = closing.points
                json.member("opening", points.opening)
                json.member("issued", points.issued)
                json.member("reversed", points.reversed)
                json.member("redeemed", points.redeemed)
                json.member("restored", points.restored)
                json.member("expired", points.expired)
                json.member("closing", points.closing)
            }
            json.member("positions", array: closing.positions) { json, position in
                json.object { json in
                    json.member("merchant", position.merchant)
                    json.member("activity", position.activity)
                    json.member("closing", position.closing)
                }
            }
            json.member("operator") { json in
                json.member("activity", closing.operator.activity)
                json.member("closing", closing.operator.closing)
            }
        }
    }
}
