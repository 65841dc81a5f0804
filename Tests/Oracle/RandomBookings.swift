extension RandomRecords {
    /// Nil when nothing is booked.
    mutating func bookings() -> String? {
        let begun = setting.alliance.merchants.filter { $0.terms[0].from <= setting.alliance.start }.map(\.id)
        if begun.isEmpty || numbers.happens(40) { return nil }
        var rows = ["merchant,kind,reference,amount,date,reason"]
        for number in 1...numbers.number(1...12) {
            let kind = numbers.pick(["payment", "adjustment"])
            let amount = numbers.pick([1, -1]) * numbers.number(1...900)
            let days = numbers.number(-20...(setting.spans.count * 31))
            let date = setting.alliance.start.adding(days: days).text
            rows.append("\(numbers.pick(begun)),\(kind),B\(number),\(amount),\(date),because")
        }
        return rows.joined(separator: "\n") + "\n"
    }
}
