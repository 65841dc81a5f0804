import Settlement
import Store

extension ReadingDesk {
    /// The operator's books of a period, from an earlier one on if wanted: every entry with its cause, out of the
    /// signed statements, the bookings and what the close kept of members.
    ///
    /// Throws `misused` for an unknown period or one that comes before the other; `refused` for one that is open, for
    /// documents that are not what was signed, and where the entries of an account do not add up to what the signed
    /// closing says of it.
    public func journal(from first: String?, through last: String, entriesOnly: Bool) throws -> JournalExport
    {
        let ending = try shelf.closing(period: last).period
        let beginning = try first.map { try shelf.closing(period: $0).period } ?? ending
        guard beginning <= ending else {
            throw Failure.misused("--from", "\(first ?? "") comes after \(last)")
        }
        let calendar = try store.schedule().calendar
        let booked = try store.bookings()
        let charges = try store.bankCharges()
        var before: ClosingDocument?
        if beginning > 0 { before = try document(of: store.closing(ofClosed: beginning - 1)).1 }
        var periods: [PeriodJournal] = []
        for ordinal in beginning...ending {
            let closing = try document(of: store.closing(ofClosed: ordinal)).1
            let reading = PeriodJournalReading(
                ordinal: ordinal, calendar: calendar, closing: closing, before: before,
                statements: try store.statements(period: ordinal).map { try document(of: $0).1 },
                bookings: booked.filter { $0.period == ordinal },
                charges: PeriodCharges(charges, of: ordinal))
            periods.append(try reading.journal(store))
            before = closing
        }
        guard let currency = before?.currency else { preconditionFailure("one period at least was read") }
        return JournalExport(
            alliance: alliance.id.text, currency: currency, periods: periods, isEntriesOnly: entriesOnly)
    }
}

/// Works out the entries of one period.
struct PeriodJournalReading {
    let ordinal: Int
    let calendar: PeriodCalendar
    let closing: ClosingDocument
    /// The closing before, if there is one.
    let before: ClosingDocument?
    let statements: [StatementDocument]
    /// Those that belong to the period.
    let bookings: [StoredBooking]
    /// What the bank charged, beside what is signed.
    var charges = PeriodCharges([], of: 0)

    private var firstDay: LocalDate { calendar.firstDay(of: ordinal) }
    private var lastDay: LocalDate { LocalDate(dayNumber: calendar.firstDay(of: ordinal + 1).dayNumber - 1) }

    func journal(_ store: Store) throws -> PeriodJournal {
        let entries = try statements.flatMap(lineEntries) + payments + prepaidEntries(store)
        try prove(entries)
        return PeriodJournal(
            id: closing.period.id, firstDay: firstDay, lastDay: lastDay,
            accounts: closing.journal + charges.accounts,
            entries: (entries + charges.entries(from: firstDay)).sorted { $0.date < $1.date })
    }

    // MARK: Entries

    private func lineEntries(_ statement: StatementDocument) throws(Failure) -> [JournalEntry] {
        let merchant = statement.merchant
        var entries: [JournalEntry] = []
        for line in statement.lines where line.amount != 0 {
            guard let kind = LineKind.allCases.first(where: { $0.name == line.kind }) else {
                throw .refused("statement of \(merchant) for \(closing.period.id)", "has a line \(line.kind)")
            }
            let booking = kind == .adjustment ? try booking(of: line, of: merchant) : nil
            entries.append(
                JournalEntry(
                    line.kind, of: merchant, on: booking.map { date(of: $0.booking) } ?? lastDay,
                    debit: kind.account, credit: receivable(merchant), line.amount,
                    details: [
                        ("counterparty", line.counterparty), ("price", line.price), ("rate", line.rate),
                        ("reference", line.reference), ("points", line.points.map(String.init)),
                    ] + details(booking)))
        }
        return entries
    }

    private var payments: [JournalEntry] {
        bookings.filter { $0.booking.kind == .payment }.map { stored in
            let booking = stored.booking
            return JournalEntry(
                "payment", of: booking.merchant.text, on: date(of: booking), debit: JournalAccounts.bank,
                credit: receivable(booking.merchant.text), booking.amount.minorUnits,
                details: [("reference", booking.reference.text)] + details(stored))
        }
    }

