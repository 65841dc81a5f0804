import Settlement

/// What was paid after a period, and what runs have ordered and nobody has booked yet, by merchant.
struct OpenBalances {
    private var paidSince: [MerchantID: Int128] = [:]
    private var underWay: [MerchantID: Int128] = [:]

    /// `runs` are those whose orders count.
    init(after period: Int, bookings: [StoredBooking], runs: [PaymentRun]) {
        var booked: [MerchantID: Set<BookingReference>] = [:]
        for stored in bookings {
            let booking = stored.booking
            guard booking.kind == .payment else { continue }
            booked[booking.merchant, default: []].insert(booking.reference)
            guard stored.period > period else { continue }
            paidSince[booking.merchant, default: 0] += Int128(booking.amount.minorUnits)
        }
        for run in runs {
            for (place, item) in run.items.enumerated() where run.hasOrdered(place) {
                let merchant = item.open.merchant
                guard booked[merchant]?.contains(run.reference(of: place)) != true else { continue }
                underWay[merchant, default: 0] -= Int128(item.amount.minorUnits)
            }
        }
    }

    /// What is open with a merchant. Throws `PaymentRefusal` where it fits no 64 bits.
    func open(_ merchant: MerchantID, _ balance: Money) throws -> OpenBalance {
        guard let since = Int64(exactly: paidSince[merchant, default: 0]),
            let underWay = Int64(exactly: underWay[merchant, default: 0])
        else {
            throw PaymentRefusal(.amountOutOfBounds, "\(merchant): its payments do not fit 64 bits")
        }
        return OpenBalance(
            merchant: merchant, balance: balance, paidSince: Money(since), underWay: Money(underWay))
    }
}
