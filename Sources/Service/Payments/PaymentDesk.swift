public import Settlement
import Signing
public import Store

/// Where a closing's balances become payments: a run is looked at, made, given out as files, or withdrawn.
public struct PaymentDesk: Sendable {
    private let desk: ReadingDesk
    private var store: Store { desk.store }

    public init(_ desk: ReadingDesk) { self.desk = desk }

    /// The run of a period: the one that stands, or what it would be if it were made now. `calendar` is a file of days on
    /// which banks are closed; without it they are on Saturdays and Sundays alone.
    ///
    /// Throws what `ReadingDesk.closing` throws, `refused` for a calendar that cannot be read, and `PaymentRefusal`.
    public func preview(_ id: String, calendar: String?, at now: Instant) throws -> PaymentListing {
        let ordinal = try desk.shelf.ordinal(ofPeriod: id)
        if let run = try store.paymentRuns().first(where: { $0.period == ordinal && $0.withdrawn == nil }) {
            try Self.require(run, of: try desk.closing(period: id))
            return try PaymentListing(
                run, in: store,
                notes: try booked(otherwise: run) + run.waitingRejections.map { run.text(of: $0) })
        }
        return try plan(id, calendar: calendar, by: nil, at: now)
    }

    /// Makes the run of a period: from then on it is fixed. One whose files could not be written is not made.
    ///
    /// Throws as `preview` does, and `PersonRefusal`.
    public func make(_ id: String, calendar: String?, by person: Person, at now: Instant) throws
        -> PaymentListing
    {
        try plan(id, calendar: calendar, by: person, at: now)
    }

    /// The bytes of a file of a period's run, of this number if one is given. `version` is the message's, as `09`; nil: the newest that is known.
    ///
    /// Throws `misused` for a version that there is not, `PaymentRefusal` and `PersonRefusal`.
    public func export(
        _ id: String, _ kind: PaymentRun.File.Kind, run number: Int64? = nil, version: String?, again: Bool,
        by person: Person, at now: Instant
    ) throws -> [UInt8] {
        let form = try Self.form(of: kind, version: version)
        let closing = try desk.closing(period: id)
        let file = try store.exportPayments(
            of: closing.stored.period, kind, run: number, again: again, by: person, at: now
        ) { run, schedule in
            try Self.require(run, of: closing)
            guard let form else {
                return (kind.rawValue, try HandTable(run: run, schedule: schedule).bytes())
            }
            return (form.rawValue, try BankFile(run: run, schedule: schedule, form: form).bytes())
        }
        guard version == nil || file.form == form?.rawValue else {
            throw Failure.misused("--version", "the file that was given out is \(file.form)")
        }
        return file.bytes
    }

    /// Ends the run of a period of which nothing was given out. Throws `PaymentRefusal` and `PersonRefusal`.
    public func withdraw(_ id: String, by person: Person, at now: Instant) throws -> Int64 {
        let ordinal = try desk.shelf.closing(period: id).period
        return try store.withdrawPaymentRun(of: ordinal, by: person, at: now).number
    }

    /// Gives up orders that a bank rejected, or drafts that. Throws `misused` for no merchant's id, `PaymentRefusal` and
    /// `PersonRefusal`.
    public func reject(
        _ id: String, _ merchants: [String], because reason: String, draft: Bool, by person: Person,
        at now: Instant
    ) throws -> PaymentRun {
        let ordinal = try desk.shelf.closing(period: id).period
        let merchants = try merchants.map { text in
            guard let merchant = MerchantID(text) else {
                throw Failure.misused("--rejected", "\(PlainText.excerpt(text)) is not a merchant's id")
            }
            return merchant
        }
        return try store.rejectOrders(
            of: ordinal, merchants, because: reason, by: person, at: now, draft: draft)
    }

    /// Approves drafts to give up orders, or drops them. Throws `PaymentRefusal` and `PersonRefusal`.
    public func end(
        rejections numbers: [Int64], of id: String, approving: Bool, by person: Person, at now: Instant
    ) throws -> Int64 {
        let ordinal = try desk.shelf.closing(period: id).period
        let run =
            approving
            ? try store.approveRejections(of: ordinal, numbers, by: person, at: now)
            : try store.withdrawRejections(of: ordinal, numbers, by: person, at: now)
        return run.number
    }

    /// How far orders have come, of one period or of all. Throws `misused` for a period that there is not.
    public func ages(_ id: String?, at now: Instant) throws -> OrderListing {
        try OrderListing(store, period: id, now: now)
    }

    /// What the files of a period's run have ordered, as `settled pay --from` reads it: `merchant,reference,amount,reason`.
    public func orders(_ id: String) throws -> String {
        let ordinal = try desk.shelf.closing(period: id).period
        guard let run = try store.paymentRuns().first(where: { $0.period == ordinal && $0.withdrawn == nil })
        else { throw PaymentRefusal(.runUnknown, "\(id) has no payment run: make it with --make") }
        let exponent = desk.alliance.currency.exponent
        var table = Tabular("merchant", "reference", "amount", "reason")
        for (place, item) in run.items.enumerated() where run.hasOrdered(place) {
            table.add([
                item.open.merchant.text, run.reference(of: place).text,
                Figures.plain(-item.amount.minorUnits, exponent: exponent), "run \(run.number) of \(id)",
            ])
        }
        return table.text
    }

    // MARK: Parts

