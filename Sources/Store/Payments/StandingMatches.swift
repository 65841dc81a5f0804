import Settlement

/// Tells which matches of the bank's lines count. One stands on the very draft or booking that it was made with: another
/// one of the same reference does not bring it back. A payment that was taken back counts only as long as another line is
/// what took it back, for then it went and came; taken back by a person it never was what the bank booked.
struct StandingMatches {
    let bookings: [StoredBooking]
    let drafts: [StoredDraft]

    /// Leaves each line what counts of its matches, and gives which line stands on which payment. Throws `StoreTrouble` where
    /// what a match stands on is not there.
    func sift(_ lines: inout [StoredBankLine]) throws -> [PaymentName: Int64] {
        for place in lines.indices {
            lines[place].matches = Array(lines[place].sinceReopened)
        }
        let kept = try claims(of: lines)
        var claims = kept
        for place in lines.indices {
            let all = lines[place].matches
            var (sum, isIgnored) = (Int128(0), false)
            lines[place].matches = try all.filter { match in
                guard let payment = PaymentName(match.act) else {
                    isIgnored = true
                    return true
                }
                guard let ground = try ground(of: match) else { return false }
                if let other = ground.undoneBy {
                    let line = kept[PaymentName(payment.merchant, other)]
                    guard let line, line != match.line else { return false }
                }
                sum += Int128(ground.booking.amount.minorUnits)
                claims[payment] = match.line
                return true
            }
            let matches = lines[place].matches
            let charges = matches.isEmpty ? (noted: .zero, booked: .zero) : try charges(of: all)
            lines[place].isSettled =
                isIgnored
                || !matches.isEmpty
                    && sum == Int128(lines[place].line.amount.minorUnits) + Int128(charges.noted.minorUnits)
            lines[place].charges = charges.booked
            lines[place].notedCharges = charges.noted
            lines[place].waitingDraft = try matches.compactMap { try waitingDraft(of: $0) }.first
            lines[place].hasEnded = matches.count < all.count
        }
        return claims
    }

    /// What was charged for an entry, and what of it is booked. They are of all its payments, though noted beside one, and
    /// count as long as any of these does; but not where the draft that says them was withdrawn.
    private func charges(of matches: [BankMatch]) throws -> (noted: Money, booked: Money) {
        var (noted, booked) = (Int64(0), Int64(0))
        for match in matches where !match.charges.isZero {
            guard let ground = try ground(of: match) else { continue }
            noted += match.charges.minorUnits
            if ground.isBooked { booked += match.charges.minorUnits }
        }
        return (Money(noted), Money(booked))
    }

    /// Which line stands on which payment that is not taken back.
    private func claims(of lines: [StoredBankLine]) throws -> [PaymentName: Int64] {
        var claims: [PaymentName: Int64] = [:]
        for match in lines.lazy.flatMap(\.matches) {
            guard let payment = PaymentName(match.act), let ground = try ground(of: match),
                ground.undoneBy == nil
            else { continue }
            claims[payment] = match.line
        }
        return claims
    }

    /// What a match stands on, and what took it back; nil: its draft was withdrawn.
    private func ground(
        of match: BankMatch
    ) throws -> (booking: Booking, undoneBy: BookingReference?, isBooked: Bool)? {
        switch match.ground {
        case .booking(let number):
            let stored = try booking(number)
            return (stored.booking, stored.undoneBy, true)
        case .draft(let number):
            guard number >= 1, number <= drafts.count else { throw Self.gone("drafts", number) }
            let draft = drafts[Int(number) - 1]
            switch draft.state {
            case .waiting: return (draft.booking, nil, false)
            case .withdrawn: return nil
            case .booked:
                let stored = try booking(draft.bookedAs ?? 0)
                return (stored.booking, stored.undoneBy, true)
            }
        case nil: return nil
        }
    }

    private func waitingDraft(of match: BankMatch) throws -> Int64? {
        guard case .draft(let number) = match.ground, let ground = try ground(of: match) else { return nil }
        return ground.isBooked ? nil : number
    }

    private func booking(_ number: Int64) throws -> StoredBooking {
        guard number >= 1, number <= bookings.count else { throw Self.gone("bookings", number) }
        return bookings[Int(number) - 1]
    }

    private static func gone(_ table: String, _ row: Int64) -> StoreTrouble {
        .damaged(table, "row \(row)", "it is not there")
    }
}

/// What a payment is booked under.
struct PaymentName: Hashable {
    let merchant: MerchantID
    let reference: BookingReference

    init(_ merchant: MerchantID, _ reference: BookingReference) {
        self.merchant = merchant
        self.reference = reference
    }

    init(_ booking: Booking) { self.init(booking.merchant, booking.reference) }

    /// What a match stands on; nil: on no booking.
    init?(_ act: BankMatch.Act) {
        guard let payment = act.payment else { return nil }
        self.init(payment.merchant, payment.reference)
    }
}
