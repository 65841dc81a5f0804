import Settlement

/// The bookings file of a simulation: `merchant,kind,reference,amount,date,reason`.
enum SimulatedBookings {
    /// Reads the file. Throws `refused` with file and line for what is no booking.
    static func read(_ path: String) throws(Failure) -> [Booking] {
        let columns = ["merchant", "kind", "reference", "amount", "date", "reason"]
        let table = try ColumnedFile(path: path, required: columns, optional: [])
        let positions = columns.map { table.column($0) }
        var bookings: [Booking] = []
        for row in table.rows {
            let cells = positions.map { table.cell(row, $0) ?? "" }
            bookings.append(try booking(cells, place: table.place(row)))
        }
        return bookings
    }

    private static func booking(_ cells: [String], place: String) throws(Failure) -> Booking {
        guard let merchant = MerchantID(cells[0]) else {
            throw .refused(place, "\(cells[0]) is no merchant's id")
        }
        guard let kind = Booking.Kind(rawValue: cells[1]) else {
            throw .refused(place, "kind is payment or adjustment, found \(cells[1])")
        }
        guard let reference = BookingReference(cells[2]) else {
            throw .refused(
                place, "\(cells[2]) is no reference: 1–64 printable characters without space, \" \\ ,")
        }
        guard let amount = Int64(cells[3]) else {
            throw .refused(place, "amount is a whole number of minor units, found \(cells[3])")
        }
        guard let date = LocalDate(cells[4]) else {
            throw .refused(place, "date is YYYY-MM-DD, found \(cells[4])")
        }
        return Booking(
            merchant: merchant, kind: kind, reference: reference, amount: Money(amount),
            date: date,
            reason: cells[5])
    }
}
