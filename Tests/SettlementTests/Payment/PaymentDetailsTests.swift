import Settlement
import Testing

@Suite("Payment details in the alliance")
struct PaymentDetailsTests {
    private let sample = SampleAlliance.alliance()

    private func alliance(_ own: PaymentDetails?, _ theirs: PaymentDetails?) -> Alliance {
        Alliance(
            id: sample.id, name: sample.name, currency: sample.currency, timezone: sample.timezone,
            period: sample.period, payment: own, start: sample.start,
            merchants: [
                Merchant(id: MerchantID("M")!, name: "M", payment: theirs, terms: SampleAlliance.m.terms)
            ])
    }

    private func own() throws -> PaymentDetails {
        PaymentDetails(
            minimum: Money(500), dueDays: 10,
            account: .iban(try IBAN("DE89370400440532013000"), try BIC("MARKDEFF")), name: "Quay e.V.",
            creditorIdentifier: try CreditorIdentifier("DE98ZZZ09999999999"))
    }

    private let theirs = PaymentDetails(
        account: .national("6222 0000 \"1\""),
        address: StructuredAddress(street: "Am Kai", building: "3", town: "Kiel", country: "DE"),
        mandate: Mandate(id: "MND-1", signed: LocalDate("2026-01-05")!, scheme: .core))

