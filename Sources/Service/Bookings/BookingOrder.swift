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
        let (bookings, places) = try read(reader)
        do {
            let results =
                isDraft
                ? try store.draft(bookings, by: person, at: now, trial: trial)
                : try store.book(bookings, by: person, at: now, trial: trial)
            return try BookingReport(results, in: store, isTrial: trial)
        } catch let refused as BookingsRefused {
            guard let places else { throw refused }
            throw Self.failure(refused.refusals.map { (places[$0.position], "\($0)") })
        }
    }

    /// The bookings, and of those in a file where each stands.
    private func read(_ reader: BookingReader) throws -> ([Booking], places: [String]?) {
        switch source {
        case .typed(let typed):
            if let amount = typed.amount, amount.text.hasPrefix("-") {
                throw Failure.misused(
                    amount.option, "expected an amount without a sign, found \(amount.text)")
            }
            do {
                return ([try reader.booking(BookingReader.Texts(typed))], nil)
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

    private func read(_ file: ColumnedFile, _ reader: BookingReader) throws -> ([Booking], places: [String]?)
    {
        var (bookings, places): ([Booking], [String]) = ([], [])
        var faults: [(place: String, problem: String)] = []
        for row in file.rows {
            let place = file.place(row)
            do {
                bookings.append(try reader.booking(BookingReader.Texts(row, of: file)))
                places.append(place)
            } catch let fault as BookingReader.Fault {
                faults.append((place, "\(fault.name): \(fault.problem)"))
            } catch let refused as BookingsRefused {
                faults.append((place, "\(refused)"))
            }
        }
        guard faults.isEmpty else { throw Self.failure(faults) }
        return (bookings, places)
    }

    /// The first of what is wrong with its place, the others below it.
    private static func failure(_ faults: [(place: String, problem: String)]) -> Failure {
        .refused(
            faults[0].place,
            faults[0].problem + faults.dropFirst().map { "\n\($0.place): \($0.problem)" }.joined(),
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
