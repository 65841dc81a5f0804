import GRDB
public import Settlement

extension Store {
    /// The bank's lines that wait, each with what is proposed for it, by their numbers.
    public func waitingBankLines() throws -> [BankLineResult] {
        try reading("read what the bank booked") { database in
            var book = try OrderBook(database, try inForce(database))
            return try book.lines.filter { !$0.isSettled }.map { stored in
                let finding = try book.finding(of: stored)
                let part = stored.matches.compactMap(\.act.payment).map {
                    "\($0.reference) of \($0.merchant)"
                }
                let reasons = part.isEmpty ? [] : ["settled in part by " + part.joined(separator: ", ")]
                return BankLineResult(
                    number: stored.number, line: stored.line,
                    outcome: !part.isEmpty ? .partlySettled : finding.steps.isEmpty ? .unmatched : .proposed,
                    payments: book.proposed(finding), charges: finding.charges,
                    reason: (reasons + [finding.reason]).filter { !$0.isEmpty }.joined(separator: "; "))
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
            try Self.require(reason)
            try booking.note(.ignored(reason), for: stored.number)
            return "ignored: \(reason)"
        }
    }

    /// Says of lines that what settled them was wrong, all or none: they wait again, and no booking is changed by it.
    ///
    /// Throws `BankRefusal` and `PersonRefusal`.
    public func reopenBankLines(
        _ numbers: [Int64], because reason: String, by person: Person, at instant: Instant
    ) throws {
        try settling(numbers, .touched, by: person, at: instant, draft: true) { booking, stored, _ in
            try Self.require(reason)
            // Approved later, it would book its payment, and not what it says of charges.
            if let draft = stored.waitingDraft {
                throw BankRefusal(
                    .entrySettled,
                    "entry \(stored.number): draft \(draft) of it waits: withdraw that first (`settled withdraw`)"
                )
            }
            try booking.note(.reopened(reason), for: stored.number)
            return "reopened: \(reason)"
        }
    }

    private static func require(_ reason: String) throws {
        guard PrintableText.accepts(reason, bytes: 1...200) else {
            throw BankRefusal(.reasonMalformed, "expected 1 … 200 bytes of printable text on one line")
        }
    }

    /// Says which payments of a merchant a line is: they come to what it is of and the charges, 0 or more, and no other line
    /// is one of them.
    ///
    /// Throws `BankRefusal`, with four eyes also where there are charges, and `PersonRefusal`.
    public func settleBankLine(
        _ number: Int64, as references: [BookingReference], of merchant: MerchantID, charges: Money = .zero,
        by person: Person, at instant: Instant
    ) throws {
        precondition(charges >= .zero, "charges are never gained")
        try settling([number], by: person, at: instant, draft: true) { booking, stored, rows in
            guard charges.isZero || !booking.hasFourEyes else {
                throw BankRefusal(.nothingProposed, "entry \(number): \(booking.book.unapproved(charges))")
            }
            var sum: Int128 = 0
            for (place, reference) in references.enumerated() {
                guard let payment = try rows(merchant, reference), payment.booking.kind == .payment else {
                    throw BankRefusal(
                        .paymentUnknown,
                        "\(merchant) has no payment \(reference): record it with `settled pay`")
                }
                if let other = payment.undoneBy, !booking.book.isClaimed(merchant, other) {
                    throw BankRefusal(
                        .paymentUnknown,
                        "\(reference) of \(merchant) was taken back by \(other), which no entry is: "
                            + "record the payment anew with `settled pay`")
                }
                guard !booking.book.isClaimed(merchant, reference), !references[..<place].contains(reference)
                else {
                    throw BankRefusal(.paymentTaken, "another entry is \(reference) of \(merchant)")
                }
                sum += Int128(payment.booking.amount.minorUnits)
                try booking.note(
                    .named(merchant, reference), for: stored.number, charges: place == 0 ? charges : .zero)
            }
            let amount = stored.line.amount
            guard sum == Int128(amount.minorUnits) + Int128(charges.minorUnits),
                charges.isZero || (sum > 0) == (amount > .zero)
            else {
                let currency = booking.book.matching.currency
                throw BankRefusal(
                    .paymentMismatch,
                    "entry \(number) is of \(currency.text(amount))"
                        + (charges.isZero ? "" : " with charges of \(currency.text(charges))")
                        + ", and they come to \(currency.text(Money(Int64(clamping: sum))))")
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
        try settling(numbers, .waiting, by: person, at: instant, draft: draft) { booking, stored, _ in
            let finding = try booking.book.finding(of: stored)
            guard !finding.steps.isEmpty else {
                throw BankRefusal(.nothingProposed, "entry \(stored.number): \(finding.reason)")
            }
            return try booking.settle(stored, by: finding)
        }
    }

    /// Books, or drafts, what a person says that a line is: an order, with what the bank charged beside it, or a part of
    /// one. Throws `BankRefusal` and `PersonRefusal`.
    public func acceptBankLine(
        _ number: Int64, as saying: BankSaying, by person: Person, at instant: Instant, draft: Bool = false
    ) throws {
        try settling([number], by: person, at: instant, draft: draft) { booking, stored, _ in
            let finding: BankFinding
            do {
                finding = try booking.book.finding(of: stored.line, as: saying)
            } catch let refusal as BankRefusal {
                throw BankRefusal(refusal.code, "entry \(number): \(refusal.reason)")
            }
            guard !finding.steps.isEmpty else {
                throw BankRefusal(.nothingProposed, "entry \(number): \(finding.reason)")
            }
            return try booking.settle(stored, by: finding)
        }
    }

    private func settling(
        _ numbers: [Int64], _ wanted: OrderBook.Wanted = .untouched, by person: Person, at instant: Instant,
        draft: Bool,
        _ settle: (
            inout BankBooking, StoredBankLine, (MerchantID, BookingReference) throws -> StoredBooking?
        ) throws -> String
    ) throws {
        try writing("settle an entry of the bank") { database in
            let inForce = try inForce(database)
            var booking = try BankBooking(database, inForce, by: person, at: instant, draft: draft)
            for number in Set(numbers).sorted() {
                let stored = try booking.book.line(number, wanted)
                // What ended may not come back beside what settles it now.
                if stored.matches.isEmpty, stored.hasEnded {
                    try booking.note(.reopened("settled anew"), for: number)
                }
                let said = try settle(&booking, stored) { merchant, reference in
                    guard inForce.roster.number(of: merchant) != nil else { return nil }
                    return try BookingRows(database, inForce.roster).find(merchant, reference)
                }
                try BankTail(database).note(
                    "entry \(number) \(said), by \(person.name)", by: person, at: instant)
            }
            guard try wanted != .touched || !booking.hasFourEyes || booking.hasCompleteCharges() else {
                throw BankRefusal(
                    .entrySettled,
                    "with four_eyes no person alone takes charges off the books, as that would: they end with their "
                        + "payment, once another has approved what takes it back (`settled pay --undo`)")
            }
            try booking.followCharges()
        }
    }
}

extension OrderBook {
    /// What a finding would settle a line with.
    func proposed(_ finding: BankFinding) -> [BankMatch.Act] {
        finding.steps.map { step in
            let order = matching.orders[step.order]
            return switch step.act {
            case .pay, .payPart: .paid(order.merchant, order.reference)
            case .undo: .returned(order.merchant, order.reference)
            case .confirmPaid: .named(order.merchant, order.reference)
            case .confirmUndone(let other): .named(order.merchant, other)
            }
        }
    }
}

extension BankBooking {
    func proposed(_ finding: BankFinding) -> [BankMatch.Act] { book.proposed(finding) }

    /// Carries out what was found of a line, or refuses it; says what it is.
    mutating func settle(_ stored: StoredBankLine, by finding: BankFinding) throws -> String {
        let (acts, refusal) = try carry(out: finding, of: stored.line, number: stored.number)
        if let refusal { throw BankRefusal(.nothingProposed, "entry \(stored.number): \(refusal)") }
        return "is "
            + acts.compactMap(\.payment).map { "\($0.reference) of \($0.merchant)" }.joined(separator: ", ")
    }
}
