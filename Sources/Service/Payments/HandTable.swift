import Settlement
import Store

/// What a person pays or collects of a payment run, as rows for a spreadsheet.
struct HandTable {
    let run: PaymentRun
    let schedule: Schedule

    /// Throws `PaymentRefusal` where there is nothing.
    func bytes() throws -> [UInt8] {
        let (alliance, period) = (schedule.alliance, schedule.calendar.period(run.period).id)
        let places = run.items.indices.filter { run.items[$0].method == .byHand }
        guard !places.isEmpty else {
            throw PaymentRefusal(.nothingToExport, "run \(run.number) leaves nothing to a person")
        }
        var table = Tabular(
            "alliance", "run", "period", "merchant", "direction", "amount", "currency", "due", "name",
            "account", "street", "building", "postal_code", "town", "country", "reference",
            "creditor_reference")
        for place in places {
            let item = run.items[place]
            let isPaid = item.amount > .zero
            let merchant = schedule.merchant(item.open.merchant)
            let (details, address) = (merchant?.payment, merchant?.payment?.address)
            let amount = Int64(item.amount.minorUnits.magnitude)
            // What a merchant pays by itself bears a reference that it cannot mistype.
            let quoted =
                isPaid ? nil : PaymentReference.creditorReference(run: run.number, place: place + 1)
            table.add(
                [
                    alliance.id.text, "\(run.number)", period, item.open.merchant.text,
                    isPaid ? "pay" : "collect",
                    Figures.plain(amount, exponent: alliance.currency.exponent), alliance.currency.code,
                    "\(item.due)",
                ]
                    + [
                        details?.name ?? merchant?.name, details?.account?.text, address?.street,
                        address?.building, address?.postalCode, address?.town, address?.country,
                    ].map { Tabular.free($0 ?? "") } + [run.reference(of: place).text, quoted?.text ?? ""])
        }
        return Array(table.text.utf8)
    }
}
