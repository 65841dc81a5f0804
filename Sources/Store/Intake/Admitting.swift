import GRDB
import Settlement

/// What the records of one batch come to.
struct Judgement {
    struct Accepted {
        /// Among the batch's records.
        let position: Int
        /// The ordinal of the period it settles in.
        let period: Int
        let late: Bool
    }

    /// In the order of the batch; they are numbered one after the other from `firstNumber`.
    var accepted: [Accepted] = []
    let firstNumber: RecordNumber
    var duplicates: Int64 = 0
    var refused: [RefusedRecord] = []

    init(firstNumber: RecordNumber) { self.firstNumber = firstNumber }

    /// Counts of accepted records by period, ascending.
    var periods: [(ordinal: Int, records: Int64)] {
        var counts: [Int: Int64] = [:]
        for record in accepted { counts[record.period, default: 0] += 1 }
        return counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

/// Judges the records of a batch one by one, in its order, and claims the ids of those accepted.
/// Rulebook §3.
struct Admitting {
    private let schedule: Schedule
    private let batch: VerifiedBatch
    private let received: Instant
    private let merchant: Int64
    private let identities: IdentityIndex
    private let records: RecordRows
    private var placing: Placing
    private var judgement: Judgement

    init(
        _ database: Database, inForce: InForce, batch: VerifiedBatch, received: Instant, merchant: Int64
    ) throws {
        schedule = inForce.schedule
        self.batch = batch
        self.received = received
        self.merchant = merchant
        identities = try IdentityIndex(database)
        records = try RecordRows(database)
        placing = Placing(
            calendar: inForce.schedule.calendar, earliestOpen: try PeriodRows(database).earliestOpen())
        judgement = Judgement(firstNumber: RecordNumber(try RecordRows.lastNumber(database).value + 1))
        judgement.accepted.reserveCapacity(batch.records.count)
    }

    consuming func judge() throws -> Judgement {
        for position in batch.records.indices { try judge(position) }
        return judgement
    }

    private mutating func judge(_ position: Int) throws {
        let line = batch.records[position].line
        let record = batch.records[position].record
        // The bearer of the id is asked for first, but an id is only claimed for a record that is accepted.
        let refusal = Admission.judge(
            record, of: batch.header.merchant, schedule: schedule, received: received)
        let number = RecordNumber(judgement.firstNumber.value + Int64(judgement.accepted.count))
        let bearer =
            refusal == nil
            ? try identities.claim(record.id, of: merchant, for: number)
            : try identities.find(record.id, of: merchant)
        if let bearer {
            if try self.record(bearer) == record {
                judgement.duplicates += 1
            } else {
                judgement.refused.append(RefusedRecord(line: line, id: record.id, code: .idReused))
            }
        } else if let refusal {
            judgement.refused.append(RefusedRecord(line: line, id: record.id, code: refusal))
        } else {
            let place = placing.place(of: record.at)
            judgement.accepted.append(
                Judgement.Accepted(position: position, period: place.period, late: place.late))
        }
    }

    /// A record that bears an id: stored earlier, or accepted earlier in this batch.
    private func record(_ number: RecordNumber) throws -> Settlement.Record {
        guard number >= judgement.firstNumber else { return try records.record(number).record }
        let accepted = judgement.accepted[Int(number.value - judgement.firstNumber.value)]
        return batch.records[accepted.position].record
    }
}

/// Says in which period a record settles. Rulebook §4.
struct Placing {
    private let calendar: PeriodCalendar
    private let earliest: Period
    private var last: Period

    init(calendar: PeriodCalendar, earliestOpen: Int) {
        self.calendar = calendar
        earliest = calendar.period(earliestOpen)
        last = earliest
    }

    /// The period that contains the instant, or the earliest open one, and whether the former had closed.
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
