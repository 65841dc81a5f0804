import Settlement
import Signing
import Store

extension MemberFile {
    /// One document, for the member or a script.
    public var json: String {
        let origins = origins
        var json = CanonicalJSON()
        json.object { json in
            json.member("format", "settled-member/1")
            json.member("alliance", alliance.text)
            json.member("member", member.text)
            json.member("at", at.description)
            writeForgotten(to: &json)
            json.member("records", array: records) { $1.write(to: &$0, calendar) }
            json.member("copies", array: copies) { $1.write(to: &$0) }
            json.member("unread_archives", array: unread) { json, archive in
                json.object { json in
                    json.member("name", archive.name)
                    json.member("digest", archive.digest.text)
                }
            }
            damaged.write(to: &json)
            json.member("lots", array: lots) { $1.write(to: &$0) }
            json.member("debts", array: debts) { json, debt in
                json.object { json in
                    json.member("issuer", debt.issuer.text)
                    json.member("points", debt.points.count)
                    json.member("lot", ifPresent: origins[debt.lot].map(Self.name))
                }
            }
            json.member("periods", array: chapters) { $1.write(to: &$0, origins) }
            json.member("disputes", array: disputes) { $1.writeAgainstRecord(to: &$0) }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// An object; null where it was not forgotten, and nothing where that cannot be told.
    private func writeForgotten(to json: inout CanonicalJSON) {
        guard untold == nil else { return }
        guard let forgotten else {
            json.name("forgotten")
            return json.null()
        }
        json.member("forgotten") { json in
            json.member("at", forgotten.at.description)
            json.member("by", forgotten.person)
            json.member("reason", forgotten.reason)
        }
    }

    /// `MERCHANT/ID`, as DETAILS.csv names what made a lot.
    static func name(_ origin: RecordOrigin) -> String { "\(origin.merchant)/\(origin.record.id)" }
}

extension MemberFile.Entry {
    fileprivate func write(to json: inout CanonicalJSON, _ calendar: PeriodCalendar) {
        json.object { json in
            json.member("merchant", origin.merchant.text)
            origin.record.writeMembers(to: &json)
            json.member("batch", origin.batch.batch.text)
            json.member("line", Int64(origin.line))
            json.member("received", origin.batch.received.description)
            json.member("digest", origin.batch.digest)
            json.member("redacted", ifPresent: origin.batch.redacted?.text)
            json.member("archive", ifPresent: origin.batch.archive?.digest.text)
            json.name("late")
            json.boolean(origin.late)
            json.member("period", calendar.period(origin.period).id)
            json.member("state", state.word)
            json.member("code", ifPresent: state.code)
            json.member("ended", ifPresent: state.closedPeriod.map { calendar.period($0).id })
        }
    }
}

extension MemberCopy {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.object { json in
            json.member("merchant", copy.batch.merchant.text)
            record.writeMembers(to: &json)
            json.member("batch", copy.batch.batch.text)
            json.member("line", Int64(copy.line))
            json.member("received", copy.batch.received.description)
            json.member("digest", copy.batch.digest)
            json.member("redacted", ifPresent: copy.batch.redacted?.text)
            json.member("archive", ifPresent: copy.batch.archive?.digest.text)
            json.member("code", ifPresent: copy.code?.rawValue)
        }
    }
}

extension MemberFile.Chapter {
    fileprivate func write(to json: inout CanonicalJSON, _ origins: [RecordNumber: RecordOrigin]) {
        json.object { json in
            json.member("period", period.id)
            json.member("movements", array: movements) { $1.write(to: &$0, origins) }
            json.member("details", array: details) { json, sheet in
                json.object { json in
                    json.member("merchant", sheet.merchant.text)
                    json.member("rows", sheet.rows)
                }
            }
        }
    }
}

extension Lot {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.object { json in
            json.member("merchant", merchant.text)
            json.member("id", id.text)
            json.member("issuer", issuer.text)
            json.member("points", points.count)
            json.member("open", open.count)
            json.member("at", at.description)
            json.member("expires", orNull: expiresAt?.description)
            json.member("funding", funding.rawValue)
            json.member("price", issuePrice.description)
        }
    }
}

extension Dispute {
    fileprivate func writeAgainstRecord(to json: inout CanonicalJSON) {
        guard case .record(let id) = subject else {
            preconditionFailure("only disputes against records are a member's")
        }
        json.object { json in
            json.member("dispute", number)
            json.member("merchant", merchant.text)
            json.member("record", id.text)
            json.member("state", state.rawValue)
        }
    }
}

extension RecordState {
    /// The ordinal of the period whose close ended it; nil: none has.
    var closedPeriod: Int? {
        switch self {
        case .open, .pending: nil
        case .settled(let period), .refused(_, let period): period
        }
    }
}
