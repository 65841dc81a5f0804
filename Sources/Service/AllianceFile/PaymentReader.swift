import Settlement
import Yams

/// Reads the member `payment`, of the alliance or of a merchant.
struct PaymentReader {
    let isAlliance: Bool

    func details(_ parent: Members) -> PaymentDetails? {
        let known = ["minimum", "due_days", "account", "name", "address"]
        guard
            let members = section("payment", of: parent, known + [isAlliance ? "creditor_id" : "mandate"])
        else { return nil }
        return PaymentDetails(
            minimum: members.optional("minimum", Form.money, Form.integer)
                .map { Money(Int64($0)) },
            dueDays: members.optional("due_days", "a whole number of days", Form.integer),
            account: account(members), name: members.optional("name", "a name") { $0 },
            address: address(members), mandate: isAlliance ? nil : mandate(members),
            creditorIdentifier: isAlliance
                ? members.banking("creditor_id", "a creditor identifier", CreditorIdentifier.init) : nil)
    }

    private func section(_ name: String, of parent: Members, _ known: [String]) -> Members? {
        guard let node = parent.node(name) else { return nil }
        return Members(node, path: parent.path(of: name), known: known, findings: parent.findings)
    }

    /// An IBAN, with the BIC of its bank if wanted, or `national`.
    private func account(_ payment: Members) -> BankAccount? {
        guard let members = section("account", of: payment, ["iban", "bic", "national"]) else { return nil }
        let bic = members.banking("bic", "a BIC", BIC.init)
        guard members.node("national") != nil else {
            guard members.node("iban") != nil else {
                members.findings.add(
                    .memberMissing, members.path(of: "iban"), at: members.mark,
                    "is missing, expected an IBAN, or `national`")
                return nil
            }
            return members.banking("iban", "an IBAN", IBAN.init).map { .iban($0, bic) }
        }
        for other in ["iban", "bic"] {
            guard let node = members.node(other) else { continue }
            members.findings.add(
                .valueMalformed, members.path(of: other), at: node.mark,
                "expected either an IBAN or `national`, found both")
        }
        return members.optional("national", "an account as the country writes it") { .national($0) }
    }

    private func address(_ payment: Members) -> StructuredAddress? {
        guard
            let members = section(
                "address", of: payment, ["street", "building", "postal_code", "town", "country"])
        else { return nil }
        let street = members.optional("street", "a street") { $0 }
        let building = members.optional("building", "a building's number") { $0 }
        let code = members.optional("postal_code", "a postal code") { $0 }
        let town = members.required("town", "a town") { $0 }
        let country = members.required("country", "two capital letters of ISO 3166-1, as DE") { $0 }
        guard let town, let country else { return nil }
        return StructuredAddress(
            street: street, building: building, postalCode: code, town: town, country: country)
    }

    private func mandate(_ payment: Members) -> Mandate? {
        guard let members = section("mandate", of: payment, ["id", "signed", "scheme"]) else { return nil }
        let id = members.required("id", "the mandate's reference") { $0 }
        let signed = members.required("signed", Form.date, LocalDate.init)
        let scheme = members.required(
            "scheme", Form.words(Mandate.Scheme.self), Mandate.Scheme.init(rawValue:))
        guard let id, let signed, let scheme else { return nil }
        return Mandate(id: id, signed: signed, scheme: scheme)
    }
}

extension Members {
    /// The value of a member whose reader says itself what is wrong.
    fileprivate func banking<Value>(
        _ name: String, _ expected: String, _ read: (String) throws(BankingFault) -> Value
    ) -> Value? {
        guard let text = optional(name, expected, { $0 }) else { return nil }
        do throws(BankingFault) {
            return try read(text)
        } catch {
            findings.add(.valueMalformed, path(of: name), at: node(name)?.mark, error.reason)
            return nil
        }
    }
}
