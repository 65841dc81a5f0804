import Settlement

extension JournalExport {
    /// Two rows an entry, one an account, for a spreadsheet or another program: amounts in major units.
    var table: String {
        var table = Tabular(
            "alliance", "period", "entry", "date", "cause", "merchant", "counterparty", "price", "rate",
            "reference",
            "points", "dated", "reason", "undoes", "account", "debit", "credit", "currency")
        let names = ["counterparty", "price", "rate", "reference", "points", "dated", "reason", "undoes"]
        let chosenFreely: Set = ["reference", "reason", "undoes"]
        for period in periods {
            for (place, entry) in period.entries.enumerated() {
                let head = [
                    alliance, period.id, "\(place + 1)", entry.date.description, entry.cause, entry.merchant,
                ]
                let told =
                    head
                    + names.map { name in
                        let text = entry.detail(name) ?? ""
                        return chosenFreely.contains(name) ? Tabular.free(text) : text
                    }
                table.add(told + [entry.debit, money(entry.amount), "", currency.code])
                table.add(told + [entry.credit, "", money(entry.amount), currency.code])
            }
        }
        return table.text
    }
}
