/// A batch that may be stored: signed, well-formed, of a merchant that its key may speak for, with the count
/// and the totals that its header says. Its only initialiser makes it so. Rulebook §3.
///
/// Its records stay where they are in its bytes until someone asks for them.
public struct VerifiedBatch: Sendable {
    public let authentic: AuthenticBatch
    public let header: BatchHeader
    private let scanned: ScannedRecords
    /// The texts that were written with escapes.
    private let decoded: [UInt8]

    /// Reads and checks what the bytes say.
    ///
    /// Throws, in this order, `merchant_suspended` (not under an operator key), `malformed`,
    /// `merchant_unknown`, `merchant_mismatch`, `operator_only`, `count_mismatch`, `totals_mismatch`.
    public init(_ authentic: AuthenticBatch, schedule: Schedule, received: Instant) throws(BatchRefusal) {
        if let merchant = authentic.keyMerchant, schedule.status(of: merchant, at: received) == .suspended {
            throw BatchRefusal(
                .merchantSuspended, reason: "\(merchant) is suspended, its batches are not taken",
                expected: "a batch of a merchant that is active", found: "\(merchant), suspended")
        }
        var scanned = ScannedRecords()
        var decoded: [UInt8] = []
        let header = try BatchContent.scan(authentic.bytes, form: authentic.form) { header in
            scanned.reserveCapacity(BatchContent.likelyCount(header, authentic.bytes))
        } record: { record, _ in
            scanned.append(record)
        } decoded: {
            decoded = $0
        }
        try Self.checkMerchant(header, authentic.keyMerchant, schedule)
        if authentic.keyMerchant != nil { try Self.checkTypes(scanned) }
        try header.check(count: scanned.count, points: scanned.points)
        self.authentic = authentic
        self.header = header
        self.scanned = scanned
        self.decoded = decoded
    }

    /// How many records there are.
    public var count: Int { scanned.count }

    /// The records in the order of the bytes, made when they are asked for.
    public var records: [BatchRecord] {
        withRecords { views in
            (0..<views.count).map { BatchRecord(line: views[$0].line, record: views[$0].record) }
        }
    }

    /// Calls `body` with the records where they stand; nothing of them may be kept.
    public func withRecords<Result>(_ body: (RecordViews) throws -> Result) rethrows -> Result {
        try authentic.bytes.withUnsafeBytes { bytes in
            try decoded.withUnsafeBytes { decoded in
                try scanned.withUnsafe { scanned in
                    try body(RecordViews(scanned: scanned, bytes: bytes, decoded: decoded))
                }
            }
        }
    }

    private static func checkMerchant(
        _ header: BatchHeader, _ keyMerchant: MerchantID?, _ schedule: Schedule
    ) throws(BatchRefusal) {
        guard let keyMerchant else {
            guard schedule.merchant(header.merchant) != nil else {
                throw BatchRefusal(
                    .merchantUnknown, line: 1, field: "merchant",
                    reason: "the alliance has no merchant \(header.merchant)",
                    expected: "a merchant of the alliance", found: header.merchant.text)
            }
            return
        }
        guard header.merchant == keyMerchant else {
            throw BatchRefusal(
                .merchantMismatch, line: 1, field: "merchant",
                reason: "the header names \(header.merchant), expected \(keyMerchant), whose key signed",
                expected: keyMerchant.text, found: header.merchant.text)
        }
    }

    private static func checkTypes(_ records: ScannedRecords) throws(BatchRefusal) {
        guard let found = records.firstOfOperator else { return }
        throw BatchRefusal(
            .operatorOnly, line: found.line, field: "type",
            reason: "a record of type \(found.type.name) comes under an operator key only",
            expected: "earn, redeem, earn_reversal or redeem_reversal", found: found.type.name)
    }
}

extension BatchHeader {
    /// Holds the count and the totals against the records. Throws `count_mismatch` or else
    /// `totals_mismatch`, of the first type in the rulebook's order that differs.
    func check(
        count: Int, points: some Sequence<(RecordType, Int64)>
    ) throws(BatchRefusal) {
        guard records == Int64(count) else {
            throw BatchRefusal(
                .countMismatch, line: 1, field: "records",
                reason: "the header says \(records) records, found \(count)",
                expected: "\(records)", found: "\(count)")
        }
        let sums = BatchContent.totals(points)
        for type in [RecordType.earn, .redeem, .earnReversal, .redeemReversal, .opening, .correction] {
            let (said, found) = (totals[type] ?? 0, sums[type] ?? 0)
            guard said == found else {
                throw BatchRefusal(
                    .totalsMismatch, line: 1, field: "totals.\(type.name)",
                    reason: "the header says \(said) points of \(type.name), the records sum to \(found)",
                    expected: "\(said)", found: "\(found)")
            }
        }
    }
}

extension BatchContent {
    /// The sum of points of each type that occurs, sums of 0 left out: what a header says of these records.
    public static func totals(of records: some Sequence<Record>) -> [RecordType: Int64] {
        totals(records.lazy.map { ($0.type, $0.points.count) })
    }

    fileprivate static func totals(_ points: some Sequence<(RecordType, Int64)>) -> [RecordType: Int64] {
        var sums = [Int64](repeating: 0, count: RecordType.allCases.count)
        // 2^31 bytes hold fewer than 10^8 records of 10^9 points each: the sum fits.
        for (type, count) in points { sums[Int(type.rawValue)] += count }
        return Dictionary(
            uniqueKeysWithValues: RecordType.allCases.map { ($0, sums[Int($0.rawValue)]) }.filter { $0.1 > 0 }
        )
    }
}
