import GRDB
import Settlement

/// What the records of one batch come to.
struct Judgement {
    struct Accepted {
        // Small: a large batch has many.
        private let place: UInt32
        private let settling: UInt32

        /// Among the batch's records.
        var position: Int { Int(place) }
        /// The ordinal of the period it settles in.
        var period: Int { Int(settling >> 1) }
        var late: Bool { settling & 1 != 0 }

        init(position: Int, period: Int, late: Bool) {
            place = UInt32(position)
            settling = UInt32(period) << 1 | (late ? 1 : 0)
        }
    }

    /// In the order of the batch; they are numbered one after the other from `firstNumber`.
    var accepted: [Accepted] = []
    let firstNumber: RecordNumber
    var duplicates: Int64 = 0
    var refused: RefusedRecords = []

    init(firstNumber: RecordNumber) { self.firstNumber = firstNumber }

    /// Counts of accepted records by period, ascending.
    var periods: [(ordinal: Int, records: Int64)] {
        var counts: [(ordinal: Int, records: Int64)] = []
        for record in accepted {
            // Nearly all are of the same period as the one before.
            if let last = counts.lastIndex(where: { $0.ordinal == record.period }) {
                counts[last].records += 1
            } else {
                counts.append((record.period, 1))
            }
        }
        return counts.sorted { $0.ordinal < $1.ordinal }
    }
}

/// Judges the records of batches that are stored together, one by one in their order, and claims the ids of
/// those accepted. Writes nothing. Rulebook §3.
struct Admitting {
    private let schedule: Schedule
    private let chunks: RecordChunks
    private let runs: IdentityRuns
    private var placing: Placing
    /// The batches judged so far that are to be stored.
    private var judged: [(batch: VerifiedBatch, merchant: Int64, judgement: Judgement)] = []

    init(_ database: Database, inForce: InForce) throws {
        schedule = inForce.schedule
        chunks = try RecordChunks(database)
        runs = try IdentityRuns(database)
        placing = Placing(
            calendar: inForce.schedule.calendar, earliest: try PeriodRows(database).earliestTaking())
    }

    mutating func judge(
        _ arrival: Arrival, merchant: Int64, _ identities: inout IdentityIndex
    ) throws -> Judgement {
        var judgement = Judgement(firstNumber: RecordNumber(identities.last + 1))
        judgement.accepted.reserveCapacity(arrival.batch.count)
        try arrival.batch.withRecords { views in
            let form = identities.form
            let context = Context(merchant: merchant, views: views)
            var admission = BatchAdmission(
                of: arrival.batch.header.merchant, schedule: schedule, received: arrival.received)
            // So many at a time, that a large batch needs no memory for all of them.
            for start in stride(from: 0, to: views.count, by: Self.group) {
                let positions = start..<min(start + Self.group, views.count)
                let fingerprints = positions.map { form.fingerprint(of: views[$0].id, of: merchant) }
                let marks = identities.marks(of: fingerprints)
                for position in positions {
                    try judge(
                        position, fingerprints[position - start], marks: marks[position - start], context,
                        &admission, &identities, in: &judgement)
                }
            }
        }
        judged.append((arrival.batch, merchant, judgement))
        return judgement
    }

    private static let group = 1 << 14

    /// Takes back what was claimed for the batch that was judged last: it is not stored.
    mutating func forgetLast(_ identities: inout IdentityIndex) {
        guard let last = judged.popLast() else { preconditionFailure("a batch was judged") }
        identities.forget(from: last.judgement.firstNumber)
    }

    private struct Context {
        let merchant: Int64
        let views: RecordViews
    }

    private mutating func judge(
        _ position: Int, _ fingerprint: UInt64, marks: UInt64, _ context: Context,
        _ admission: inout BatchAdmission, _ identities: inout IdentityIndex, in judgement: inout Judgement
    ) throws {
        let view = context.views[position]
        // The bearer of the id is asked for first, but an id is only claimed for a record that is accepted.
        let bearer = try identities.bearer(fingerprint, marks: marks, runs) { number in
            try with(number, context, judgement) { $1 == context.merchant && $0.hasID(of: view) }
        }
        if let bearer {
            // What bears the id is of the same merchant.
            if try with(bearer, context, judgement, { other, _ in other.isSame(as: view) }) {
                judgement.duplicates += 1
            } else {
                judgement.refused.append(line: view.line, id: view.id, code: .idReused)
            }
        } else if let refusal = admission.judge(view) {
            judgement.refused.append(line: view.line, id: view.id, code: refusal)
        } else {
            identities.claim(fingerprint, for: RecordNumber(identities.last + 1))
            let place = placing.place(of: view.at)
            judgement.accepted.append(
                Judgement.Accepted(position: position, period: place.period, late: place.late))
        }
    }

    /// A record and its merchant: one stored earlier, or accepted earlier in this batch or in one of those
    /// that are stored with it.
    private func with<Result>(
        _ number: RecordNumber, _ context: Context, _ judgement: Judgement,
        _ body: (RecordView, _ merchant: Int64) -> Result
    ) throws -> Result {
        if number >= judgement.firstNumber {
            return body(context.views[Self.position(of: number, in: judgement)], context.merchant)
        }
        if let other = judged.last(where: { $0.judgement.firstNumber <= number }) {
            return other.batch.withRecords { views in
                body(views[Self.position(of: number, in: other.judgement)], other.merchant)
            }
        }
        return try chunks.withRecord(number) { body($0.view, $0.merchant) }
    }

    private static func position(of number: RecordNumber, in judgement: Judgement) -> Int {
        judgement.accepted[Int(number.value - judgement.firstNumber.value)].position
    }
}

/// Says in which period a record settles. Rulebook §4.
struct Placing {
    private let calendar: PeriodCalendar
    private let earliest: Period
    private var last: Period

    /// `earliest` is the ordinal of the earliest period that takes what comes now.
    init(calendar: PeriodCalendar, earliest ordinal: Int) {
        self.calendar = calendar
        earliest = calendar.period(ordinal)
        last = earliest
    }

    /// The period that contains the instant, or the earliest that takes any, and whether the former had closed.
    /// What lies before the alliance's start (an `opening` may) belongs to its first period.
    mutating func place(of instant: Instant) -> (period: Int, late: Bool) {
        if instant < earliest.start { return (earliest.ordinal, earliest.ordinal > 0) }
        if last.contains(instant) { return (last.ordinal, false) }
        guard let ordinal = calendar.ordinal(containing: instant) else {
            preconditionFailure("an instant after a period's start is in some period")
        }
        last = calendar.period(ordinal)
        return (ordinal, false)
    }
}
