import GRDB
public import Settlement
import Signing

extension Store {
    /// Makes a payment run of the period that closed last: `balances` are those of its signed closing, by merchant, and
    /// `plan` gives, by the alliance that the run is pinned to, what becomes of each. What was paid since and what earlier
    /// runs have ordered is looked up in the same transaction. `check` looks at the run before it is made.
    ///
    /// A number under which one of the merchants has anything booked or waiting already is left out: the run of it has no
    /// items and is withdrawn. A trial makes none. Throws `PaymentRefusal` and, unless it is a trial, `PersonRefusal`.
    public func makePaymentRun(
        of period: Int, closing: String, balances: [(merchant: MerchantID, balance: Money)],
        by person: Person?, at instant: Instant,
        plan: (Schedule) throws -> (OpenBalance) throws -> PaymentItem,
        check: (PaymentRun, Schedule) throws -> Void = { _, _ in }
    ) throws -> PaymentRun {
        try acting("make a payment run", trial: person == nil) { database in
            let inForce = try inForce(database)
            try person?.verify(database, inForce, at: instant)
            let calendar = inForce.schedule.calendar
            let id = calendar.period(period).id
            let last = try PeriodRows(database).lastClosed()
            guard period == last else {
                throw PaymentRefusal(
                    .periodSuperseded,
                    "\(calendar.period(last).id) has closed since, and its balances contain those of \(id)")
            }
            let rows = PaymentRows(database, inForce.roster)
            let runs = try rows.all()
            if let run = runs.first(where: { $0.period == period && $0.withdrawn == nil }) {
                throw PaymentRefusal(.runMade, "run \(run.number) of \(id) was made by \(run.maker)")
            }
            let bookings = try BookingRows(database, inForce.roster).all()
            let open = OpenBalances(after: period, bookings: bookings, runs: runs)
            let schedule = try AllianceRows(database).schedule(of: inForce.version)
            let item = try plan(schedule)
            let items = try balances.sorted { $0.merchant < $1.merchant }.map { merchant, balance in
                try item(try open.open(merchant, balance))
            }
            func run(_ number: Int64, _ items: [PaymentItem]) -> PaymentRun {
                PaymentRun(
                    number: number, period: period, alliance: inForce.version, closingDigest: closing,
                    made: instant, maker: person?.name ?? PersonName(verified: "nobody"),
                    makerKey: person?.provenKey, items: items, files: [], rejections: [],
                    withdrawn: nil, withdrawnBy: nil)
            }
            let taken = TakenReferences(
                bookings: bookings, drafts: try DraftRows(database, inForce.roster).all())
            var number = try rows.nextNumber()
            // A number under which anything is booked or drafted already is left out.
            while let reference = taken.first(of: run(number, items)) {
                if let person { try rows.leaveOut(run(number, []), reference, id: id, by: person) }
                number += 1
            }
            let run = run(number, items)
            if let person {
                try check(run, schedule)
                try rows.add(run, id: id, by: person)
            }
            return run
        }
    }

    /// Gives out a file of a period's run, which has to bear the number if one is given, as it has to be with four eyes:
    /// who exports it says which one was looked at. `make` makes its form and bytes the first time. Given out before, it is refused,
    /// or with `again` the same bytes come once more. What is open with its merchants is looked up in the same transaction:
    /// where it is not what the run says any more, and where a day that the file asks for is past, it is refused.
    ///
    /// Throws `PaymentRefusal` and `PersonRefusal`.
    public func exportPayments(
        of period: Int, _ kind: PaymentRun.File.Kind, run number: Int64? = nil, again: Bool,
        by person: Person, at instant: Instant,
        make: (PaymentRun, Schedule) throws -> (form: String, bytes: [UInt8])
    ) throws -> PaymentRun.File {
        try writing("export a payment run") { database in
            let inForce = try inForce(database)
            try person.verify(database, inForce, at: instant)
            let rows = PaymentRows(database, inForce.roster)
            let id = inForce.schedule.calendar.period(period).id
            let run = try rows.standing(of: period, id: id)
            guard number == nil || number == run.number else {
                throw PaymentRefusal(
                    .runUnknown, "run \(number ?? 0) of \(id) does not stand: look at run \(run.number)")
            }
            if inForce.schedule.alliance.fourEyes {
                try Self.requireSecond(person, for: run)
                guard number != nil else {
                    throw PaymentRefusal(
                        .runNumberRequired,
                        "look at it (`settled payments run \(id)`), and name it with --run \(run.number)")
                }
            }
            if let file = run.files.first(where: { $0.kind == kind }) {
                guard again else {
                    throw PaymentRefusal(
                        .exportedAlready,
                        "\(file.form) of run \(run.number) was given out to \(file.person) on \(file.exported)"
                            + ": --again gives the same")
                }
                try rows.note(
                    "\(file.form) of run \(run.number) of \(id) again by \(person.name)", by: person,
                    at: instant)
                return file
            }
            try Self.requireFresh(
                run, kind, bookings: try BookingRows(database, inForce.roster).all(), runs: try rows.all())
            let schedule = try AllianceRows(database).schedule(of: run.alliance)
            try Self.requireInTime(run, kind, on: schedule.zone.localDate(at: instant))
            let (form, bytes) = try make(run, schedule)
            let file = PaymentRun.File(
                kind: kind, form: form, exported: instant, person: person.name, bytes: bytes)
            try rows.add(file, of: run, id: id, by: person)
            return file
        }
    }

