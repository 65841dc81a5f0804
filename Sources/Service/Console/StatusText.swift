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
