extension PeriodSettlement {
    /// Holds every line of points against the rows of DETAILS.csv that name it: half-even of the sum of `exact` is its
    /// amount, the sum of `points` its points, and there is no row without its line. Rulebook §7.
    ///
    /// The rows' figures were read back from their text, and were added up over all shares apart from the lines. So a row
    /// is told that was written wrongly, twice or not at all, and so is a share that was lost, a sum that was and a line
    /// that was rounded otherwise. What a movement is worth was computed once for both: that a price is the right one
    /// is not proved here.
    func verifyDetails(of drafts: [StatementDraft]) throws(CloseFailure) {
        let campaigns = schedule.alliance.campaigns.map(\.id)
        var drafted: [MerchantID: [Line]] = [:]
        for draft in drafts { drafted[draft.merchant] = draft.lines.filter { $0.points != nil } }
        for (place, sums) in rowSums.enumerated() {
            let merchant = maker.ids[place]
            let rows = sums.slots
                .map { (key: $0.0.key(merchants: maker.ids, campaigns: campaigns), sum: $0.1) }
                .sorted { $0.key < $1.key }
            // Both are in the order of keys: the first place where they differ has a line without rows, or the reverse.
            let lines = drafted[merchant] ?? []
            for position in 0..<max(rows.count, lines.count) {
                let row = position < rows.count ? rows[position] : nil
                let line = position < lines.count ? lines[position] : nil
                guard let key = [row?.key, line?.key].compactMap(\.self).min() else { continue }
                try hold(
                    row?.key == key ? row?.sum : nil, line?.key == key ? line : nil, key, of: merchant)
            }
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