    /// Ends a run of which no file was given out; the period may have another.
    ///
    /// Throws `PaymentRefusal` and `PersonRefusal`.
    @discardableResult
    public func withdrawPaymentRun(of period: Int, by person: Person, at instant: Instant) throws
        -> PaymentRun
    {
        try writing("withdraw a payment run") { database in
            let inForce = try inForce(database)
            try person.verify(database, inForce, at: instant)
            let rows = PaymentRows(database, inForce.roster)
            let id = inForce.schedule.calendar.period(period).id
            let run = try rows.standing(of: period, id: id)
            guard run.files.isEmpty else {
                throw PaymentRefusal(
                    .runExported,
                    "\(run.files[0].form) of run \(run.number) was given out to \(run.files[0].person)")
            }
            try rows.withdraw(run, id: id, by: person, at: instant)
            return run
        }
    }

    /// All runs, by number.
    public func paymentRuns() throws -> [PaymentRun] {
        try reading("read the payment runs") { try PaymentRows($0, try inForce($0).roster).all() }
    }

    /// That nothing has changed since the run was made that a file of it stands on: what is open with each of its
    /// merchants is what it was, whatever was booked or ordered since.
    private static func requireFresh(
        _ run: PaymentRun, _ kind: PaymentRun.File.Kind, bookings: [StoredBooking], runs: [PaymentRun]
    ) throws {
        let others = runs.filter { $0.number != run.number }
        let balances = OpenBalances(after: run.period, bookings: bookings, runs: others)
        let stale = try run.items.filter { item in
            try item.method.file == kind && balances.open(item.open.merchant, item.open.balance) != item.open
        }
        guard stale.isEmpty else {
            let merchants = stale.map(\.open.merchant.text).joined(separator: ", ")
            throw PaymentRefusal(
                .runStale,
                "since run \(run.number) was made, payments were booked or ordered of \(merchants)")
        }
    }

    /// That the bank can still keep the days that a file asks for: a transfer's on that day, a debit's the day before.
    private static func requireInTime(_ run: PaymentRun, _ kind: PaymentRun.File.Kind, on today: LocalDate)
        throws
    {
        let late = run.items.filter { item in
            switch item.method {
            case .transfer: kind == .creditTransfers && item.due < today
            case .debit: kind == .directDebits && item.due <= today
            case .byHand, .carried, .settled: false
            }
        }
        guard let first = late.map(\.due).min() else { return }
        throw PaymentRefusal(
            .runStale,
            "\(late.count) of run \(run.number) would be too late on \(today), the first was due on \(first)")
    }

    /// Who exports is another one than who made the run, each by a key that was shown.
    private static func requireSecond(_ person: Person, for run: PaymentRun) throws {
        guard let key = run.makerKey else {
            throw PaymentRefusal(
                .makerUnproven,
                "\(run.maker) showed no key: withdraw run \(run.number), and make it anew with --key")
        }
        guard person.name != run.maker, person.provenKey != key else {
            throw PaymentRefusal(
                .samePerson, "\(run.maker) made run \(run.number): another person has to export it")
        }
    }
}
