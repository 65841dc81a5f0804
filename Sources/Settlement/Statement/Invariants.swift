extension PeriodSettlement {
    /// What must hold of a close before it may be written: positions sum to zero, the journal balances, each
    /// receivable is minus its merchant's balance, `pool` is worth the open prepaid points. Rulebook §6.
    func verify(_ drafts: [StatementDraft], _ closing: ClosingDraft) throws(CloseFailure) {
        try Self.hold(
            "positions sum to zero", 0,
            drafts.reduce(Int128(closing.operatorActivity)) { $0 + Int128($1.activity) })
        try Self.verifyBalance(closing.journal)
        let closings = Dictionary(uniqueKeysWithValues: closing.journal.map { ($0.account, $0.closing) })
        for draft in drafts {
            try Self.hold(
                "the receivable is minus the balance", -Int128(draft.closingBalance),
                Int128(closings[Journal.receivable(draft.merchant)] ?? 0), of: draft.merchant,
                account: Journal.receivable(draft.merchant))
        }
        let worth = prepaid.reduce(Int128(0)) {
            $0 + roundedWorth(of: $1.value.openAfter, at: $1.key.price, minorPerMajor: minorPerMajor)
        }
        try Self.hold(
            "pool is worth the open prepaid points", -worth, Int128(closings[Journal.pool] ?? 0),
            account: Journal.pool)
    }

    /// The journal balances: in what the period moved, and in what stands after it.
    static func verifyBalance(_ journal: [Journal.Row]) throws(CloseFailure) {
        try hold(
            "debits equal credits", journal.reduce(0) { $0 + Int128($1.debit) },
            journal.reduce(0) { $0 + Int128($1.credit) })
        try hold("the accounts sum to zero", 0, journal.reduce(0) { $0 + Int128($1.closing) })
    }

    private static func hold(
        _ invariant: String, _ expected: Int128, _ found: Int128, of merchant: MerchantID? = nil,
        account: String? = nil
    ) throws(CloseFailure) {
        guard expected == found else {
            throw .broken(
                invariant: invariant, merchant: merchant, expected: "\(expected)", found: "\(found)",
                account: account)
        }
    }
}
