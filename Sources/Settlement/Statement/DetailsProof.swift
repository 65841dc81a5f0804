extension StatementMaker {
    /// Holds every line of points against the rows of DETAILS.csv that name it: half-even of the sum of `exact` is its
    /// amount, the sum of `points` its points, and there is no row without its line. Rulebook §7.
    ///
    /// The rows' figures were read back from their text, and were added up over all shares apart from the lines. So a row
    /// is told that was written wrongly, twice or not at all, and so is a share that was lost, a sum that was and a line
    /// that was rounded otherwise. What a movement is worth was computed once for both: that a price is the right one
    /// is not proved here.
    func verifyDetails(_ sums: LineSums, of draft: StatementDraft?, _ merchant: MerchantID)
        throws(CloseFailure)
    {
        let rows = sums.ordered.map {
            (key: $0.slot.key(merchants: maker.ids, campaigns: campaigns), sum: $0.sum)
        }
        // Both are in the order of keys: the first place where they differ has a line without rows, or the reverse.
        let lines = draft?.lines.filter { $0.points != nil } ?? []
        for position in 0..<max(rows.count, lines.count) {
            if position < rows.count, position < lines.count, rows[position].key == lines[position].key {
                try hold(rows[position].sum, lines[position], lines[position].key, of: merchant)
                continue
            }
            let row = position < rows.count ? rows[position] : nil
            let line = position < lines.count ? lines[position] : nil
            guard let key = [row?.key, line?.key].compactMap(\.self).min() else { continue }
            try hold(row?.key == key ? row?.sum : nil, line?.key == key ? line : nil, key, of: merchant)
        }
    }

    private func hold(
        _ sum: LineSums.Sum?, _ line: Line?, _ key: LineKey, of merchant: MerchantID
    ) throws(CloseFailure) {
        if let sum, let line, let points = line.points, Int128(points.count) == sum.points,
            Int128(line.amount.minorUnits) == sum.exact.roundedHalfEven
        {
            return
        }
        throw .broken(
            invariant: "the line is the sum of its details", merchant: merchant,
            expected: sum.map { "\($0.points) points, \($0.exact)" } ?? "no line, as there are no rows",
            found: line.map { "\($0.points?.count ?? 0) points, \($0.amount.minorUnits)" } ?? "no line",
            line: key.description)
    }
}
