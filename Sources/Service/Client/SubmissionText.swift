import Settlement

extension Submission.Outcome {
    /// A readable summary: what became of the batch, and what was checked.
    public var lines: [String] {
        let counts = receipt.counts
        var lines = [
            "batch \(receipt.batch) of \(receipt.merchant) "
                + (isCopy ? "was stored before, this is its first receipt" : "is stored"),
            "received \(receipt.received)",
            "\(counts.records) records: \(counts.accepted) accepted, \(counts.duplicates) duplicates, "
                + "\(counts.refused) refused",
        ]
        for refused in receipt.refused {
            lines.append("  line \(refused.line): \(refused.id) \(refused.code.rawValue)")
        }
        for period in receipt.periods { lines.append("  \(period.records) settle in \(period.period)") }
        for warning in receipt.warnings { lines.append("warning: \(warning)") }
        return lines + checks + ["receipt kept in \(file.path)"]
    }
}
