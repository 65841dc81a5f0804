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
        lines += redactionLines
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

    /// What can no longer be derived from bytes alone; none where nobody was forgotten.
    private var redactionLines: [String] {
        var lines: [String] = []
        if redactedBatches.count > 0 {
            lines.append(
                "no longer proved by a signature, as members were forgotten and their bytes are no more: "
                    + "\(redactedBatches.count) batches\(redactedBatches.names)")
        }
        if redactedDetails.count > 0 {
            lines.append(
                "no longer the files that statements were signed with, as members were forgotten: "
                    + "\(redactedDetails.count)\(redactedDetails.names)")
        }
        guard !lines.isEmpty else { return [] }
        let notices = redactedBatches.count + redactedDetails.count
        lines.append(
            "for these stand the sealed notices of their redactions: \(notices - noticesUnchecked) good"
                + (noticesUnchecked > 0
                    ? ", \(noticesUnchecked) not checked, so that nothing vouches for what they are of" : ""))
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
            object.member("redacted") { json in
                json.member("batches", redactedBatches.count)
                json.member("first_batches", array: redactedBatches.first) { $0.string($1) }
                json.member("details", redactedDetails.count)
                json.member("first_details", array: redactedDetails.first) { $0.string($1) }
                json.member("unchecked", noticesUnchecked)
            }
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

extension RederivationReport.Named {
    fileprivate var names: String {
        guard count > 0 else { return "" }
        let rest = count - Int64(first.count)
        return ": " + first.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}

extension RederivationReport.Finding {
    var text: String {
        "\(place): \(problem)"
            + (derived.map { "\n  derived: \($0)" } ?? "") + (stored.map { "\n  stored:  \($0)" } ?? "")
    }
}
