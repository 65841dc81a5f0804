/// All that outlives a period: the members' holdings, the merchants' balances, the books.
struct OracleLedger {
    private let alliance: OracleAlliance
    private let zone: OracleZone
    private let unit: Int64
    private var members: [OracleMember] = []
    private var balances: [String: Int64] = [:]
    private var points: [String: Int64] = [:]
    private var books = OracleBooks()

    init(_ alliance: OracleAlliance, _ zone: OracleZone) {
        (self.alliance, self.zone) = (alliance, zone)
        unit = (0..<alliance.exponent).reduce(1) { product, _ in product * 10 }
    }

    mutating func close(_ span: OracleSpan, _ intake: OracleIntake, _ bookings: [OracleBooking])
        -> OraclePeriod
    {
        let tried = intake.stored.filter { isTried($0, in: span) }
        settleMembers(span, tried, intake.stored)
        let movements = members.flatMap(\.movements)
        let open = members.flatMap(\.openLots)
        var statements: [OracleStatement] = []
        for merchant in alliance.merchants.sorted(by: { bytesPrecede($0.id, $1.id) }) {
            let mine = bookings.filter { $0.merchant == merchant.id }
            if let statement = statement(of: merchant, span, tried, movements, open, mine) {
                statements.append(statement)
            }
        }
        for statement in statements {
            balances[statement.merchant] = statement.closingBalance
            points[statement.merchant] = statement.points.closing
            books.post(statement)
        }
        books.releasePool(movements, open: open, unit: unit)
        let period = OraclePeriod(
            alliance, zone, span, statements: statements, journal: books.accounts.filter { $0.value != 0 },
            duplicates: intake.duplicates, refusals: intake.refusals, members: members)
        (intake.duplicates, intake.refusals) = (0, [:])
        return period
    }

    private func isTried(_ stored: OracleStored, in span: OracleSpan) -> Bool {
        if case .pending = stored.state { return true }
        return stored.state == .open && stored.period == span.ordinal
    }

    private mutating func settleMembers(_ span: OracleSpan, _ tried: [OracleStored], _ stored: [OracleStored])
    {
        for name in Set(tried.map(\.record.member)) where !members.contains(where: { $0.name == name }) {
            members.append(OracleMember(name, alliance, zone))
        }
        members.sort { bytesPrecede($0.name, $1.name) }
        for member in members {
            let events = tried.filter { $0.record.member == member.name }.map { stored in
                // §4: a late record has "the period's start as its effective time", an opening from before
                // the start likewise; §5: what was carried is tried again "with the period's start as
                // effective time".
                let isOfThisPeriod = stored.state == .open && !stored.isLate
                let effective = isOfThisPeriod ? max(stored.record.at, span.start) : span.start
                return OracleEvent(stored: stored, effective: effective)
            }
            member.settle(span, events, among: stored)
        }
    }

    /// §7: "every merchant whose terms have begun gets" a statement; §2 makes the exception.
    private func statement(
        of merchant: OracleAlliance.Merchant, _ span: OracleSpan, _ tried: [OracleStored],
        _ movements: [OracleMovement], _ open: [OracleLot], _ bookings: [OracleBooking]
    ) -> OracleStatement? {
        // §2: "The VAT rate and the period fee are those in force at the period's last millisecond."
        guard let terms = merchant.terms(at: span.end - 1, in: zone) else { return nil }
        let hasLeftByTheEnd = merchant.status(at: span.end - 1, in: zone) == "left"
        var lines = OracleLines(merchant.id, unit: unit, movements)
        lines.addFees(
            // §2, of who has left: "no period fee".
            periodFee: hasLeftByTheEnd ? 0 : terms.periodFee, vat: terms.vat,
            adjustments: bookings.filter { $0.kind == "adjustment" })
        var points = OraclePoints(opening: self.points[merchant.id] ?? 0)
        points.count(movements.filter { $0.lot.issuer == merchant.id })
        points.closing = open.filter { $0.issuer == merchant.id }.reduce(0) { $0 + $1.left }
        let statement = OracleStatement(
            merchant: merchant.id, openingBalance: balances[merchant.id] ?? 0,
            payments: bookings.filter { $0.kind == "payment" }.reduce(0) { $0 + $1.amount },
            lines: lines.lines, points: points, reported: tried.filter { $0.record.merchant == merchant.id },
            flows: OracleFlow.net(movements).filter { $0.issuer == merchant.id || $0.redeemer == merchant.id }
        )
        let nothingHappened =
            bookings.isEmpty && statement.records.isNone
            && !movements.contains { $0.lot.issuer == merchant.id || $0.allocation?.redeemer == merchant.id }
        let isGone = merchant.hasLeft(throughout: span, in: zone) && nothingHappened && statement.isAllZero
        return isGone ? nil : statement
    }
}