    private func details(_ stored: StoredBooking?) -> [(String, String?)] {
        [
            ("dated", stored?.booking.date.description), ("reason", stored?.booking.reason),
            ("undoes", stored?.booking.undoes?.text),
        ]
    }

    /// What a line of an adjustment was booked by.
    private func booking(
        of line: StatementDocument.Line, of merchant: String
    ) throws(Failure) -> StoredBooking {
        let found = bookings.first {
            $0.booking.kind == .adjustment && $0.booking.merchant.text == merchant
                && $0.booking.reference.text == line.reference && $0.booking.amount.minorUnits == line.amount
        }
        guard let found else {
            throw .refused(
                "statement of \(merchant) for \(closing.period.id)",
                "journal_mismatch: no booking is stored that made its adjustment \(line.reference ?? "")",
                hint: "the database was changed behind the program's back: `settled rederive` names what")
        }
        return found
    }

    /// What is booked late stands on the period's first day.
    private func date(of booking: Booking) -> LocalDate { max(firstDay, booking.date) }

    private func receivable(_ merchant: String) -> String {
        JournalAccounts.receivable(MerchantID(verified: merchant))
    }

    // MARK: Prepaid points

    private func prepaidEntries(_ store: Store) throws -> [JournalEntry] {
        var journal = PrepaidJournal(schedule: try store.schedule(ofClosed: ordinal))
        try store.settledMembers(period: ordinal) { journal.add($0) }
        let postings = try journal.postings(
            openBefore: try before.map(openPoints) ?? [], openAfter: try openPoints(closing),
            issueLines: try statements.flatMap(issueLines))
        return postings.map { posting in
            JournalEntry(
                posting.cause.rawValue, of: posting.issuer.text, on: lastDay, debit: posting.debit,
                credit: posting.credit, posting.amount.minorUnits,
                details: [
                    ("price", posting.price.description), ("points", posting.points.map(String.init)),
                ])
        }
    }

    private func openPoints(_ closing: ClosingDocument) throws(Failure) -> [PrepaidJournal.OpenPoints] {
        var open: [PrepaidJournal.OpenPoints] = []
        for row in closing.liability where row.funding == Funding.issue.rawValue {
            open.append(
                .init(
                    issuer: MerchantID(verified: row.issuer), price: try price(row.price), points: row.points)
            )
        }
        return open
    }

    private func issueLines(_ statement: StatementDocument) throws(Failure) -> [PrepaidJournal.IssueLine] {
        let kinds = [LineKind.issue, .issueReversal].map(\.name)
        var lines: [PrepaidJournal.IssueLine] = []
        for line in statement.lines where kinds.contains(line.kind) {
            lines.append(
                .init(
                    issuer: MerchantID(verified: statement.merchant), price: try price(line.price ?? ""),
                    amount: Money(line.amount)))
        }
        return lines
    }

    private func price(_ text: String) throws(Failure) -> Price {
        guard let price = Price(text) else {
            throw .refused("closing of \(closing.period.id)", "has a price \(text)")
        }
        return price
    }

    // MARK: Proof

    /// The entries add up, account by account, to what the closing was signed with.
    private func prove(_ entries: [JournalEntry]) throws(Failure) {
        var sums: [String: (debit: Int128, credit: Int128)] = [:]
        for entry in entries {
            sums[entry.debit, default: (0, 0)].debit += Int128(entry.amount)
            sums[entry.credit, default: (0, 0)].credit += Int128(entry.amount)
        }
        for row in closing.journal {
            let sum = sums.removeValue(forKey: row.account) ?? (0, 0)
            try require(row.account, "debit", Int128(row.debit), sum.debit)
            try require(row.account, "credit", Int128(row.credit), sum.credit)
        }
        if let (account, sum) = sums.min(by: { $0.key < $1.key }) {
            try require(account, "debit and credit", 0, sum.debit + sum.credit)
        }
    }

    private func require(
        _ account: String, _ side: String, _ signed: Int128, _ found: Int128
    ) throws(Failure) {
        guard signed != found else { return }
        throw .refused(
            "journal of \(closing.period.id), account \(account)",
            "journal_mismatch: the signed closing has \(signed) as \(side), its entries come to \(found)",
            hint: "the database was changed behind the program's back: `settled rederive` names what")
    }
}
