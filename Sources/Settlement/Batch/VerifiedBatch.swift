/// A batch that may be stored: signed, well-formed, of a merchant that its key may speak for, with the count
/// and the totals that its header says. Its only initialiser makes it so. Rulebook §3.
public struct VerifiedBatch: Sendable {
    public let authentic: AuthenticBatch
    public let header: BatchHeader
    /// In the order of the bytes.
    public let records: [BatchRecord]

    /// Reads and checks what the bytes say.
    ///
    /// Throws, in this order, `merchant_suspended` (not under an operator key), `malformed`,
    /// `merchant_unknown`, `merchant_mismatch`, `operator_only`, `count_mismatch`, `totals_mismatch`.
    public init(_ authentic: AuthenticBatch, schedule: Schedule, received: Instant) throws(BatchRefusal) {
        if let merchant = authentic.keyMerchant, schedule.status(of: merchant, at: received) == .suspended {
            throw BatchRefusal(
                .merchantSuspended, reason: "\(merchant) is suspended, its batches are not taken")
        }
        let content = try BatchContent(parsing: authentic.bytes, form: authentic.form)
        try Self.checkMerchant(content.header, authentic.keyMerchant, schedule)
        if authentic.keyMerchant != nil { try Self.checkTypes(content.records) }
        try content.checkFigures()
        self.authentic = authentic
        header = content.header
        records = content.records
    }

    private static func checkMerchant(
        _ header: BatchHeader, _ keyMerchant: MerchantID?, _ schedule: Schedule
    ) throws(BatchRefusal) {
        guard let keyMerchant else {
            guard schedule.merchant(header.merchant) != nil else {
                throw BatchRefusal(
                    .merchantUnknown, line: 1, field: "merchant",
                    reason: "the alliance has no merchant \(header.merchant)")
            }
            return
        }
        guard header.merchant == keyMerchant else {
            throw BatchRefusal(
                .merchantMismatch, line: 1, field: "merchant",
                reason: "the header names \(header.merchant), expected \(keyMerchant), whose key signed")
        }
    }

    private static func checkTypes(_ records: [BatchRecord]) throws(BatchRefusal) {
        guard let found = records.first(where: { $0.record.type.operatorOnly }) else { return }
        throw BatchRefusal(
            .operatorOnly, line: found.line, field: "type",
            reason: "a record of type \(found.record.type.name) comes under an operator key only")
    }
}

extension BatchContent {
    /// Holds the header's count and totals against the records. Throws `count_mismatch` or else
    /// `totals_mismatch`, of the first type in the rulebook's order that differs.
    public func checkFigures() throws(BatchRefusal) {
        guard header.records == Int64(records.count) else {
            throw BatchRefusal(
                .countMismatch, line: 1, field: "records",
                reason: "the header says \(header.records) records, found \(records.count)")
        }
        let sums = Self.totals(of: records.lazy.map(\.record))
        for type in [RecordType.earn, .redeem, .earnReversal, .redeemReversal, .opening, .correction] {
            let (said, found) = (header.totals[type] ?? 0, sums[type] ?? 0)
            guard said == found else {
                throw BatchRefusal(
                    .totalsMismatch, line: 1, field: "totals.\(type.name)",
                    reason: "the header says \(said) points of \(type.name), the records sum to \(found)")
            }
        }
    }

    /// The sum of points of each type that occurs, sums of 0 left out: what a header says of these records.
    public static func totals(of records: some Sequence<Record>) -> [RecordType: Int64] {
        var sums = [Int64](repeating: 0, count: RecordType.allCases.count)
        // 2^31 bytes hold fewer than 10^8 records of 10^9 points each: the sum fits.
        for record in records { sums[Int(record.type.rawValue)] += record.points.count }
        return Dictionary(
            uniqueKeysWithValues: RecordType.allCases.map { ($0, sums[Int($0.rawValue)]) }.filter { $0.1 > 0 }
        )
    }
}
