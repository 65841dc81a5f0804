extension PaymentDetails {
    /// The member `payment` of a stored alliance: what is absent is left out.
    func write(to json: inout CanonicalJSON) {
        json.member("payment") { json in
            json.member("minimum", ifPresent: minimum?.minorUnits)
            json.member("due_days", ifPresent: dueDays.map(Int64.init))
            switch account {
            case .iban(let iban, let bic):
                json.member("account") { json in
                    json.member("iban", iban.text)
                    json.member("bic", ifPresent: bic?.text)
                }
            case .national(let number): json.member("account") { $0.member("national", number) }
            case nil: break
            }
            json.member("name", ifPresent: name)
            if let address {
                json.member("address") { json in
                    json.member("street", ifPresent: address.street)
                    json.member("building", ifPresent: address.building)
                    json.member("postal_code", ifPresent: address.postalCode)
                    json.member("town", address.town)
                    json.member("country", address.country)
                }
            }
            if let mandate {
                json.member("mandate") { json in
                    json.member("id", mandate.id)
                    json.member("signed", mandate.signed.description)
                    json.member("scheme", mandate.scheme.rawValue)
                }
            }
            json.member("creditor_id", ifPresent: creditorIdentifier?.text)
        }
    }

    /// Reads it back; nil where any of it is not what it should be.
    init?(stored value: JSONValue) {
        func parse<Value>(
            _ value: JSONValue?, _ read: (String) throws(BankingFault) -> Value
        ) -> Value?? {
            guard let value else { return .some(nil) }
            guard let text = value.string, let read = try? read(text) else { return nil }
            return .some(read)
        }
        func text(_ value: JSONValue?) -> String?? { parse(value) { (text) throws(BankingFault) in text } }

        guard let creditor = parse(value["creditor_id"], CreditorIdentifier.init),
            let name = text(value["name"])
        else { return nil }
        var account: BankAccount?
        if let stored = value["account"] {
            if let number = stored["national"] {
                guard let number = number.string else { return nil }
                account = .national(number)
            } else {
                guard case .some(.some(let iban)) = parse(stored["iban"], IBAN.init),
                    let bic = parse(stored["bic"], BIC.init)
                else { return nil }
                account = .iban(iban, bic)
            }
        }
        var address: StructuredAddress?
        if let stored = value["address"] {
            guard let street = text(stored["street"]), let building = text(stored["building"]),
                let code = text(stored["postal_code"]), let town = stored["town"]?.string,
                let country = stored["country"]?.string
            else { return nil }
            address = StructuredAddress(
                street: street, building: building, postalCode: code, town: town, country: country)
        }
        var mandate: Mandate?
        if let stored = value["mandate"] {
            guard let id = stored["id"]?.string,
                let signed = stored["signed"]?.string.flatMap({ LocalDate($0) }),
                let scheme = stored["scheme"]?.string.flatMap(Mandate.Scheme.init(rawValue:))
            else { return nil }
            mandate = Mandate(id: id, signed: signed, scheme: scheme)
        }
        self.init(
            minimum: value["minimum"]?.integer.map { Money($0) },
            dueDays: value["due_days"]?.integer.flatMap { Int(exactly: $0) }, account: account, name: name,
            address: address, mandate: mandate, creditorIdentifier: creditor)
    }
}
