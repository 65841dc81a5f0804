import Settlement
import Store

extension StatusReport {
    /// The same for a program, as one JSON object; a part that could not be read is not in it, and `unread` says why.
    public var json: String {
        var json = CanonicalJSON()
        json.object { object in
            object.member("alliance", alliance.text)
            object.member("at", at.description)
            object.member("next_to_close") { object in
                object.member("period", period.id)
                object.member("from", closesFrom.description)
            }
            if let unfinished {
                object.member("closing") { object in
                    object.member("period", period.id)
                    object.member("since", unfinished.since.description)
                }
            }
            if let stuck {
                object.member("stuck") { object in
                    object.member("period", calendar.period(stuck.period).id)
                    object.member("since", stuck.since.description)
                    object.member("reason", stuck.reason)
                }
            }
            if !unread.isEmpty {
                object.member("unread", array: unread) { json, unread in
                    json.object { object in
                        object.member("what", unread.part.rawValue)
                        object.member("reason", unread.trouble.description)
                    }
                }
            }
            if trouble(of: .overdue) == nil { writeOverdue(to: &object) }
            if trouble(of: .undelivered) == nil { writeUndelivered(to: &object) }
            writePayments(to: &object)
            if trouble(of: .merchants) == nil {
                object.member("merchants", array: standings) { json, standing in write(standing, to: &json) }
            }
            if trouble(of: .refused) == nil { writeRefusals(to: &object) }
            if trouble(of: .missing) == nil { writeMissing(to: &object) }
            if trouble(of: .drafts) == nil { writeDrafts(to: &object) }
            if trouble(of: .merchants) == nil {
                object.member("quiet", array: quiet) { $0.string($1.merchant.text) }
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private func writeRefusals(to object: inout CanonicalJSON) {
        object.member("refused", array: refusals) { json, refusal in
            json.object { object in
                object.member("merchant", orNull: refusal.merchant?.text)
                object.member("what", refusal.isBatch ? "batch" : "record")
                object.member("code", refusal.code)
                object.member("times", refusal.count)
                object.member("last", refusal.last.description)
            }
        }
    }

    private func writeMissing(to object: inout CanonicalJSON) {
        object.member("missing", array: missingRanges) { json, gap in
            json.object { object in
                object.member("merchant", gap.merchant.text)
                object.member("signer", gap.signer.rawValue)
                object.member("first", gap.numbers.lowerBound)
                object.member("last", gap.numbers.upperBound)
            }
        }
    }

    private func writeOverdue(to object: inout CanonicalJSON) {
        object.member("overdue", array: overdue) { json, dispute in
            json.object { object in
                object.member("dispute", dispute.number)
                object.member("merchant", dispute.merchant.text)
                object.member("owner", dispute.owner.text)
                object.member("due", dispute.due.description)
            }
        }
    }

    private func writeUndelivered(to object: inout CanonicalJSON) {
        guard !undelivered.isEmpty else { return }
        object.member("undelivered", array: undelivered) { json, stuck in
            json.object { object in
                object.member("to", stuck.lane.owner)
                object.member("by", stuck.lane.channel.rawValue)
                object.member("given_up", stuck.parked)
                object.name("gone")
                object.boolean(stuck.isGone)
                object.member("since", stuck.since.description)
                object.member("answer", ifPresent: stuck.answer)
            }
        }
    }

    private func writeDrafts(to object: inout CanonicalJSON) {
        object.member("drafts", array: waitingDrafts) { json, draft in
            json.object { object in
                object.member("merchant", draft.booking.merchant.text)
                object.member("kind", draft.booking.kind.rawValue)
                object.member("reference", draft.booking.reference.text)
                object.member("draft", draft.number)
                object.member("drafter", draft.drafter.text)
                object.member("drafted", draft.drafted.description)
            }
        }
    }

    private func write(_ standing: IntakeStanding, to json: inout CanonicalJSON) {
        json.object { object in
            object.member("merchant", standing.merchant.text)
            object.member("batches", standing.batches)
            object.member("records", standing.records)
            object.member("accepted", standing.accepted)
            object.member("duplicates", standing.duplicates)
            object.member("refused", standing.refused)
            object.member("unsettled", standing.unsettled)
            object.member("pending", standing.pending)
            object.member("last_batch", orNull: standing.lastBatch?.description)
            if let oldest = standing.oldestUnsettled {
                object.member("oldest_unsettled") { object in
                    object.member("period", calendar.period(oldest.period).id)
                    object.member("received", oldest.received.description)
                }
            }
        }
    }
}
