/// Why a period cannot close: something was found that no input may cause. Nothing is written then.
public enum CloseFailure: Error, Hashable, Sendable {
    /// A line, balance or posting does not fit 64 bits. Rulebook §1.
    case doesNotFit(what: String, merchant: MerchantID?)
    /// A figure is not what others say it must be.
    case broken(
        invariant: String, merchant: MerchantID?, expected: String, found: String,
        place: ClosePlace = ClosePlace())
}

/// Where a figure stands that forbids a close, as far as that is known beside the merchant. Holds no member's id.
public struct ClosePlace: Hashable, Sendable {
    public let batch: BatchID?
    public let record: RecordID?
    /// A line of a statement, by its key.
    public let line: String?
    /// Of the operator's journal.
    public let account: String?

    public init(
        batch: BatchID? = nil, record: RecordID? = nil, line: String? = nil, account: String? = nil
    ) {
        self.batch = batch
        self.record = record
        self.line = line
        self.account = account
    }

    /// Each on its own, the widest first.
    fileprivate var words: [String] {
        [
            account.map { "account \($0)" }, line.map { "line \($0)" }, batch.map { "batch \($0)" },
            record.map { "record \($0)" },
        ].compactMap(\.self)
    }
}

extension CloseFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .doesNotFit(let what, let merchant):
            "\(merchant?.text ?? "the alliance"): \(what) does not fit 64 bits"
        case .broken(let invariant, let merchant, let expected, let found, let place):
            ([merchant?.text ?? "the alliance"] + place.words).joined(separator: ", ")
                + ": \(invariant): expected \(expected), found \(found)"
        }
    }
}

/// The amount as 64 bits, or the close stops.
func fitting(_ value: Int128, _ what: @autoclosure () -> String, of merchant: MerchantID?)
    throws(CloseFailure)
    -> Int64
{
    guard let fits = Int64(exactly: value) else { throw .doesNotFit(what: what(), merchant: merchant) }
    return fits
}
