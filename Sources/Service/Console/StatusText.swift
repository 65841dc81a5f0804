import Settlement
import Store

extension StatusReport {
    /// For a person: tables, what is empty left out; what could not be read is said right behind the stuck list.
    public var text: String {
        var blocks = [headline]
        let stuckLines =
            (stuck.map {
                [
                    "  \(calendar.period($0.period).id) cannot be closed since \(Self.time($0.since)): \($0.reason)"
                ]
            } ?? [])
            + overdue.map {
                "  \($0.name) of \($0.merchant), \($0.subject.inWords(calendar)), was due \($0.due): \($0.owner) sees to it"
            }
            + undelivered.map(Self.line) + stuckPayments
        if !stuckLines.isEmpty { blocks.append(["Stuck"] + stuckLines) }
        blocks += unreadBlocks
        if trouble(of: .merchants) == nil { blocks.append(merchantTable) }
        if !refusals.isEmpty { blocks.append(refusalTable) }
        let gaps = missingRanges
        if !gaps.isEmpty { blocks.append(["Missing sequences"] + gaps.map(Self.line)) }
        if !waitingDrafts.isEmpty {
            blocks.append(
                ["Drafts that wait for approval"]
                    + waitingDrafts.map {
                        "  \($0.booking.kind.rawValue) \($0.booking.reference)#\($0.number) of \($0.booking.merchant),"
                            + " drafted by \($0.drafter) on \(Self.time($0.drafted))"
                    })
        }
        if !rejectionLines.isEmpty { blocks.append(["Orders that wait to be given up"] + rejectionLines) }
        if !quiet.isEmpty {
            let span = quietPeriods == 1 ? "the last period" : "the last \(quietPeriods) periods"
            blocks.append(
                ["Quiet: no batch of their own in \(span) and this one"]
                    + quiet.map {
                        "  \($0.merchant)\($0.lastBatch.map { ", last \(Self.time($0))" } ?? ", never")"
                    })
        }
        return blocks.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
    }

    private var headline: [String] {
        var lines = ["Alliance \(alliance) at \(Self.time(at))"]
        if let unfinished {
            lines.append(
                "closing: \(period.id) since \(Self.time(unfinished.since)), what came later settles in later periods"
            )
        } else {
            lines.append("next to close: \(period.id), from \(Self.time(closesFrom)) on")
        }
        if let oldest = oldestUnsettled {
            lines.append(
                "oldest unsettled: of \(oldest.merchant), received \(Self.time(oldest.received)), for \(oldest.period)"
            )
        }
        return lines
    }

    private var unreadBlocks: [[String]] {
        unread.map { [Self.heading(of: $0.part), "  could not be read: \($0.trouble)"] }
    }

    private static func heading(of part: Part) -> String {
        switch part {
        case .stuck: "Stuck"
        case .closing: "A close at work"
        case .merchants: "What came"
        case .refused: "What was refused"
        case .missing: "Missing sequences"
        case .drafts: "Drafts that wait for approval"
        case .overdue: "Overdue disputes"
        case .undelivered: "Deliveries that were given up"
        case .bank: "Entries of the bank"
        case .orders: "Overdue orders"
        }
    }

    private var merchantTable: [String] {
        var table = TextTable(
            .left("merchant"), .right("batches"), .right("records"), .right("accepted"), .right("duplicates"),
            .right("refused"), .right("unsettled"), .right("pending"), .left("last batch"))
        for standing in standings {
            let counts = [
                standing.batches, standing.records, standing.accepted, standing.duplicates, standing.refused,
                standing.unsettled, standing.pending,
            ].map(Figures.count)
            table.add(
                standing.merchant.text, counts[0], counts[1], counts[2], counts[3], counts[4], counts[5],
                counts[6], standing.lastBatch.map(Self.time) ?? "never")
        }
        return ["What came"] + table.lines
    }

    private var refusalTable: [String] {
        var table = TextTable(
            .left("merchant"), .left("what"), .left("code"), .right("times"), .left("last"))
        for refusal in refusals {
            table.add(
                refusal.merchant?.text ?? "unknown", refusal.isBatch ? "batch" : "record", refusal.code,
                Figures.count(refusal.count), Self.time(refusal.last))
        }
        return ["What was refused"] + table.lines
    }

    private static func line(
        _ gap: (merchant: MerchantID, signer: Signer, numbers: ClosedRange<Int64>)
    ) -> String {
        let (first, last) = (gap.numbers.lowerBound, gap.numbers.upperBound)
        return
            "  \(gap.merchant), signed by \(gap.signer.rawValue): \(first == last ? "\(first)" : "\(first) … \(last)")"
    }

    private static func line(_ stuck: StuckDeliveries) -> String {
        let answer = stuck.answer.map { ": \($0)" } ?? ""
        let way = "to \(stuck.lane.owner) by \(stuck.lane.channel.rawValue)"
        let what =
            stuck.isGone
            ? "deliveries \(way) wait since" : "\(stuck.parked) deliveries \(way) given up, the first of"
        let cure = "`settled deliveries retry --merchant \(stuck.lane.owner)`"
        return "  \(what) \(time(stuck.since))\(answer); \(cure)"
    }

    private static func time(_ instant: Instant) -> String {
        instant.text(offsetSeconds: 0, milliseconds: false)
    }
}

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
