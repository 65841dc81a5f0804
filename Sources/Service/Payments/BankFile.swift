import Settlement
import Store

/// A payment run as a bank's file of ISO 20022: credit transfers (pain.001) or direct debits (pain.008). The same run
/// gives the same bytes: names come of its number, its merchants and the instant that it was made.
struct BankFile {
    enum Form: String, CaseIterable {
        case transfers03 = "pain.001.001.03"
        case transfers09 = "pain.001.001.09"
        case debits02 = "pain.008.001.02"
        case debits08 = "pain.008.001.08"

        var isTransfer: Bool { self == .transfers03 || self == .transfers09 }
        /// Of the messages of 2009, as opposed to those of 2019.
        var isOlder: Bool { self == .transfers03 || self == .debits02 }
    }

    let run: PaymentRun
    let schedule: Schedule
    let form: Form

    private var alliance: Alliance { schedule.alliance }
    private var own: BankParty { BankParty(alliance: alliance) }

    /// Throws `PaymentRefusal` where no merchant is paid so, for a text that banks do not take, and where what an
    /// instruction needs is not there.
    func bytes() throws -> [UInt8] {
        let groups = try groups
        guard !groups.isEmpty else {
            throw PaymentRefusal(
                .nothingToExport,
                "run \(run.number) has no \(form.isTransfer ? "credit transfer" : "direct debit")")
        }
        var xml = XMLText()
        try xml.element("Document", namespace: "urn:iso:std:iso:20022:tech:xsd:\(form.rawValue)") { xml in
            try xml.element(form.isTransfer ? "CstmrCdtTrfInitn" : "CstmrDrctDbtInitn") { xml in
                try writeHeader(groups.flatMap(\.places), to: &xml)
                for (number, group) in groups.enumerated() {
                    try xml.element("PmtInf") { try write(group, number: number + 1, to: &$0) }
                }
            }
        }
        return Array(xml.text.utf8)
    }

    // MARK: Grouping

    /// Instructions that are carried out on one day, under one scheme.
    private struct Group {
        let due: LocalDate
        let scheme: Mandate.Scheme?
        /// Places of the run's items, from 0.
        let places: [Int]
    }

    /// All places of the form's method are in one.
    private var groups: [Group] {
        get throws {
            let method: PaymentMethod = form.isTransfer ? .transfer : .debit
            let places = run.items.indices.filter { run.items[$0].method == method }
            for place in places { try requireDetails(at: place) }
            let days = Set(places.map { run.items[$0].due }).sorted()
            let schemes: [Mandate.Scheme?] = form.isTransfer ? [nil] : Mandate.Scheme.allCases
            return days.flatMap { day in
                schemes.map { scheme in
                    Group(
                        due: day, scheme: scheme,
                        places: places.filter {
                            run.items[$0].due == day && (form.isTransfer || mandate(at: $0)?.scheme == scheme)
                        })
                }
            }.filter { !$0.places.isEmpty }
        }
    }

    private func requireDetails(at place: Int) throws {
        let item = run.items[place]
        let details = merchant(at: place)?.payment
        guard
            let obstacle = PaymentPlan.obstacle(
                to: item.amount, details, in: alliance, on: schedule.zone.localDate(at: run.made))
        else { return }
        throw PaymentRefusal(
            .detailsMissing,
            "\(item.open.merchant) is in run \(run.number) by bank, and alliance \(run.alliance) has it otherwise: "
                + obstacle.rawValue)
    }

    private func merchant(at place: Int) -> Merchant? { schedule.merchant(run.items[place].open.merchant) }
    private func mandate(at place: Int) -> Mandate? { merchant(at: place)?.payment?.mandate }

    // MARK: Elements

    /// `R7-20260201-CT`.
    private var messageID: String {
        let day = "\(schedule.zone.localDate(at: run.made))".filter { $0 != "-" }
        return "R\(run.number)-\(day)-\(form.isTransfer ? "CT" : "DD")"
    }

    private func writeHeader(_ places: [Int], to xml: inout XMLText) throws {
        try xml.element("GrpHdr") { xml in
            xml.element("MsgId", messageID)
            // To the second, as the older guidelines want it.
            xml.element("CreDtTm", "\(run.made)".prefix(19) + "Z")
            writeSums(places, to: &xml)
            try xml.element("InitgPty") { $0.element("Nm", try own.writtenName()) }
        }
    }

