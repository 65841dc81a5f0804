/// Why a period cannot close: something was found that no input may cause. Nothing is written then.
public enum CloseFailure: Error, Hashable, Sendable {
    /// A line, balance or posting does not fit 64 bits. Rulebook §1.
    case doesNotFit(what: String, merchant: MerchantID?)
    /// A figure is not what others say it must be; `account` is the one of the operator's journal, `line` that of the
    /// merchant's statement, by its key, if it is one's.
    case broken(
        invariant: String, merchant: MerchantID?, expected: String, found: String, account: String? = nil,
        line: String? = nil)
}

extension CloseFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .doesNotFit(let what, let merchant):
            "\(Self.place(merchant)): \(what) does not fit 64 bits"
        case .broken(let invariant, let merchant, let expected, let found, let account, let line):
            Self.place(merchant) + (account.map { ", account \($0)" } ?? "")
                + (line.map { ", line \($0)" } ?? "")
                + ": \(invariant): expected \(expected), found \(found)"
        }
    }

    private static func place(_ merchant: MerchantID?) -> String { merchant?.text ?? "the alliance" }
}

/// The amount as 64 bits, or the close stops.
func fitting(_ value: Int128, _ what: @autoclosure () -> String, of merchant: MerchantID?)
    throws(CloseFailure)
    -> Int64
{
    guard let fits = Int64(exactly: value) else { throw .doesNotFit(what: what(), merchant: merchant) }
    return fits
}
