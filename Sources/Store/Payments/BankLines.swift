import GRDB
public import Settlement

extension Store {
    /// The bank's lines that wait, each with what is proposed for it, by their numbers.
    public func waitingBankLines() throws -> [BankLineResult] {
        try reading("read what the bank booked") { database in
            var book = try OrderBook(database, try inForce(database))
            return try book.lines.filter(\.matches.isEmpty).map { stored in
                let finding = try book.finding(of: stored.line)
                return BankLineResult(
                    number: stored.number, line: stored.line,
                    outcome: finding.steps.isEmpty ? .unmatched : .proposed,
                    payments: book.proposed(finding), reason: finding.reason)
            }
        }
    }

    /// All of the bank's lines, each with what settled it.
    public func bankLines() throws -> [StoredBankLine] {
        try reading("read what the bank booked") { try OrderBook($0, try inForce($0)).lines }
    }

    /// What runs have ordered, or asked for, and how far it has come.
    public func paymentOrders() throws -> [PaymentOrder] {
        try reading("read the orders") { try OrderBook($0, try inForce($0)).matching.orders }
    }

    /// Says of lines that they are of no merchant, all or none. Throws `BankRefusal` and `PersonRefusal`.
    public func ignoreBankLines(
        _ numbers: [Int64], because reason: String, by person: Person, at instant: Instant
    ) throws {
        // Nothing is booked by it: with four eyes too one person says so.
        try settling(numbers, by: person, at: instant, draft: true) { booking, stored, _ in
            guard PrintableText.accepts(reason, bytes: 1...200) else {
                throw BankRefusal(.reasonMalformed, "expected 1 … 200 bytes of printable text on one line")
            }
            try booking.note(.ignored(reason), for: stored.number)
            return "ignored: \(reason)"
        }
    }

    /// Says which payments of a merchant a line is: they come to what it is of, and no other line is one of them.
    ///
    /// Throws `BankRefusal` and `PersonRefusal`.
    public func settleBankLine(
        _ number: Int64, as references: [BookingReference], of merchant: MerchantID, by person: Person,
        at instant: Instant
    ) throws {
        try settling([number], by: person, at: instant, draft: true) { booking, stored, rows in
            var sum: Int128 = 0
            for (place, reference) in references.enumerated() {
                guard let payment = try rows(merchant, reference), payment.booking.kind == .payment else {
                    throw BankRefusal(
                        .paymentUnknown,
                        "\(merchant) has no payment \(reference): record it with `settled pay`")
                }
                guard !booking.book.isClaimed(merchant, reference), !references[..<place].contains(reference)
                else {
                    throw BankRefusal(.paymentTaken, "another entry is \(reference) of \(merchant)")
                }
                sum += Int128(payment.booking.amount.minorUnits)
                try booking.note(.named(merchant, reference), for: stored.number)
            }
            guard sum == Int128(stored.line.amount.minorUnits) else {
                throw BankRefusal(
                    .paymentMismatch,
                    "entry \(number) is of \(stored.line.amount.minorUnits) minor units, and they come to \(sum)"
                )
            }
            return "is " + references.map { "\($0) of \(merchant)" }.joined(separator: ", ")
        }
    }

    /// Books, or drafts, what is proposed for lines, all or none. Throws `BankRefusal` and `PersonRefusal`.
    public func acceptBankLines(
        _ numbers: [Int64], by person: Person, at instant: Instant, draft: Bool = false
    )
        throws
    {
        try settling(numbers, by: person, at: instant, draft: draft) { booking, stored, _ in
            let finding = try booking.book.finding(of: stored.line)
            guard !finding.steps.isEmpty else {
                throw BankRefusal(.nothingProposed, "entry \(stored.number): \(finding.reason)")
            }
            let (acts, refusal) = try booking.carry(out: finding, of: stored.line, number: stored.number)
            if let refusal { throw BankRefusal(.nothingProposed, "entry \(stored.number): \(refusal)") }
            return "is "
                + acts.compactMap(\.payment).map { "\($0.reference) of \($0.merchant)" }.joined(
                    separator: ", ")
        }
    }

    private func settling(
        _ numbers: [Int64], by person: Person, at instant: Instant, draft: Bool,
        _ settle: (
            inout BankBooking, StoredBankLine, (MerchantID, BookingReference) throws -> StoredBooking?
        ) throws -> String
    ) throws {
        try writing("settle an entry of the bank") { database in
            let inForce = try inForce(database)
            var booking = try BankBooking(database, inForce, by: person, at: instant, draft: draft)
            for number in Set(numbers).sorted() {
                let stored = try booking.book.waiting(number)
                let said = try settle(&booking, stored) { merchant, reference in
                    guard inForce.roster.number(of: merchant) != nil else { return nil }
                    return try BookingRows(database, inForce.roster).find(merchant, reference)
                }
                try AuditRows(database).add(
                    AuditEntry(
                        at: instant, act: .bankImport,
                        keyID: person.provenKey == nil ? nil : person.name.text,
                        reason: "entry \(number) \(said), by \(person.name)"))
            }
        }
    }
}

extension OrderBook {
    /// What a finding would settle a line with.
    func proposed(_ finding: BankFinding) -> [BankMatch.Act] {
        finding.steps.map { step in
            let order = matching.orders[step.order]
            return switch step.act {
            case .pay: .paid(order.merchant, order.reference)
            case .undo: .returned(order.merchant, order.reference)
            case .confirmPaid: .named(order.merchant, order.reference)
            case .confirmUndone(let other): .named(order.merchant, other)
            }
        }
    }
}

extension BankBooking {
    func proposed(_ finding: BankFinding) -> [BankMatch.Act] { book.proposed(finding) }
}
