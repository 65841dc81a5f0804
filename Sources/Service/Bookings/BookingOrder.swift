public import Settlement
public import Store

/// What a person wants booked: one payment or adjustment as typed, or a file of them.
public struct BookingOrder: Sendable {
    /// What stands behind the options of a command; nil: nothing.
    public struct Typed: Sendable {
        public let merchant: String?
        public let reference: String?
        public let amount: Amount?
        public let date: String?
        public let reason: String?
        /// The booking to take back.
        public let undo: String?

        public init(
            merchant: String?, reference: String?, amount: Amount?, date: String?, reason: String?,
            undo: String?
        ) {
            self.merchant = merchant
            self.reference = reference
            self.amount = amount
            self.date = date
            self.reason = reason
            self.undo = undo
        }
    }

    /// What stands behind an option for an amount.
    public struct Amount: Sendable {
        /// As `--paid`.
        public let option: String
        /// In major units, without a sign.
        public let text: String
        /// Whether it is to the merchant's debit: paid to it, or charged.
        public let isDebit: Bool

        public init(_ option: String, _ text: String, isDebit: Bool) {
            self.option = option
            self.text = text
            self.isDebit = isDebit
        }
    }

    public enum Source: Sendable {
        case typed(Typed)
        /// A CSV file: `merchant,reference,amount,reason` and, where wanted, `date` and `undoes`.
        case file(String)
    }

    let kind: Booking.Kind
    let source: Source

    public init(_ kind: Booking.Kind, _ source: Source) {
        self.kind = kind
        self.source = source
    }

    /// Books it, or drafts it; a trial does neither.
    ///
    /// Throws `misused` for an option that cannot be read, `refused` with file and line for all that is wrong in a
    /// file, and what the store throws.
    public func carry(
        out isDraft: Bool, in store: Store, by person: Person, at now: Instant, trial: Bool
    ) throws -> BookingReport {
        let reader = try BookingReader(kind, store, now: now)
        let read = try read(reader)
        do {
            // What can be read beside what cannot is judged, so that all that is wrong is told at once.
            let isTrial = trial || !read.faults.isEmpty
            let results =
                isDraft
                ? try store.draft(read.bookings, by: person, at: now, trial: isTrial)
                : try store.book(read.bookings, by: person, at: now, trial: isTrial)
            guard read.faults.isEmpty else { throw Self.failure(read.faults) }
            return try BookingReport(results, in: store, at: now, isTrial: trial)
        } catch let refused as BookingsRefused {
            guard let rows = read.rows else { throw refused }
            throw Self.failure(read.faults + refused.refusals.map { Fault(row: rows[$0.position], "\($0)") })
        }
    }

    /// A row of a file, and its place for a person.
    private struct Row {
        let number: Int
        let place: String
    }

    private struct Fault {
        let row: Row
        let problem: String

        init(row: Row, _ problem: String) {
            self.row = row
            self.problem = problem
        }
    }

    private struct Read {
        var bookings: [Booking] = []
        /// Where each stands, in a file.
        var rows: [Row]?
        /// What cannot be read of a file.
        var faults: [Fault] = []
    }

    private func read(_ reader: BookingReader) throws -> Read {
        switch source {
        case .typed(let typed):
            if let amount = typed.amount, amount.text.hasPrefix("-") {
                throw Failure.misused(
                    amount.option, "expected an amount without a sign, found \(amount.text)")
            }
            do {
                return Read(bookings: [try reader.booking(BookingReader.Texts(typed))])
            } catch let fault as BookingReader.Fault {
                let names = [
                    "merchant": "the merchant", "undoes": "--undo", "amount": typed.amount?.option,
                ]
                throw Failure.misused((names[fault.name] ?? nil) ?? "--\(fault.name)", fault.problem)
            }
        case .file(let path):
            let file = try ColumnedFile(
                path: path, required: ["merchant", "reference", "amount", "reason"],
                optional: ["date", "undoes"])
            return try read(file, reader)
        }
    }

    private func read(_ file: ColumnedFile, _ reader: BookingReader) throws -> Read {
        var read = Read()
        var rows: [Row] = []
        for (number, cells) in file.rows.enumerated() {
            let row = Row(number: number, place: file.place(cells))
            do {
                read.bookings.append(try reader.booking(BookingReader.Texts(cells, of: file)))
                rows.append(row)
            } catch let fault as BookingReader.Fault {
                read.faults.append(Fault(row: row, "\(fault.name): \(fault.problem)"))
            } catch let refused as BookingsRefused {
                read.faults.append(Fault(row: row, "\(refused)"))
            }
        }
        read.rows = rows
        return read
    }

    /// The first of what is wrong with its place, the others below it.
    private static func failure(_ unordered: [Fault]) -> Failure {
        let faults = unordered.sorted { $0.row.number < $1.row.number }
        return .refused(
            faults[0].row.place,
            faults[0].problem + faults.dropFirst().map { "\n\($0.row.place): \($0.problem)" }.joined(),
            hint: "nothing was booked; correct the file, and try it with --dry-run first")
    }
}

extension BookingReader.Texts {
    init(_ typed: BookingOrder.Typed) {
        self.init(
            merchant: typed.merchant, reference: typed.reference,
            amount: typed.amount.map { ($0.isDebit ? "-" : "") + $0.text }, date: typed.date,
            reason: typed.reason,
            undoes: typed.undo)
    }

    init(_ row: CSVTable.Row, of file: ColumnedFile) {
        func cell(_ name: String) -> String? { file.cell(row, file.column(name)) }
        self.init(
            merchant: cell("merchant"), reference: cell("reference"), amount: cell("amount"),
            date: cell("date"),
            reason: cell("reason"), undoes: cell("undoes"))
    }
}
