/// Why a period cannot close: something was found that no input may cause. Nothing is written then.
public enum CloseFailure: Error, Hashable, Sendable {
    /// A line, balance or posting does not fit 64 bits; `line` is that of the merchant's statement, by its key, if it is
    /// one's. Rulebook §1.
    case doesNotFit(what: String, merchant: MerchantID?, line: String? = nil)
    /// A figure is not what others say it must be; `account` is the one of the operator's journal, `record` the first one
    /// that makes it so, where a check can know it.
    case broken(
        invariant: String, merchant: MerchantID?, expected: String, found: String, account: String? = nil,
        line: String? = nil, record: RecordName? = nil)

    /// Invariants of which the records that earlier closes kept tell the one that breaks them.
    public static let openLots = "open lots at the start hold what the last statement closed with"
    public static let pendingRecords = "as many records are pending as the last closing left"
    public static let poolWorth = "pool is worth the open prepaid points"
    public static let recordStates = "records by state add up"

    /// A record by its merchant and its id, as DETAILS.csv names lots.
    public struct RecordName: Hashable, Sendable, CustomStringConvertible {
        public let merchant: MerchantID
        public let id: RecordID

        public init(_ merchant: MerchantID, _ id: RecordID) {
            self.merchant = merchant
            self.id = id
        }

        public var description: String { "\(merchant)/\(id)" }
    }

    /// The same, naming a record unless it names one already.
    public func naming(_ record: RecordName?) -> CloseFailure {
        guard
            case .broken(let invariant, let merchant, let expected, let found, let account, let line, nil) =
                self
        else { return self }
        return .broken(
            invariant: invariant, merchant: merchant, expected: expected, found: found, account: account,
            line: line, record: record)
    }
}

extension CloseFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .doesNotFit(let what, let merchant, let line):
            "\(Self.place(merchant, line: line)): \(what) does not fit 64 bits"
        case .broken(let invariant, let merchant, let expected, let found, let account, let line, let record):
            Self.place(merchant, account: account, line: line, record: record)
                + ": \(invariant): expected \(expected), found \(found)"
        }
    }

    private static func place(
        _ merchant: MerchantID?, account: String? = nil, line: String? = nil, record: RecordName? = nil
    ) -> String {
        (merchant?.text ?? "the alliance") + (account.map { ", account \($0)" } ?? "")
            + (line.map { ", line \($0)" } ?? "") + (record.map { ", record \($0)" } ?? "")
    }
}

/// The amount as 64 bits, or the close stops.
func fitting(
    _ value: Int128, _ what: @autoclosure () -> String, of merchant: MerchantID?,
    line: @autoclosure () -> String? = nil
) throws(CloseFailure) -> Int64 {
    guard let fits = Int64(exactly: value) else {
        throw .doesNotFit(what: what(), merchant: merchant, line: line())
    }
    return fits
}
