extension PeriodSettlement {
    /// What must hold of a close before it may be written: positions sum to zero, the journal balances, each
    /// receivable is minus its merchant's balance, `pool` is worth the open prepaid points. Rulebook §6.
    ///
    /// Of sums over all accounts, the failure names the first of a merchant, or `bank`, that is not what the drafts say;
    /// where it is one of the operator's other accounts, of which no draft speaks, it names none.
    func verify(_ drafts: [StatementDraft], _ closing: ClosingDraft) throws(CloseFailure) {
        try Self.hold(
            "positions sum to zero", 0,
            drafts.reduce(Int128(closing.operatorActivity)) { $0 + Int128($1.activity) },
            account: Self.movedAstray(closing.journal, drafts))
        try Self.verifyBalance(closing.journal, drafts)
        let closings = Dictionary(uniqueKeysWithValues: closing.journal.map { ($0.account, $0.closing) })
        for draft in drafts {
            try Self.hold(
                "the receivable is minus the balance", -Int128(draft.closingBalance),
                Int128(closings[Journal.receivable(draft.merchant)] ?? 0),
                account: Journal.receivable(draft.merchant))
        }
        let worth = prepaid.reduce(Int128(0)) {
            $0 + roundedWorth(of: $1.value.openAfter, at: $1.key.price, minorPerMajor: minorPerMajor)
        }
        try Self.hold(
            CloseFailure.poolWorth, -worth, Int128(closings[Journal.pool] ?? 0),
            account: Journal.pool)
    }

    /// The journal balances: in what the period moved, and in what stands after it.
    static func verifyBalance(
        _ journal: [Journal.Row], _ drafts: [StatementDraft] = []
    ) throws(CloseFailure) {
        try hold(
            "debits equal credits", journal.reduce(0) { $0 + Int128($1.debit) },
            journal.reduce(0) { $0 + Int128($1.credit) }, account: movedAstray(journal, drafts))
        try hold(
            "the accounts sum to zero", 0, journal.reduce(0) { $0 + Int128($1.closing) },
            account: openedAstray(journal, drafts))
    }

    /// An account that the period moved by anything else than lines and payments say.
    private static func movedAstray(_ journal: [Journal.Row], _ drafts: [StatementDraft]) -> String? {
        var (said, found): ([String: Int128], [String: Int128]) = ([:], [:])
        for draft in drafts {
            said[Journal.receivable(draft.merchant)] = -Int128(draft.activity) - Int128(draft.payments)
            said[Journal.bank, default: 0] += Int128(draft.payments)
        }
        for row in journal where row.account == Journal.bank || isReceivable(row.account) {
            found[row.account] = Int128(row.debit) - Int128(row.credit)
        }
        return astray(found, said)
    }

    /// A merchant's account that opens with anything else than minus its balance.
    private static func openedAstray(_ journal: [Journal.Row], _ drafts: [StatementDraft]) -> String? {
        var (said, found): ([String: Int128], [String: Int128]) = ([:], [:])
        for draft in drafts { said[Journal.receivable(draft.merchant)] = -Int128(draft.openingBalance) }
        for row in journal where isReceivable(row.account) { found[row.account] = Int128(row.opening) }
        return astray(found, said)
    }

    private static func isReceivable(_ account: String) -> Bool { account.hasPrefix(Journal.receivables) }

    /// The first account whose figures differ, merchants' before others.
    private static func astray(_ found: [String: Int128], _ said: [String: Int128]) -> String? {
        let names = Set(found.keys).union(said.keys).filter { (found[$0] ?? 0) != (said[$0] ?? 0) }
        return names.filter(isReceivable).min() ?? names.min()
    }

    private static func hold(
        _ invariant: String, _ expected: Int128, _ found: Int128, account: @autoclosure () -> String?
    ) throws(CloseFailure) {
        guard expected == found else {
            let name = account()
            throw .broken(
                invariant: invariant,
                merchant: name.flatMap { JournalAccounts.merchant(ofReceivable: $0) },
                expected: "\(expected)", found: "\(found)", account: name)
        }
    }
}