    private func writeSums(_ places: [Int], to xml: inout XMLText) {
        xml.element("NbOfTxs", "\(places.count)")
        // Merchants times the most of an instruction fit 64 bits.
        xml.element("CtrlSum", money(places.reduce(0) { $0 + amount(at: $1) }))
    }

    private func amount(at place: Int) -> Int64 { Int64(run.items[place].amount.minorUnits.magnitude) }

    private func money(_ amount: Int64) -> String {
        Figures.plain(amount, exponent: alliance.currency.exponent)
    }

    private func write(_ group: Group, number: Int, to xml: inout XMLText) throws {
        xml.element("PmtInfId", "\(messageID)-\(number)")
        xml.element("PmtMtd", form.isTransfer ? "TRF" : "DD")
        writeSums(group.places, to: &xml)
        let isEuro = alliance.currency.code == "EUR"
        if isEuro {
            xml.element("PmtTpInf") { xml in
                xml.element("SvcLvl") { $0.element("Cd", "SEPA") }
                if let scheme = group.scheme {
                    xml.element("LclInstrm") { $0.element("Cd", scheme.code) }
                    xml.element("SeqTp", "RCUR")
                }
            }
        }
        if form == .transfers09 {
            xml.element("ReqdExctnDt") { $0.element("Dt", "\(group.due)") }
        } else {
            xml.element(form.isTransfer ? "ReqdExctnDt" : "ReqdColltnDt", "\(group.due)")
        }
        let side = form.isTransfer ? "Dbtr" : "Cdtr"
        try xml.element(side) { try own.write(to: &$0) }
        own.writeAccount("\(side)Acct", to: &xml)
        own.writeAgent("\(side)Agt", isOlder: form.isOlder, to: &xml)
        xml.element("ChrgBr", isEuro ? "SLEV" : "SHAR")
        if !form.isTransfer { writeCreditorScheme(to: &xml) }
        for place in group.places {
            try xml.element(form.isTransfer ? "CdtTrfTxInf" : "DrctDbtTxInf") { xml in
                try writeInstruction(at: place, to: &xml)
            }
        }
    }

    private func writeCreditorScheme(to xml: inout XMLText) {
        guard let identifier = alliance.payment?.creditorIdentifier else { return }
        xml.element("CdtrSchmeId") { xml in
            xml.element("Id") { xml in
                xml.element("PrvtId") { xml in
                    xml.element("Othr") { xml in
                        xml.element("Id", identifier.text)
                        xml.element("SchmeNm") { $0.element("Prtry", "SEPA") }
                    }
                }
            }
        }
    }

    private func writeInstruction(at place: Int, to xml: inout XMLText) throws {
        guard let merchant = merchant(at: place) else {
            preconditionFailure("a merchant of a run is one of the alliance")
        }
        let party = BankParty(merchant)
        xml.element("PmtId") { $0.element("EndToEndId", run.reference(of: place).text) }
        let amount = money(amount(at: place))
        let currency = alliance.currency.code
        if form.isTransfer {
            xml.element("Amt") { $0.element("InstdAmt", currency: currency, amount) }
            // A bank that is not told by its BIC is found by the IBAN.
            if party.account?.bic != nil { party.writeAgent("CdtrAgt", isOlder: form.isOlder, to: &xml) }
        } else {
            xml.element("InstdAmt", currency: currency, amount)
            if let mandate = mandate(at: place) {
                xml.element("DrctDbtTx") { xml in
                    xml.element("MndtRltdInf") { xml in
                        xml.element("MndtId", mandate.id)
                        xml.element("DtOfSgntr", "\(mandate.signed)")
                    }
                }
            }
            party.writeAgent("DbtrAgt", isOlder: form.isOlder, to: &xml)
        }
        let side = form.isTransfer ? "Cdtr" : "Dbtr"
        try xml.element(side) { try party.write(to: &$0) }
        party.writeAccount("\(side)Acct", to: &xml)
        let period = schedule.calendar.period(run.period).id
        // Ids are printable ASCII, which can all be written.
        let remittance = "\(SEPAText.of(alliance.id.text) ?? "") \(period) \(run.reference(of: place))"
        xml.element("RmtInf") { $0.element("Ustrd", remittance) }
    }
}
