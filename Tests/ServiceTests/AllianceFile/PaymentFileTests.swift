import Service
import Settlement
import Testing

@Suite("Payment details in the alliance file")
struct PaymentFileTests {
    private let section = SectionFile(name: "payment")

    @Test("They are read")
    func whole() throws {
        let alliance = try AllianceFile.parse(
            text: section.text(
                """
                {minimum: 500, due_days: 10, account: {iban: DE89 3704 0044 0532 0130 00, bic: MARKDEFF}, \
                name: Quay e.V., address: {town: Kiel, country: DE}, creditor_id: DE98ZZZ09999999999}
                """,
                """
                {account: {national: '6222'}, name: Emma's, address: {street: Am Kai, building: '3', \
                postal_code: '24103', town: Kiel, country: DE}, \
                mandate: {id: MND-1, signed: 2026-01-05, scheme: b2b}}
                """), fileName: "a.yaml")
        #expect(
            alliance.payment
                == PaymentDetails(
                    minimum: Money(500), dueDays: 10,
                    account: .iban(try IBAN("DE89370400440532013000"), try BIC("MARKDEFF")),
                    name: "Quay e.V.", address: StructuredAddress(town: "Kiel", country: "DE"),
                    creditorIdentifier: try CreditorIdentifier("DE98ZZZ09999999999")))
        #expect(
            alliance.merchants[0].payment
                == PaymentDetails(
                    account: .national("6222"), name: "Emma's",
                    address: StructuredAddress(
                        street: "Am Kai", building: "3", postalCode: "24103", town: "Kiel", country: "DE"),
                    mandate: Mandate(id: "MND-1", signed: LocalDate("2026-01-05")!, scheme: .b2b)))
    }

    @Test("What is wrong is refused where it stands")
    func refused() {
        for (own, refusal) in [
            ("soon", "7: value_malformed payment"), ("{minimum: 1.50}", "7: value_malformed payment.minimum"),
            ("{due_days: -1}", "7: value_malformed payment.due_days"),
            ("{due_days: 367}", "7: out_of_bounds payment.due_days"),
            ("{account: {}}", "7: member_missing payment.account.iban"),
            ("{account: {iban: DE88370400440532013000}}", "7: value_malformed payment.account.iban"),
            (
                "{account: {iban: DE89370400440532013000, bic: MARK}}",
                "7: value_malformed payment.account.bic"
            ),
            (
                "{account: {iban: DE89370400440532013000, national: '1'}}",
                "7: value_malformed payment.account.iban"
            ),
            ("{address: {town: Kiel}}", "7: member_missing payment.address.country"),
            ("{address: {town: Kiel, country: Germany}}", "7: payment_malformed payment.address.country"),
            ("{address: {lines: [Kiel], town: Kiel, country: DE}}", "7: member_unknown payment.address"),
            ("{creditor_id: DE97ZZZ09999999999}", "7: value_malformed payment.creditor_id"),
            ("{mandate: {id: A, signed: 2026-01-05, scheme: core}}", "7: member_unknown payment"),
        ] { #expect(section.refusals(own, "{}") == [refusal], "\(own): \(section.refusals(own, "{}"))") }
        for (theirs, refusal) in [
            ("{creditor_id: DE98ZZZ09999999999}", "11: member_unknown merchants[M].payment"),
            ("{mandate: {id: A, scheme: core}}", "11: member_missing merchants[M].payment.mandate.signed"),
            (
                "{mandate: {id: A, signed: 2026-01-05, scheme: cor}}",
                "11: value_malformed merchants[M].payment.mandate.scheme"
            ),
            (
                "{mandate: {id: a b, signed: 2026-01-05, scheme: core}}",
                "11: payment_malformed merchants[M].payment.mandate.id"
            ),
        ] {
            #expect(
                section.refusals("{}", theirs) == [refusal], "\(theirs): \(section.refusals("{}", theirs))")
        }
    }

    @Test("A misspelt member is refused with the name that was probably meant, a wrong number with why")
    func hints() {
        func text(_ own: String) -> String {
            do throws(AllianceFileRefusal) {
                _ = try AllianceFile.parse(text: section.text(own, "{}"), fileName: "a.yaml")
                return ""
            } catch { return error.description }
        }
        #expect(text("{due_day: 3}").contains("unknown member `due_day`; did you mean `due_days`?"))
        #expect(
            text("{account: {iban: DE88370400440532013000}}").hasSuffix(
                "payment.account.iban: expected an IBAN, found one whose check digits 88 do not fit it"))
    }
}