    private func plan(_ id: String, calendar path: String?, by person: Person?, at now: Instant) throws
        -> PaymentListing
    {
        let closing = try desk.closing(period: id)
        let calendar = try path.map { try BankCalendarFile(path: $0) }
        let days = calendar?.days ?? BankDays()
        let ordinal = closing.stored.period
        let run = try store.makePaymentRun(
            of: ordinal, closing: closing.stored.digest, balances: try Self.balances(closing.document),
            by: person, at: now
        ) { schedule in
            let plan = Self.plan(of: ordinal, schedule, days, at: now)
            return { open in
                guard let item = plan.item(open) else {
                    throw PaymentRefusal(
                        .amountOutOfBounds, "\(open.merchant): more than 10^15 minor units are open")
                }
                return item
            }
        } check: { run, schedule in
            for (form, method) in [(BankFile.Form.transfers09, PaymentMethod.transfer), (.debits08, .debit)]
            where run.items.contains(where: { $0.method == method }) {
                _ = try BankFile(run: run, schedule: schedule, form: form).bytes()
            }
        }
        return try PaymentListing(
            run, in: store, isPreview: person == nil,
            notes: Self.notes(on: run, calendar: calendar))
    }

    private static func plan(of period: Int, _ schedule: Schedule, _ days: BankDays, at now: Instant)
        -> PaymentPlan
    {
        let today = schedule.zone.localDate(at: now)
        let local = now.milliseconds + Int64(schedule.zone.offsetSeconds(at: now)) * 1_000
        // Instants are of 2000 and later: none is before 1970.
        let minutes = Int(local / 60_000 % 1_440)
        return PaymentPlan(
            alliance: schedule.alliance,
            lastDay: schedule.calendar.firstDay(of: period + 1).adding(days: -1), bankDays: days,
            today: today, firstDay: days.first(from: today, minutes: minutes))
    }

    /// By merchant; they add up to what the operator has with all of them.
    private static func balances(_ closing: ClosingDocument) throws
        -> [(merchant: MerchantID, balance: Money)]
    {
        let sum = closing.positions.reduce(Int128(0)) { $0 + Int128($1.closing) }
        guard sum == -Int128(closing.operator.closing) else {
            throw Failure.refused(
                "closing of \(closing.period.id)",
                "its balances add up to \(sum), and the operator's is \(closing.operator.closing)")
        }
        return closing.positions.map { (MerchantID(verified: $0.merchant), Money($0.closing)) }
    }

    /// That a run pays the balances of the signed closing, each item what remains of its own. Throws `StoreTrouble`.
    private static func require(_ run: PaymentRun, of closing: ShownClosing) throws {
        let balances = try balances(closing.document).sorted { $0.merchant < $1.merchant }
        let isWhole = run.items.allSatisfy { item in
            let (open, amount) = (item.open, Int128(item.amount.minorUnits))
            return amount == Int128(open.balance.minorUnits) + Int128(open.paidSince.minorUnits)
                + Int128(open.underWay.minorUnits)
        }
        guard run.closingDigest == closing.stored.digest, isWhole,
            run.items.map(\.open.merchant) == balances.map(\.merchant),
            run.items.map(\.open.balance) == balances.map(\.balance)
        else {
            throw StoreTrouble.damaged(
                "payment_runs", "row \(run.number)", "it does not pay what the signed closing says")
        }
    }

    private static func notes(on run: PaymentRun, calendar: BankCalendarFile?) -> [String] {
        let paid = run.items.filter { $0.method != .settled && $0.method != .carried }
        guard let calendar else {
            return paid.isEmpty ? [] : ["without --calendar banks are closed on Saturdays and Sundays alone"]
        }
        return Set(paid.map(\.due.year)).subtracting(calendar.years).sorted().map {
            "the calendar names no day of \($0)"
        }
    }

    /// Payments that are booked under the run's references with another amount than it ordered.
    private func booked(otherwise run: PaymentRun) throws -> [String] {
        let ordered = run.items.indices.filter { run.hasOrdered($0) }
        let places = Dictionary(uniqueKeysWithValues: ordered.map { (run.items[$0].open.merchant, $0) })
        let exponent = desk.alliance.currency.exponent
        return try store.bookings().map(\.booking).compactMap { booking in
            guard booking.kind == .payment, let place = places[booking.merchant],
                booking.reference == run.reference(of: place)
            else { return nil }
            let amount = -run.items[place].amount.minorUnits
            guard booking.amount.minorUnits != amount else { return nil }
            let (found, said) = (booking.amount.minorUnits, amount)
            return "\(booking.reference) of \(booking.merchant) is booked with "
                + "\(Figures.money(found, exponent: exponent)), and ordered was "
                + Figures.money(said, exponent: exponent)
        }
    }

    private static func form(of kind: PaymentRun.File.Kind, version: String?) throws -> BankFile.Form? {
        let known: [String: BankFile.Form] =
            switch kind {
            case .creditTransfers: ["03": .transfers03, "09": .transfers09]
            case .directDebits: ["02": .debits02, "08": .debits08]
            case .table: [:]
            }
        guard let version = version ?? known.keys.max() else { return nil }
        guard let form = known[version] else {
            let versions = known.keys.sorted().joined(separator: " and ")
            throw Failure.misused(
                "--version", "\(kind.rawValue) has \(known.isEmpty ? "none" : versions), found \(version)")
        }
        return form
    }
}
