import Settlement

extension Simulation.Summary {
    /// One sentence for a person.
    public var text: String {
        let span =
            switch periods.count {
            case 0: "no period"
            case 1: periods[0]
            default: "\(periods[0]) to \(periods[periods.count - 1])"
            }
        return
            "settled \(span): \(records) records in \(batches) batches (\(duplicates) duplicates, \(refused) refused"
            + (refusedBatches.isEmpty ? "" : ", \(refusedBatches.count) batches refused whole")
            + "), \(statements) statements"
    }

    /// A JSON object for a script.
    public var json: String {
        var json = CanonicalJSON()
        json.object { object in
            object.member("periods", array: periods) { $0.string($1) }
            object.member("batches", batches)
            object.member("records", records)
            object.member("duplicates", duplicates)
            object.member("refused", refused)
            object.member("refused_batches", array: refusedBatches) { $0.string($1) }
            object.member("statements", statements)
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
