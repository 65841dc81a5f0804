import Settlement

/// What an operator should look at before a period closes. None of them forbids the close.
struct CloseWarning: Hashable, Sendable {
    enum Finding: Hashable, Sendable {
        /// No batch of it holds records of the period or of a later one, nor says that there is nothing.
        case notReported
        /// Numbers that later ones of the signer have overtaken, next to each other.
        case missingSequences(signer: String, ClosedRange<Int64>)
        /// Far from the average of so many periods before.
        case unusualActivity(Int64, average: Int64, periods: Int)
        /// Records that would stay pending.
        case pendingRecords(Int64)
        /// Minor units.
        case exposureLimit(exposure: Int64, limit: Int64)

        /// Never reused.
        var code: String {
            switch self {
            case .notReported: "not_reported"
            case .missingSequences: "missing_sequences"
            case .unusualActivity: "unusual_activity"
            case .pendingRecords: "pending_records"
            case .exposureLimit: Receipt.exposureLimit
            }
        }
    }

    let merchant: String
    let finding: Finding
}

extension CloseWarning {
    /// One a stretch of missing numbers.
    static func missing(on statement: StatementDocument) -> [CloseWarning] {
        var stretches: [(signer: String, numbers: ClosedRange<Int64>)] = []
        for missing in statement.missingSequences {
            if let last = stretches.last, last.signer == missing.signer,
                last.numbers.upperBound + 1 == missing.sequence
            {
                stretches[stretches.count - 1].numbers = last.numbers.lowerBound...missing.sequence
            } else {
                stretches.append((missing.signer, missing.sequence...missing.sequence))
            }
        }
        return stretches.map {
            CloseWarning(
                merchant: statement.merchant, finding: .missingSequences(signer: $0.signer, $0.numbers))
        }
    }

    /// `course` is each merchant's activity in the periods before, the latest last.
    static func unusual(
        _ statement: StatementDocument, course: [[String: Int64]], factor: UnusualFactor
    ) -> CloseWarning? {
        let earlier = course.compactMap { $0[statement.merchant] }
        let activity = statement.balance.activity
        guard factor.findsUnusual(activity, after: earlier) else { return nil }
        return CloseWarning(
            merchant: statement.merchant,
            finding: .unusualActivity(
                activity, average: UnusualFactor.average(earlier), periods: earlier.count))
    }

    static func pending(on statement: StatementDocument) -> CloseWarning? {
        guard statement.records.pending > 0 else { return nil }
        return CloseWarning(
            merchant: statement.merchant, finding: .pendingRecords(statement.records.pending))
    }

    /// Merchants that would be beyond their limits after a close that gives this closing.
    static func exposed(_ closing: [UInt8], _ alliance: Alliance) -> [CloseWarning] {
        guard let exposures = Exposures(closing: closing) else {
            preconditionFailure("a close gives a closing")
        }
        return exposures.beyondLimits(of: alliance).map { excess in
            CloseWarning(
                merchant: excess.merchant.text,
                finding: .exposureLimit(
                    exposure: excess.exposure.minorUnits, limit: excess.limit.minorUnits))
        }
    }
}
