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
    /// One a merchant, by id, ascending: a merchant's place among them stands for it below.
    var ledgers: [MerchantLedger]
    let merchants: MerchantTable
    let lineMaker: LineMaker
    var lotClasses = LotClasses()
    /// Points redeemed less given back, by issuer's and redeemer's ledger.
    var flowPoints: [LedgerPair: Int128] = [:]
    let detailsText: DetailsText
    /// Known once every member has been added.
    var flows: [Flow: Int128] = [:]
    var prepaid: [Prepaid.Key: Prepaid] = [:]
    var ownSides: [MerchantID: OwnSide] = [:]

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
        merchants = MerchantTable(schedule.alliance.merchants.map(\.id))
        lineMaker = LineMaker(
            minorPerMajor: schedule.alliance.currency.minorPerMajor, merchants: merchants,
            campaigns: Dictionary(
                uniqueKeysWithValues: schedule.alliance.campaigns.enumerated().map { ($1.id, Int32($0)) }))
        detailsText = DetailsText(zone: schedule.zone)
    }

    /// Issuer and redeemer of redeemed points.
    struct Flow: Hashable, Comparable {
        let issuer: MerchantID
        let redeemer: MerchantID

        static func < (left: Flow, right: Flow) -> Bool {
            left.issuer != right.issuer ? left.issuer < right.issuer : left.redeemer < right.redeemer
        }
    }

    /// The same by their ledgers.
    struct LedgerPair: Hashable {
        let issuer: Int32
        let redeemer: Int32

        func hash(into hasher: inout Hasher) {
            hasher.combine(UInt64(UInt32(bitPattern: issuer)) << 32 | UInt64(UInt32(bitPattern: redeemer)))
        }
    }

    /// Takes what one member's settlement came to. Throws `CloseFailure`, or what the sink throws.
    public mutating func add(_ output: MemberOutput) throws {
        for position in output.events.indices { countRecord(position, of: output) }
        let classes = classesOfLots(of: output)
        guard !output.events.isEmpty || !output.movements.isEmpty else { return }
        var entries: [LineEntries] = []
        entries.reserveCapacity(output.movements.count)
        for movement in output.movements {
            let lot = classes[movement.lot]
            lotClasses.count(lot, movement.kind, movement.points)
            let made = lineMaker.entries(movement, in: output, issuer: lotClasses.classes[lot].issuer)
            try add(made, points: movement.points)
            if movement.allocation != nil, let redeemer = made.redeemer {
                countFlow(movement, issuer: lotClasses.classes[lot].issuer, redeemer: redeemer.ledger)
            }
            entries.append(made)
        }
        try writeDetails(of: output, classes: classes, entries: entries)
    }

    private mutating func countRecord(_ position: Int, of output: MemberOutput) {
        let ledger = merchants[output.events[position].merchant]
        switch output.outcomes[position] {
        case .settled, .shortfall:
            ledgers[ledger].records.settled += 1
            if output.events[position].late { ledgers[ledger].records.late += 1 }
        case .pending: ledgers[ledger].records.pending += 1
        case .refused: ledgers[ledger].records.refused += 1
        }
        guard output.outcomes[position] != .settled else { return }
        if let exception = StatementException(output.events[position], output.outcomes[position]) {
            ledgers[ledger].exceptions.append(exception)
        }
    }

    /// The class of each of the member's lots; what they hold is counted.
    private mutating func classesOfLots(of output: MemberOutput) -> [Int] {
        var classes: [Int] = []
        classes.reserveCapacity(output.lots.count)
        for position in output.lots.indices {
            let ledger = merchants[output.lots[position].issuer]
            let lot = lotClasses.position(of: output.lots[position], issuer: ledger)
            lotClasses.hold(lot, before: output.openBefore[position], after: output.lots[position].open)
            classes.append(lot)
        }
        return classes
    }

    private mutating func add(_ entries: LineEntries, points: Points) throws(CloseFailure) {
        if let entry = entries.issuer { try add(entry, points: points) }
        if let entry = entries.redeemer { try add(entry, points: points) }
    }

    private mutating func add(_ entry: LineEntry, points: Points) throws(CloseFailure) {
        guard ledgers[entry.ledger].lineSums.add(points, entry.exact, to: entry.slot) else {
            throw .doesNotFit(
                what: "a line of \(entry.slot.kind.name)", merchant: ledgers[entry.ledger].merchant)
        }
    }

    private mutating func countFlow(_ movement: Movement, issuer: Int, redeemer: Int) {
        let points = Int128(movement.points.count)
        let pair = LedgerPair(issuer: Int32(issuer), redeemer: Int32(redeemer))
        flowPoints[pair, default: 0] += movement.kind == .restoration ? -points : points
    }
}

extension StatementException {
    /// Nil for a record that simply settled.
    init?(_ event: Event, _ outcome: Outcome) {
        let (state, code) = outcome.stateAndCode
        guard let code else { return nil }
        var missing: Points?
        if case .shortfall(let points) = outcome { missing = points }
        self.init(id: event.record.id, type: event.record.type, state: state, code: code, points: missing)
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
