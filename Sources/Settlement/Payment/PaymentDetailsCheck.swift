extension PaymentDetails {
    /// Bounds of ours, or of the bank files' elements.
    static let minimums = 0...Money.maximum
    static let dueDayCounts = 0...366

    /// All that is wrong, by the member's path below it; empty if it can be paid by.
    var faults: [(code: AllianceProblem.Code, member: String, reason: String)] {
        var faults: [(AllianceProblem.Code, String, String)] = []
        func bound<Value: Comparable>(_ value: Value?, in bounds: ClosedRange<Value>, _ member: String) {
            guard let value, !bounds.contains(value) else { return }
            faults.append(
                (.outOfBounds, member, "expected \(bounds.lowerBound) … \(bounds.upperBound), found \(value)")
            )
        }
        func text(_ text: String?, bytes: Int, _ member: String) {
            guard let text, !PrintableText.accepts(text, bytes: 1...bytes) || text.allSatisfy(\.isWhitespace)
            else { return }
            faults.append(
                (.paymentMalformed, member, "expected 1 … \(bytes) bytes of printable text on one line"))
        }
        bound(minimum?.minorUnits, in: Self.minimums, "minimum")
        bound(dueDays, in: Self.dueDayCounts, "due_days")
        if case .national(let number)? = account { text(number, bytes: 100, "account.national") }
        text(name, bytes: 140, "name")
        if let address {
            text(address.street, bytes: 140, "address.street")
            text(address.building, bytes: 32, "address.building")
            text(address.postalCode, bytes: 32, "address.postal_code")
            text(address.town, bytes: 70, "address.town")
            if address.country.utf8.count != 2 || !address.country.utf8.allSatisfy(BankingText.isLetter) {
                faults.append(
                    (
                        .paymentMalformed, "address.country",
                        "expected two capital letters of ISO 3166-1, as DE, found \(address.country)"
                    ))
            }
        }
        if let mandate {
            if !SEPAText.acceptsIdentifier(mandate.id, atMost: 35) || mandate.id.contains(" ") {
                faults.append(
                    (
                        .paymentMalformed, "mandate.id",
                        "expected 1 … 35 of A–Z a–z 0–9 / - ? : ( ) . , ' +, no slash at an end, no two"
                    ))
            }
            bound(mandate.signed, in: AllianceBounds.dates, "mandate.signed")
        }
        return faults
    }
}
