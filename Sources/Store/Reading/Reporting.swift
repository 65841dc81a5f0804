import GRDB
public import Settlement

extension Store {
    /// The merchants of which a batch holds records that settle in a period or later, or that said by a batch of no
    /// records, which came after the close before, that there is nothing to report; whoever signed. What came before
    /// that close stands on an earlier statement, and spoke of that period.
    public func merchantsReporting(in period: Int) throws -> Set<MerchantID> {
        try reading("read who has reported") { database in
            let inForce = try inForce(database)
            let query = try Prepared(
                database,
                """
                SELECT merchant, min(batch) FROM (
                    SELECT merchant, batch FROM batch_periods JOIN batches USING (batch) WHERE period >= ?
                    UNION SELECT merchant, batch FROM batches WHERE records = 0 AND batch > ?)
                GROUP BY merchant
                """)
            query.bind(1, period)
            query.bind(2, try PeriodRows(database).lastBatch(before: period))
            return Set(
                try query.all { try inForce.roster.merchant($0.integer(0), of: "batches", $0.integer(1)) })
        }
    }
}
