import GRDB
public import Settlement
public import Signing

/// What became of a statement that was handed in.
public struct BankImport: Hashable, Sendable {
    /// The number of its file.
    public let file: Int64
    public let form: BankStatement.Form
    /// When it was imported before; nil: it was not, and was now.
    public let earlier: Instant?
    /// Of each line, in the order of the file; none where it was imported before.
    public let results: [BankLineResult]
    /// Entries that are announced, and not booked yet.
    public let pending: Int
    /// What the file says of balances, each held against its entries where it says both of them.
    public let balances: [StatementBalances]
    /// Balances that do not begin where any statement of the account did, or ended: the one before may be missing.
    public let gaps: [Gap]

    /// Between the statements of an account.
    public struct Gap: Hashable, Sendable {
        public let account: String
        /// What the one that was imported last ended with.
        public let closed: Money
        public let opens: Money
    }
}

/// What became of a line, or what would.
public struct BankLineResult: Hashable, Sendable {
    public enum Outcome: String, Hashable, Sendable, CaseIterable {
        /// Its payment was booked, or drafted; or what takes one back.
        case booked, drafted
        /// What it is of was booked before.
        case confirmed
        /// A person may accept what is proposed.
        case proposed
        /// Of what it is of, some is booked or drafted, and some not any more.
        case partlySettled = "partly_settled"
        /// Nothing is known of it.
        case unmatched
        /// Another file has brought it.
        case known
    }

    /// The line's number; nil where it is known.
    public let number: Int64?
    public let line: BankLine
    public let outcome: Outcome
    /// What it is of.
    public let payments: [BankMatch.Act]
    /// What the bank charges beside these: 0 or more.
    public let charges: Money
    /// Why it is not booked.
    public let reason: String
}

extension Store {
    /// Takes a statement of the bank, whole or not at all: what quotes an order is booked, or drafted with `draft`, as its
    /// payment, and a payment that came back is taken back by its opposite; what only looks like one is left to a person,
    /// unless `accept`. The rest is kept, and waits. The same file again changes nothing, nor does an entry that another
    /// file has brought.
    ///
    /// A trial changes nothing. Throws `BankRefusal` and `PersonRefusal`.
    public func importStatement(
        _ statement: BankStatement, digest: SHA256Digest, by person: Person, at instant: Instant,
        draft: Bool = false, accept: Bool = false, trial: Bool = false
    ) throws -> BankImport {
        try rehearsing("import a statement", trial: trial) { database in
            let inForce = try inForce(database)
            var booking = try BankBooking(database, inForce, by: person, at: instant, draft: draft)
            let rows = BankRows(database, inForce.roster)
            let files = try rows.files()
            if let file = files.first(where: { $0.digest == digest }) {
                return BankImport(
                    file: file.number, form: file.form, earlier: file.imported, results: [], pending: 0,
                    balances: [], gaps: [])
            }
            let own = booking.book.ownAccounts
            if let foreign = statement.accounts.subtracting(own).min() {
                throw BankRefusal(
                    .accountForeign,
                    "it is of account \(foreign), expected \(own.isEmpty ? "one of the alliance's, which has none" : own.sorted().joined(separator: " or "))"
                )
            }
            let number = Int64(files.count + 1)
            let lines = KnownEntries(booking.book.lines).arriving(statement.lines)
            let isNew = lines.map(\.isNew)
            // What brings nothing new was there before, in other bytes.
            let balances = isNew.contains(true) || isNew.isEmpty ? statement.balances : []
            let gaps = Self.gaps(in: balances, beside: try BankBalanceRows(database).all(of: files))
            try rows.add(
                StoredBankFile(
                    number: number, form: statement.form, digest: digest, imported: instant,
                    person: person.name, lines: Int64(isNew.count { $0 }),
                    balances: Int64(balances.count { $0.closing != nil })))
            try BankBalanceRows(database).add(balances, file: number)
            var next = Int64(booking.book.lines.count)
            let numbers = try lines.map { line, isNew -> Int64? in
                guard isNew else { return nil }
                next += 1
                try rows.add(line, number: next, of: number)
                return next
            }
            let results = try Self.results(lines.map(\.line), numbers, accept: accept, draft, &booking)
            let result = BankImport(
                file: number, form: statement.form, earlier: nil, results: results,
                pending: statement.pending, balances: statement.balances, gaps: gaps)
            let missing = gaps.isEmpty ? "" : ", a statement before it may be missing"
            try BankTail(database).note(
                "file \(number), \(result.counts)\(missing), by \(person.name)", by: person, at: instant,
                digest: digest.text)
            try booking.followCharges()
            return result
        }
    }

    /// A statement is in its place that begins where another one of its account began or ended, be they imported in whatever
    /// order, or that ends where another began.
    private static func gaps(
        in balances: [StatementBalances], beside known: [String: [StatementBalances]]
    ) -> [BankImport.Gap] {
        var (known, gaps): ([String: [StatementBalances]], [BankImport.Gap]) = (known, [])
        for statement in balances {
            let others = known[statement.account] ?? []
            if let opens = statement.opening, let closed = others.last?.closing,
                !others.contains(where: {
                    $0.closing == opens || $0.opening == opens
                        || $0.opening != nil && $0.opening == statement.closing
                })
            {
                gaps.append(BankImport.Gap(account: statement.account, closed: closed, opens: opens))
            }
            if statement.closing != nil { known[statement.account, default: []].append(statement) }
        }
        return gaps
    }

    /// What is paid is booked first: it may come back in the same file.
    private static func results(
        _ lines: [BankLine], _ numbers: [Int64?], accept: Bool, _ draft: Bool, _ booking: inout BankBooking
    ) throws -> [BankLineResult] {
        let order =
            lines.indices.filter { lines[$0].returned == nil }
            + lines.indices.filter { lines[$0].returned != nil }
        var results: [Int: BankLineResult] = [:]
        for place in order {
            let line = lines[place]
            func result(
                _ outcome: BankLineResult.Outcome, _ acts: [BankMatch.Act], _ reason: String,
                charges: Money = .zero
            ) {
                results[place] = BankLineResult(
                    number: numbers[place], line: line, outcome: outcome, payments: acts, charges: charges,
                    reason: reason)
            }
            guard let number = numbers[place] else {
                result(.known, [], "")
                continue
            }
            let finding = try booking.book.finding(of: line)
            guard !finding.steps.isEmpty else {
                result(.unmatched, [], finding.reason)
                continue
            }
            guard finding.isCertain || accept else {
                result(.proposed, booking.proposed(finding), finding.reason, charges: finding.charges)
                continue
            }
            let (acts, refusal) = try booking.carry(out: finding, of: line, number: number)
            let isConfirmed = acts.allSatisfy { if case .named = $0 { true } else { false } }
            result(
                refusal != nil ? .unmatched : isConfirmed ? .confirmed : draft ? .drafted : .booked, acts,
                refusal ?? finding.reason, charges: refusal == nil ? finding.charges : .zero)
        }
        return lines.indices.compactMap { results[$0] }
    }
}

extension BankImport {
    /// How many lines became what: `2 booked, 1 unmatched`.
    public var counts: String {
        let counts = BankLineResult.Outcome.allCases.compactMap { outcome -> String? in
            let count = results.count { $0.outcome == outcome }
            return count == 0 ? nil : "\(count) \(outcome.rawValue)"
        }
        return counts.isEmpty ? "no entries" : counts.joined(separator: ", ")
    }
}
