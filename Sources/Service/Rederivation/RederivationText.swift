import Settlement

extension RederivationReport {
    /// For a person: what differs, one thing after the other, and the sum of it.
    public var lines: [String] {
        var lines = findings.map { $0.text }
        if found > Int64(findings.count) { lines.append("and \(found - Int64(findings.count)) more") }
        lines.append(
            "built again: \(batches) batches of \(records) records, \(bookings) bookings; compared: "
                + (periods.isEmpty ? "no period" : span)
                + ", \(statements) statements, \(detailsRows) rows of details")
        lines.append(
            "signatures of batches: \(signatures) good"
                + (unchecked > 0 ? ", \(unchecked) not checked, as the master secret is not at hand" : "")
                + "; seals: \(seals) good"
                + (sealsUnchecked > 0
                    ? ", \(sealsUnchecked) not checked, as no key of the seal is at hand" : ""))
        lines += damagedArchives.map { "archive_damaged: " + $0.inWords }
        if archived > 0 { lines.append("from archives: the bytes of \(archived) batches") }
        if unseenReasons > 0 || unseenKeys > 0 {
            lines.append(
                "not to be seen in anything signed: the reasons of \(unseenReasons) bookings, "
                    + "\(unseenKeys) keys that signed nothing")
        }
        if let stopped { lines.append("stopped: \(stopped)") }
        lines.append(isGood ? "all is as it was derived" : "DIFFERS: \(found) found")
        return lines
    }

    private var span: String {
        periods.count == 1 ? periods[0] : "\(periods[0]) to \(periods[periods.count - 1])"
    }

    /// For a script.
    public var json: String {
        var json = CanonicalJSON()
        json.object { object in
            object.name("good")
            object.boolean(isGood)
            object.member("periods", array: periods) { $0.string($1) }
            object.member("batches", batches)
            object.member("records", records)
            object.member("archived_batches", archived)
            damagedArchives.write(to: &object)
            object.member("bookings", bookings)
            object.member("statements", statements)
            object.member("details_rows", detailsRows)
            object.member("signatures", signatures)
            object.member("signatures_unchecked", unchecked)
            object.member("seals", seals)
            object.member("seals_unchecked", sealsUnchecked)
            object.member("unseen_reasons", unseenReasons)
            object.member("unseen_keys", unseenKeys)
            object.member("found", found)
            object.member("findings", array: findings) { json, finding in
                json.object { object in
                    object.member("place", finding.place)
                    object.member("problem", finding.problem)
                    object.member("derived", ifPresent: finding.derived)
                    object.member("stored", ifPresent: finding.stored)
                }
            }
            object.member("stopped", ifPresent: stopped)
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

extension RederivationReport.Finding {
    var text: String {
        "\(place): \(problem)"
            + (derived.map { "\n  derived: \($0)" } ?? "") + (stored.map { "\n  stored:  \($0)" } ?? "")
    }
}
