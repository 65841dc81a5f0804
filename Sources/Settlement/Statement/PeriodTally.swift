/// What members' settlements come to, in sums. They are exact, so it does not matter in which order members are
/// added, nor to which of several tallies that are added up in the end.
struct PeriodTally {
    /// One a merchant, by place.
    var ledgers: [MerchantLedger]
    var lotClasses = LotClasses()
    /// Points redeemed less given back, by issuer and redeemer.
    private var flowPoints: [Int128] = []
    private var pairs = PlaceTable<LedgerPair>()
    /// The class of each lot of the member at hand.
    private var classes: [Int] = []
    private let merchants: MerchantPlaces

    init(_ maker: LineMaker) {
        ledgers = maker.ids.map { MerchantLedger(merchant: $0) }
        merchants = maker.merchants
    }

    /// Two merchants by their places.
    struct LedgerPair: Hashable, PlaceKey {
        let issuer: Int32
        let redeemer: Int32

        var mixed: UInt64 {
            (UInt64(UInt32(bitPattern: issuer)) << 32 | UInt64(UInt32(bitPattern: redeemer))).spread
        }
    }

    /// Points redeemed less given back, by issuer and redeemer, in no order.
    var flows: [(pair: LedgerPair, points: Int128)] { zip(pairs.keys, flowPoints).map { ($0, $1) } }

    /// Adds one member, whose lines these are; they get their places. Throws `CloseFailure` where a sum passes all
    /// bounds.
    mutating func add(_ output: MemberOutput, _ lines: inout MemberLines) throws(CloseFailure) {
        for position in output.events.indices { countRecord(position, of: output) }
        classifyLots(of: output, lines)
        for (position, movement) in output.movements.enumerated() {
            lotClasses.count(classes[movement.lot], movement.kind, movement.points)
            if let entry = lines.entries[position].issuer {
                lines.entries[position].issuer?.place = try add(entry, points: movement.points)
            }
            guard let entry = lines.entries[position].redeemer else { continue }
            lines.entries[position].redeemer?.place = try add(entry, points: movement.points)
            countFlow(movement, issuer: lines.issuers[movement.lot], redeemer: entry.ledger)
        }
    }

    /// Adds what other members came to.
    mutating func add(_ other: PeriodTally) throws(CloseFailure) {
        for position in ledgers.indices {
            guard ledgers[position].add(other.ledgers[position]) else {
                throw .doesNotFit(what: "a line", merchant: ledgers[position].merchant)
            }
        }
        lotClasses.add(other.lotClasses)
        for flow in other.flows { add(flow.points, to: flow.pair) }
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

    /// Finds the class of each of the member's lots; what they hold is counted.
    private mutating func classifyLots(of output: MemberOutput, _ lines: MemberLines) {
        classes.removeAll(keepingCapacity: true)
        let lots = output.settled.lots.span
        for position in lots.indices {
            let lot = lotClasses.position(of: LotClass(lots[position], issuer: lines.issuers[position]))
            lotClasses.hold(lot, before: output.openBefore[position], after: lots[position].open)
            classes.append(lot)
        }
    }

    /// Adds to a line, and gives its place among those of its ledger.
    private mutating func add(_ entry: LineEntry, points: Points) throws(CloseFailure) -> Int {
        let place = ledgers[entry.ledger].lineSums.place(of: entry.slot)
        let sum = LineSums.Sum(points: Int128(points.count), exact: entry.exact)
        guard ledgers[entry.ledger].lineSums.add(sum, at: place) else {
            throw .doesNotFit(
                what: "a line of \(entry.slot.kind.name)", merchant: ledgers[entry.ledger].merchant)
        }
        return place
    }

    private mutating func countFlow(_ movement: Movement, issuer: Int, redeemer: Int) {
        let points = Int128(movement.points.count)
        add(
            movement.kind == .restoration ? -points : points,
            to: LedgerPair(issuer: Int32(issuer), redeemer: Int32(redeemer)))
    }

    private mutating func add(_ points: Int128, to pair: LedgerPair) {
        let (place, isNew) = pairs.place(adding: pair)
        if isNew { flowPoints.append(points) } else { flowPoints[place] += points }
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
