import Settlement
import Signing
import Store

extension MemberForgetting {
    /// For a person: what became of the member, what is left to do, and where its id may stand all the same. Never the
    /// id itself.
    public var lines: [String] {
        var lines = [headline]
        if let counts { lines += Self.lines(counts, calendar) }
        lines += rewritten.map { "written anew, sealed and read again: \($0)" }
        lines += removed.map { "taken away: \($0)" }
        if !absentArchives.isEmpty {
            lines.append(
                "no folder was looked into for what a run before may have left beside the archives "
                    + absentArchives.map { PlainText.of($0) }.joined(separator: ", ")
                    + ": name the folders by --archives")
        }
        if !isDryRun { lines += closing }
        return lines + elsewhere.lines
    }

    private var headline: String {
        if isDryRun {
            return counts == nil
                ? "was forgotten \(earlierInWords), and nothing is left that names it: its pseudonym is \(pseudonym)"
                : "would be called \(pseudonym)"
        }
        guard counts != nil else {
            let done =
                "what was left to do" + (absentArchives.isEmpty ? " is done" : " in the database is done")
            return "was forgotten \(earlierInWords) already, as \(pseudonym): "
                + (unfinished.isEmpty ? done : "something is left to do")
        }
        return "is called \(pseudonym) from now on"
            + (earlier == nil ? "" : ", as it is since it was forgotten \(earlierInWords)")
    }

    private var earlierInWords: String {
        guard let earlier else { return "" }
        return "on \(earlier.at.text(offsetSeconds: 0, milliseconds: false)) by \(earlier.person)"
    }

    private static func lines(_ counts: ForgottenCounts, _ calendar: PeriodCalendar) -> [String] {
        var lines = [
            "records: \(Figures.count(counts.records))",
            "batches whose bytes name it: \(Figures.count(counts.batches)) in the database, "
                + "\(Figures.count(counts.archivedBatches)) in archives",
            "closed periods that made something of it: \(Figures.count(counts.periods))",
        ]
        let periods = Dictionary(grouping: counts.details) { $0.period }.sorted { $0.key < $1.key }
        lines += periods.map { period, files in
            "DETAILS.csv of \(calendar.period(period).id): "
                + files.map(\.merchant.text).joined(separator: ", ")
        }
        return lines
    }

    private var closing: [String] {
        let done =
            "every figure, statement and signature stays; `settled rederive` tells which batches and DETAILS.csv bear"
            + " another text than was signed"
        return (counts == nil ? [] : [done, newBackup])
            + (unfinished.isEmpty
                ? ["the file of the database was written anew: no free page of it has old bytes"]
                : ["not done yet; see to it, and run it again:"] + unfinished.map { "  \($0)" })
    }

    /// One from before has the id, and knows the old archives by their digests.
    private var newBackup: String {
        "make a new backup now: one from before brings the id back"
            + (rewritten.isEmpty
                ? ""
                : " and does not fit the archives that were written anew; where it has to stay restorable keep copies"
                    + " of the old ones with it, else take both away")
    }

    /// For a script.
    public var json: String {
        var json = CanonicalJSON()
        json.object { json in
            json.member("pseudonym", pseudonym.text)
            json.name("dry_run")
            json.boolean(isDryRun)
            json.member("forgotten_before", orNull: earlier?.at.description)
            if let counts {
                json.member("changed") { Self.write(counts, calendar, to: &$0) }
            } else {
                json.name("changed")
                json.null()
            }
            json.member("rewritten", array: rewritten) { $0.string($1) }
            json.member("removed", array: removed) { $0.string($1) }
            json.member("unfinished", array: unfinished) { $0.string($1) }
            json.member("absent_archives", array: absentArchives) { $0.string($1) }
            elsewhere.write(to: &json)
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private static func write(
        _ counts: ForgottenCounts, _ calendar: PeriodCalendar, to json: inout CanonicalJSON
    ) {
        json.member("records", counts.records)
        json.member("batches", counts.batches)
        json.member("archived_batches", counts.archivedBatches)
        json.member("periods", counts.periods)
        json.member("details", array: counts.details) { json, file in
            json.object { json in
                json.member("period", calendar.period(file.period).id)
                json.member("merchant", file.merchant.text)
            }
        }
    }
}
