import Signing

/// Holds what a close begins with against the closing that the close before signed, so that nothing is carried on that
/// was changed since. Rulebook §6, §7.
struct OpeningProof {
    private let opening: PeriodOpening
    /// How many records stand as pending.
    private let pending: Int64
    private let closing: JSONValue

    /// Takes the bytes of the last CLOSING.json. Throws `CloseFailure` unless they are what was signed.
    init(_ opening: PeriodOpening, pending: Int64, closing bytes: [UInt8]) throws(CloseFailure) {
        let digest = SHA256Digest(of: bytes).text
        guard digest == opening.previous, let json = try? JSONValue(parsing: bytes) else {
            throw .broken(
                invariant: "the last closing has the digest that was stored with it", merchant: nil,
                expected: opening.previous ?? "none", found: digest)
        }
        self.opening = opening
        self.pending = pending
        closing = json
    }

    /// Throws `CloseFailure` for the first count, balance, statement or account that is not the closing's.
    func verify() throws(CloseFailure) {
        try hold("the number is the last closing's", opening.number, closing["number"]?.integer)
        try hold(
            CloseFailure.pendingRecords,
            closing["records"]?["pending"]?.integer ?? 0,
            pending)
        var balances: [String: Int64] = [:]
        for position in closing["positions"]?.array ?? [] {
            guard let merchant = position["merchant"]?.string else { continue }
            balances[merchant] = position["closing"]?.integer
        }
        try verifyStatements()
        for (merchant, standing) in opening.merchants.sorted(by: { $0.key < $1.key }) {
            // Whoever has no position has left with nothing.
            try hold(
                "the balance is the last closing's", balances[merchant.text] ?? 0,
                standing.balance.minorUnits, of: merchant)
        }
        try verifyJournal()
    }

    private func verifyStatements() throws(CloseFailure) {
        for row in closing["statements"]?.array ?? [] {
            guard let id = row["merchant"]?.string, let merchant = MerchantID(id) else { continue }
            let standing = opening.merchants[merchant]
            let digest = row["digest"]?.string ?? "none"
            guard standing?.previous == digest, standing?.number == row["number"]?.integer else {
                throw .broken(
                    invariant: "the last statement is the one that the last closing names",
                    merchant: merchant, expected: digest, found: standing?.previous ?? "none")
            }
        }
    }

    private func verifyJournal() throws(CloseFailure) {
        var accounts: [String: Int64] = [:]
        for row in closing["journal"]?.array ?? [] {
            guard let account = row["account"]?.string else { continue }
            accounts[account] = row["closing"]?.integer
        }
        for account in Set(accounts.keys).union(opening.journal.keys).sorted() {
            try hold(
                "the account opens with what it closed with", accounts[account] ?? 0,
                opening.journal[account]?.minorUnits ?? 0, account: account)
        }
    }

    private func hold(
        _ invariant: String, _ expected: Int64, _ found: Int64?, of merchant: MerchantID? = nil,
        account: String? = nil
    ) throws(CloseFailure) {
        guard expected == found else {
            throw .broken(
                invariant: invariant,
                merchant: merchant ?? account.flatMap { JournalAccounts.merchant(ofReceivable: $0) },
                expected: "\(expected)",
                found: found.map { "\($0)" } ?? "nothing", account: account)
        }
    }
}

extension PeriodOpening {
    /// Throws `CloseFailure` unless all stands as the last CLOSING.json left it, whose bytes these are; nil: none
    /// has been made, and then nothing may stand. `pending` is how many records stand as pending.
    public func verify(closing bytes: [UInt8]?, pending: Int64) throws(CloseFailure) {
        if let bytes { return try OpeningProof(self, pending: pending, closing: bytes).verify() }
        guard let merchant = merchants.keys.min() else { return }
        throw .broken(
            invariant: "no statement is there before the first close", merchant: merchant, expected: "none",
            found: "\(merchants.count)")
    }
}