    @Test("They are stored only where there are any, and read back")
    func document() throws {
        for (own, theirs) in [
            (try own(), theirs), (nil, theirs), (try own(), nil), (nil, PaymentDetails()),
            (PaymentDetails(account: .iban(try IBAN("DE89370400440532013000"), nil)), nil),
        ] {
            let wanted = alliance(own, theirs)
            let bytes = AllianceDocument.bytes(of: wanted)
            let read = try AllianceDocument.alliance(from: bytes)
            #expect(read == wanted && read.payment == own && read.merchants[0].payment == theirs)
        }
        let text = String(decoding: AllianceDocument.bytes(of: alliance(try own(), theirs)), as: UTF8.self)
        #expect(
            text.contains(
                #""payment":{"minimum":500,"due_days":10,"account":{"iban":"DE89370400440532013000","#
                    + #""bic":"MARKDEFF"},"name":"Quay e.V.","creditor_id":"DE98ZZZ09999999999"},"start""#))
        #expect(
            text.contains(
                #""payment":{"account":{"national":"6222 0000 \"1\""},"address":{"street":"Am Kai","#
                    + #""building":"3","town":"Kiel","country":"DE"},"mandate":{"id":"MND-1","#
                    + #""signed":"2026-01-05","scheme":"core"}},"status""#))
        #expect(
            !String(decoding: AllianceDocument.bytes(of: sample), as: UTF8.self).contains("payment"))
    }

    @Test("Stored ones that are damaged are told")
    func damaged() throws {
        let text = String(decoding: AllianceDocument.bytes(of: alliance(try own(), theirs)), as: UTF8.self)
        for (old, new) in [
            ("DE89370400440532013000", "DE89370400440532013001"), ("MARKDEFF", "MARKDEF"), ("core", "corp"),
            (#""town":"Kiel","#, ""), (#""due_days":10"#, #""due_days":"10""#), ("2026-01-05", "2026-01-32"),
            (#""national""#, #""rational""#),
        ] {
            #expect(text.contains(old))
            #expect(throws: AllianceDamage.self, "\(new)") {
                try AllianceDocument.alliance(
                    from: Array(text.replacing(old, with: new, maxReplacements: 1).utf8))
            }
        }
    }

    @Test("They may come, change and go at any time, and each change is told")
    func change() throws {
        let standing = AllianceChange.Standing(earliestOpen: 3, hasRecords: true)
        let (before, after) = (alliance(nil, nil), alliance(try own(), theirs))
        let change = AllianceChange(from: before, to: after, standing: standing)
        #expect(change.refusals.isEmpty)
        #expect(
            change.lines == [
                "+ payment.minimum: 500", "+ payment.due_days: 10",
                "+ payment.account.iban: DE89370400440532013000", "+ payment.account.bic: MARKDEFF",
                "+ payment.name: Quay e.V.",
                "+ payment.creditor_id: DE98ZZZ09999999999",
                "+ merchants[M].payment.account.national: 6222 0000 \"1\"",
                "+ merchants[M].payment.address.street: Am Kai",
                "+ merchants[M].payment.address.building: 3", "+ merchants[M].payment.address.town: Kiel",
                "+ merchants[M].payment.address.country: DE",
                "+ merchants[M].payment.mandate: MND-1, core, signed 2026-01-05",
            ])
        #expect(AllianceChange(from: after, to: before, standing: standing).refusals.isEmpty)
    }

    @Test("Two merchants have no mandate in common")
    func sharedMandate() {
        func codes(_ ids: [String]) -> [String] {
            let sample = SampleAlliance.alliance()
            let merchants = zip([SampleAlliance.m, SampleAlliance.n], ids).map { merchant, id in
                Merchant(
                    id: merchant.id, name: merchant.name,
                    payment: PaymentDetails(
                        mandate: Mandate(id: id, signed: LocalDate("2026-01-05")!, scheme: .core)),
                    terms: merchant.terms)
            }
            return Alliance(
                id: sample.id, name: sample.name, currency: sample.currency, timezone: sample.timezone,
                period: .month, start: sample.start, merchants: merchants
            ).problems.map { "\($0.code.rawValue) \($0.path)" }
        }
        #expect(codes(["A", "B"]) == [])
        #expect(codes(["A", "A"]) == ["payment_malformed merchants[N].payment.mandate.id"])
    }

    @Test("What moves from one part to another is a change, though it reads the same")
    func moved() throws {
        func lines(_ before: PaymentDetails, _ after: PaymentDetails) -> [String] {
            AllianceChange(
                from: alliance(nil, before), to: alliance(nil, after),
                standing: AllianceChange.Standing(earliestOpen: 3, hasRecords: true)
            ).lines
        }
        func address(_ building: String?, _ code: String?) -> PaymentDetails {
            PaymentDetails(
                address: StructuredAddress(building: building, postalCode: code, town: "Kiel", country: "DE"))
        }
        #expect(
            lines(address("20457", nil), address(nil, "20457")) == [
                "+ merchants[M].payment.address.postal_code: 20457",
                "- merchants[M].payment.address.building: 20457",
            ])
        let iban = "DE89370400440532013000"
        #expect(
            lines(
                PaymentDetails(account: .national(iban)),
                PaymentDetails(account: .iban(try IBAN(iban), nil))
            ) == [
                "+ merchants[M].payment.account.iban: \(iban)",
                "- merchants[M].payment.account.national: \(iban)",
            ])
    }

    @Test("What cannot be paid by is told with its place")
    func problems() throws {
        func codes(_ own: PaymentDetails?, _ theirs: PaymentDetails? = nil) -> [String] {
            alliance(own, theirs).problems.map { "\($0.code.rawValue) \($0.path)" }
        }
        func mandate(_ id: String) -> PaymentDetails {
            PaymentDetails(mandate: Mandate(id: id, signed: LocalDate("2026-01-05")!, scheme: .core))
        }
        func address(_ town: String, _ country: String, street: String? = nil) -> PaymentDetails {
            PaymentDetails(address: StructuredAddress(street: street, town: town, country: country))
        }
        #expect(codes(try own(), theirs) == [])
        #expect(codes(PaymentDetails(minimum: Money(-1))) == ["out_of_bounds payment.minimum"])
        #expect(codes(PaymentDetails(dueDays: 367)) == ["out_of_bounds payment.due_days"])
        #expect(codes(mandate("M-1")) == ["payment_malformed payment.mandate"])
        #expect(codes(nil, try own()) == ["payment_malformed merchants[M].payment.creditor_id"])
        for id in ["", "a b", "/a", "a//b", "ä", String(repeating: "x", count: 36)] {
            #expect(codes(nil, mandate(id)) == ["payment_malformed merchants[M].payment.mandate.id"], "\(id)")
        }
        #expect(codes(PaymentDetails(name: "")) == ["payment_malformed payment.name"])
        #expect(codes(PaymentDetails(name: " ")) == ["payment_malformed payment.name"])
        #expect(
            codes(PaymentDetails(account: .national("a\nb"))) == [
                "payment_malformed payment.account.national"
            ])
        #expect(codes(address("", "DE")) == ["payment_malformed payment.address.town"])
        #expect(codes(address("Kiel", "de")) == ["payment_malformed payment.address.country"])
        #expect(codes(address("Kiel", "DE", street: "")) == ["payment_malformed payment.address.street"])
    }
}
