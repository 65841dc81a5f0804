/// §6: "opening + issued − reversed − redeemed + restored − expired = closing".
public struct OraclePoints: Sendable, Equatable {
    public var opening: Int64 = 0
    public var issued: Int64 = 0
    public var reversed: Int64 = 0
    public var redeemed: Int64 = 0
    public var restored: Int64 = 0
    public var expired: Int64 = 0
    /// What the open lots hold, counted there.
    public var closing: Int64 = 0

    var figures: [Int64] { [opening, issued, reversed, redeemed, restored, expired, closing] }

    /// "`issued` includes opening lots; `reversed` is all that is recovered, by reversal, debt or
    /// correction."
    mutating func count(_ movements: [OracleMovement]) {
        for movement in movements {
            switch movement.kind {
            case .issue: issued += movement.points
            case .recovery: reversed += movement.points
            case .consumption: redeemed += movement.points
            case .givingBack: restored += movement.points
            case .expiry: expired += movement.points
            }
        }
    }
}

/// §7: `records`, "of the records it reported; `late` counts those of `settled` that were late".
public struct OracleCounts: Sendable, Equatable {
    public var settled = 0
    public var pending = 0
    public var refused = 0
    public var late = 0

    var isNone: Bool { settled + pending + refused == 0 }
}

/// §7: "a pending record bears the code that it would be refused with; a shortfall has state `settled` and,
/// alone, the missing `points`".
public struct OracleException: Sendable {
    public let id: String
    public let type: String
    public let state: String
    public let code: String
    public let points: Int64?
}

/// §7: `flows`, "net of reversals, […] zeros left out, by issuer then redeemer".
public struct OracleFlow: Sendable {
    public let issuer: String
    public let redeemer: String
    public var points: Int64

    static func net(_ movements: [OracleMovement]) -> [OracleFlow] {
        var flows: [OracleFlow] = []
        for movement in movements {
            guard let redeemer = movement.allocation?.redeemer else { continue }
            let issuer = movement.lot.issuer
            let index = flows.firstIndex { ($0.issuer, $0.redeemer) == (issuer, redeemer) } ?? flows.count
            if index == flows.count {
                flows.append(OracleFlow(issuer: issuer, redeemer: redeemer, points: 0))
            }
            flows[index].points += movement.kind == .givingBack ? -movement.points : movement.points
        }
        return flows.filter { $0.points != 0 }.sorted { $0.stands(before: $1) }
    }

    private func stands(before other: OracleFlow) -> Bool {
        firstDifference(before(bytes: issuer, other.issuer), before(bytes: redeemer, other.redeemer))
    }
}

/// The figures of one merchant's statement.
public struct OracleStatement: Sendable {
    public let merchant: String
    public let openingBalance: Int64
    public let payments: Int64
    public let lines: [OracleLine]
    public let points: OraclePoints
    public let records: OracleCounts
    public let exceptions: [OracleException]
    public let flows: [OracleFlow]

    init(
        merchant: String, openingBalance: Int64, payments: Int64, lines: [OracleLine], points: OraclePoints,
        reported: [OracleStored], flows: [OracleFlow]
    ) {
        (self.merchant, self.openingBalance, self.payments) = (merchant, openingBalance, payments)
        (self.lines, self.points, self.flows) = (lines, points, flows)
        (records, exceptions) = Self.states(reported)
    }

    /// §6: "Position of a merchant in a period = sum of its lines."
    public var activity: Int64 { fits64(lines.reduce(Int128(0)) { $0 + Int128($1.amount) }) }

    /// §6: "opening (previous closing) + activity (the position) + payments = closing".
    public var closingBalance: Int64 { fits64(Int128(openingBalance) + Int128(activity) + Int128(payments)) }

    var isAllZero: Bool {
        lines.isEmpty && openingBalance == 0 && closingBalance == 0 && points.opening == 0
            && points.closing == 0
    }

    private static func states(_ reported: [OracleStored]) -> (OracleCounts, [OracleException]) {
        var counts = OracleCounts()
        var exceptions: [OracleException] = []
        for stored in reported {
            func note(_ state: String, _ code: String, _ points: Int64? = nil) {
                let record = stored.record
                exceptions.append(
                    OracleException(
                        id: record.id, type: record.type, state: state, code: code, points: points))
            }
            switch stored.state {
            case .settled:
                counts.settled += 1
                if stored.isLate { counts.late += 1 }
                if stored.shortfall > 0 { note("settled", "shortfall", stored.shortfall) }
            case .pending(let code):
                counts.pending += 1
                note("pending", code)
            case .refused(let code):
                counts.refused += 1
                note("refused", code)
            case .open:
                preconditionFailure("a record that was tried is settled, pending or refused")
            }
        }
        return (counts, exceptions.sorted { bytesPrecede($0.id, $1.id) })
    }
}
