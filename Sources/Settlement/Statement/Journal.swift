/// The accounts of the operator's books. Rulebook §6.
public enum JournalAccounts {
    /// What a merchant owes.
    public static func receivable(_ merchant: MerchantID) -> String { Journal.receivable(merchant) }

    /// The merchant whose account it is; nil of any other account.
    public static func merchant(ofReceivable account: String) -> MerchantID? {
        guard account.hasPrefix(Journal.receivables) else { return nil }
        return MerchantID(String(account.dropFirst(Journal.receivables.count)))
    }

    public static let bank = Journal.bank
}

/// The operator's books of one period: balanced postings between accounts. Rulebook §6.
struct Journal {
    static let pool = "pool"
    static let margin = "margin"
    static let breakage = "breakage"
    static let fees = "fees"
    static let vat = "vat"
    static let adjustments = "adjustments"
    static let bank = "bank"
    static let opening = "opening"
    static let rounding = "rounding"

    static let receivables = "receivable:"

    static func receivable(_ merchant: MerchantID) -> String { "\(receivables)\(merchant)" }

    struct Account {
        var opening: Int64 = 0
        var debit: Int128 = 0
        var credit: Int128 = 0
        var closing: Int128 { Int128(opening) + debit - credit }
    }

    private(set) var accounts: [String: Account] = [:]

    init(opening: [String: Money]) {
        for (name, money) in opening { accounts[name] = Account(opening: money.minorUnits) }
    }

    /// Posts an amount; a negative one goes the other way round.
    mutating func post(debit: String, credit: String, _ amount: Int128) throws(CloseFailure) {
        guard amount != 0 else { return }
        guard amount > 0 else { return try post(debit: credit, credit: debit, -amount) }
        _ = try fitting(amount, "a posting from \(credit) to \(debit)", of: nil)
        accounts[debit, default: Account()].debit += amount
        accounts[credit, default: Account()].credit += amount
    }

    /// The operator's position: what the period moved on all accounts but the merchants' own and `bank`, where payments
    /// stand; credits count as gain.
    var operatorActivity: Int128 {
        accounts.reduce(Int128(0)) { sum, account in
            guard account.key != Self.bank, !account.key.hasPrefix(Self.receivables) else { return sum }
            return sum + account.value.credit - account.value.debit
        }
    }

    /// Sums of an account, closing = opening + debit − credit.
    struct Row {
        let account: String
        let opening: Int64
        let debit: Int64
        let credit: Int64
        let closing: Int64
    }

    /// The accounts that hold or moved anything, by name.
    func rows() throws(CloseFailure) -> [Row] {
        var rows: [Row] = []
        for (name, account) in accounts.sorted(by: { $0.key < $1.key }) {
            guard account.opening != 0 || account.debit != 0 || account.credit != 0 else { continue }
            rows.append(
                Row(
                    account: name, opening: account.opening,
                    debit: try fitting(account.debit, "debit of \(name)", of: nil),
                    credit: try fitting(account.credit, "credit of \(name)", of: nil),
                    closing: try fitting(account.closing, "closing of \(name)", of: nil)))
        }
        return rows
    }
}
