import Settlement

/// The references that merchants have booked, or that wait to be: no run orders anything under them.
struct TakenReferences {
    private var taken: [MerchantID: Set<BookingReference>] = [:]

    init(bookings: [StoredBooking], drafts: [StoredDraft]) {
        let waiting = drafts.filter { $0.state == .waiting }.map(\.booking)
        for booking in bookings.map(\.booking) + waiting {
            taken[booking.merchant, default: []].insert(booking.reference)
        }
    }

    /// The first of a run's that is taken.
    func first(of run: PaymentRun) -> BookingReference? {
        run.items.indices.first { place in
            taken[run.items[place].open.merchant]?.contains(run.reference(of: place)) == true
        }.map { run.reference(of: $0) }
    }
}
