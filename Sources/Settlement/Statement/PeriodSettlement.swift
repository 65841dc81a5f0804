/// Gathers what members' settlements come to, and makes of it the statements and the closing of one period.
///
/// Feed it every member that has open lots or events, in the order of members, then `finish`.
public struct PeriodSettlement {
    /// Takes pieces of a merchant's DETAILS.csv, in order, 64 KiB or so each.
    public typealias DetailsSink = (MerchantID, [UInt8]) throws -> Void

    let schedule: Schedule
    let period: Period
    let opening: PeriodOpening
    let intake: PeriodIntake
    let bookings: [Booking]
    let sink: DetailsSink
    /// One a merchant, by id, ascending.
    var ledgers: [MerchantLedger]
    let ledgerOf: [MerchantID: Int]
    var flows: [Flow: Int128] = [:]
    var prepaid: [Prepaid.Key: Prepaid] = [:]
    var liability: [Liability.Key: Int128] = [:]
    var months: Liability.Months

    public init(
        schedule: Schedule, period: Period, opening: PeriodOpening, intake: PeriodIntake, bookings: [Booking],
        details sink: @escaping DetailsSink
    ) {
        self.schedule = schedule
        self.period = period
        self.opening = opening
        self.intake = intake
        self.bookings = bookings
        self.sink = sink
        ledgers = schedule.alliance.merchants.map { MerchantLedger(merchant: $0.id) }
        ledgerOf = Dictionary(
            uniqueKeysWithValues: schedule.alliance.merchants.enumerated().map { ($1.id, $0) })
        months = Liability.Months(zone: schedule.zone)
    }

    /// Takes what one member's settlement came to. Throws `CloseFailure`, or what the sink throws.
    public mutating func add(_ output: MemberOutput) throws {
        countRecords(of: output)
        countLots(of: output)
        guard !output.events.isEmpty || !output.movements.isEmpty else { return }
        let entries = output.movements.map { $0.entries(in: output, minorPerMajor: minorPerMajor) }
        for (movement, made) in zip(output.movements, entries) {
            try add(movement, making: made, of: output)
        }
        try writeDetails(of: output, entries: entries)
    }

    /// Issuer and redeemer of redeemed points.
    struct Flow: Hashable, Comparable {
        let issuer: MerchantID
        let redeemer: MerchantID

        static func < (left: Flow, right: Flow) -> Bool {
            left.issuer != right.issuer ? left.issuer < right.issuer : left.redeemer < right.redeemer
        }
    }

    /// The position of a merchant's ledger.
    func ledger(of merchant: MerchantID) -> Int {
        guard let position = ledgerOf[merchant] else {
            preconditionFailure("every stored record is of a merchant of the alliance")
        }
        return position
    }

    private mutating func countRecords(of output: MemberOutput) {
        for (event, outcome) in zip(output.events, output.outcomes) {
            let position = ledger(of: event.merchant)
            switch outcome {
            case .settled:
                ledgers[position].records.settled += 1
                if event.late { ledgers[position].records.late += 1 }
            case .shortfall:
                ledgers[position].records.settled += 1
                if event.late { ledgers[position].records.late += 1 }
            case .pending: ledgers[position].records.pending += 1
            case .refused: ledgers[position].records.refused += 1
            }
            if let exception = StatementException(event, outcome) {
                ledgers[position].exceptions.append(exception)
            }
        }
    }

    private mutating func countLots(of output: MemberOutput) {
        for (lot, before) in zip(output.lots, output.openBefore) {
            guard !lot.open.isZero || !before.isZero else { continue }
            let position = ledger(of: lot.issuer)
            ledgers[position].points.opening += Int128(before.count)
            ledgers[position].points.closing += Int128(lot.open.count)
            if lot.funding == .issue {
                let key = Prepaid.Key(issuer: lot.issuer, price: lot.issuePrice)
                prepaid[key, default: Prepaid()].openBefore += Int128(before.count)
                prepaid[key, default: Prepaid()].openAfter += Int128(lot.open.count)
            }
            guard !lot.open.isZero else { continue }
            let key = Liability.Key(
                issuer: lot.issuer, funding: lot.funding, price: lot.issuePrice,
                month: months.lastValid(before: lot.expiresAt))
            liability[key, default: 0] += Int128(lot.open.count)
        }
    }
}

extension StatementException {
    /// Nil for a record that simply settled.
    init?(_ event: Event, _ outcome: Outcome) {
        let state = outcome.stateAndCode
        guard let code = state.code else { return nil }
        var missing: Points?
        if case .shortfall(let points) = outcome { missing = points }
        self.init(
            id: event.record.id, type: event.record.type, state: state.state, code: code, points: missing)
    }
}

extension Outcome {
    /// As statements and details name it; a shortfall is settled, with a code. Rulebook §5, §7.
    var stateAndCode: (state: String, code: String?) {
        switch self {
        case .settled: ("settled", nil)
        case .shortfall: ("settled", "shortfall")
        case .pending(let code): ("pending", code.rawValue)
        case .refused(let code): ("refused", code.rawValue)
        }
    }
}
