import Settlement

/// One entry of the operator's books: what caused it, and the two accounts that it posts between.
struct JournalEntry: Sendable {
    let date: LocalDate
    /// The kind of statement line, `payment`, or what prepaid points did.
    let cause: String
    let merchant: String
    /// What else tells it from others, by name; nothing empty.
    let details: [(name: String, value: String)]
    let debit: String
    let credit: String
    /// In minor units, more than 0.
    let amount: Int64

    /// Takes an amount that is not zero; a negative one goes the other way round.
    init(
        _ cause: String, of merchant: String, on date: LocalDate, debit: String, credit: String,
        _ amount: Int64,
        details: [(String, String?)]
    ) {
        self.date = date
        self.cause = cause
        self.merchant = merchant
        self.details = details.compactMap { name, value in value.map { (name, $0) } }
        self.debit = amount > 0 ? debit : credit
        self.credit = amount > 0 ? credit : debit
        self.amount = Int64(amount.magnitude)
    }

    func detail(_ name: String) -> String? { details.first { $0.name == name }?.value }
}

/// The operator's books of one closed period, entry by entry.
struct PeriodJournal: Sendable {
    let id: String
    let firstDay: LocalDate
    let lastDay: LocalDate
    /// As the signed closing has them.
    let accounts: [ClosingDocument.Account]
    let entries: [JournalEntry]
}

/// The operator's books of some periods that follow each other, to be written in the form of a bookkeeping program.
public struct JournalExport: Sendable {
    public enum Format: String, Hashable, Sendable, CaseIterable { case hledger, beancount, csv }

    let alliance: String
    let currency: StatementDocument.Currency
    /// One at least.
    let periods: [PeriodJournal]
    /// Without accounts, opening balances and checks: for books that have them.
    let isEntriesOnly: Bool

    /// The whole text in one form.
    public func text(_ format: Format) -> String {
        switch format {
        case .hledger: hledger
        case .beancount: beancount
        case .csv: table
        }
    }

    /// All accounts that hold or move anything, by name.
    var accounts: [String] { Set(periods.flatMap { $0.accounts.map(\.account) }).sorted() }

    /// What the accounts stood at before the first of the periods, zeros left out; their sum is zero.
    var openings: [(account: String, amount: Int64)] {
        periods[0].accounts.filter { $0.opening != 0 }.map { ($0.account, $0.opening) }
    }

    /// An amount in major units.
    func money(_ amount: Int64) -> String { Figures.plain(amount, exponent: currency.exponent) }
}
