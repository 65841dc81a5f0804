/// What a bank says that it charged for an entry or a transaction.
struct CAMTCharges {
    let currency: Currency

    /// In all, more than 0: `TtlChrgsAndTaxAmt`, or what its records come to, of which one with `CRDT` was given back.
    /// Nil where none is said, or not all of it in the alliance's currency.
    func stated(_ element: MarkupElement?) -> Money? {
        let blocks = element?.all("Chrgs") ?? []
        if let total = blocks.lazy.compactMap({ $0.first("TtlChrgsAndTaxAmt") }).first {
            return amount(total).flatMap { $0 > .zero ? $0 : nil }
        }
        // Version 02 has the records' members in the blocks themselves.
        let records = blocks.flatMap { $0.all("Rcrd") } + blocks.filter { $0.first("Amt") != nil }
        let amounts = records.compactMap { record -> Int128? in
            guard let amount = record.first("Amt").flatMap(amount) else { return nil }
            return CAMTEntry.isCredit(record) == true ? -Int128(amount.minorUnits) : Int128(amount.minorUnits)
        }
        guard amounts.count == records.count else { return nil }
        let sum = Int64(clamping: amounts.reduce(0, +))
        return sum > 0 && sum <= Money.maximum ? Money(sum) : nil
    }

    /// By how much a transaction, of this amount with its sign, cost more than what was instructed (`InstdAmt`): more than
    /// 0, or nil.
    func beyondInstructed(_ transaction: MarkupElement?, _ found: Money) -> Money? {
        guard let instructed = transaction?.first("AmtDtls", "InstdAmt", "Amt").flatMap(amount) else {
            return nil
        }
        let signed = found > .zero ? instructed.minorUnits : -instructed.minorUnits
        let difference = signed - found.minorUnits
        return difference > 0 ? Money(difference) : nil
    }

    private func amount(_ element: MarkupElement) -> Money? {
        guard element.attributes["Ccy"] == currency.code else { return nil }
        return currency.bankMoney(element.trimmed)
    }
}
