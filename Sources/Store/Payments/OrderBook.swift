import GRDB
import Settlement

/// All that runs have ordered and how far it has come, and the bank's lines with what settled them.
struct OrderBook {
    var matching: BankMatching
    /// With the matches that count.
    private(set) var lines: [StoredBankLine]
    /// The alliance's own accounts: the one in force, and those of its runs.
    let ownAccounts: Set<String>
    /// Which line's match stands on a payment.
    private let claimed: [PaymentName: Int64]
    let hasFourEyes: Bool
    private let runs: [PaymentRun]
    private var groups: [Int64: [OrderedGroups]] = [:]

    init(_ database: Database, _ inForce: InForce) throws {
        hasFourEyes = inForce.schedule.alliance.fourEyes
        runs = try PaymentRows(database, inForce.roster).all()
        let bookings = try BookingRows(database, inForce.roster).all()
        let drafts = try DraftRows(database, inForce.roster).all()
        var (booked, waiting): ([PaymentName: StoredBooking], [PaymentName: Booking]) = ([:], [:])
        for stored in bookings where stored.booking.kind == .payment {
            booked[PaymentName(stored.booking)] = stored
        }
        for draft in drafts where draft.state == .waiting && draft.booking.kind == .payment {
            waiting[PaymentName(draft.booking)] = draft.booking
        }
        lines = try BankRows(database, inForce.roster).lines()
        claimed = try StandingMatches(bookings: bookings, drafts: drafts).sift(&lines)
        var (orders, own): ([PaymentOrder], Set<String>) = ([], [Self.ownAccount(inForce.schedule.alliance)])
        var alliances: [Int64: Alliance] = [inForce.version: inForce.schedule.alliance]
        for run in runs where run.withdrawn == nil && !run.files.isEmpty {
            let alliance =
                try alliances[run.alliance] ?? AllianceRows(database).schedule(of: run.alliance).alliance
            alliances[run.alliance] = alliance
            own.insert(Self.ownAccount(alliance))
            for var order in Self.orders(of: run, alliance) {
                let payment = PaymentName(order.merchant, order.reference)
                order.state = Self.state(of: order, run, booked[payment], waiting[payment])
                order.isPaidByEntry = claimed[payment] != nil
                if case .undone(let other) = order.state {
                    order.isUndoneByEntry = claimed[PaymentName(order.merchant, other)] != nil
                }
                orders.append(order)
            }
        }
        ownAccounts = own.subtracting([""])
        let merchants = inForce.schedule.alliance.merchants
        let accounts = merchants.compactMap { merchant in
            merchant.payment?.account?.iban.map { ($0.text, merchant.id) }
        }
        matching = BankMatching(
            orders: orders, accounts: Dictionary(accounts) { first, _ in first },
            currency: inForce.schedule.alliance.currency)
    }

    private static func ownAccount(_ alliance: Alliance) -> String {
        (alliance.payment?.account.map { $0.iban?.text ?? $0.text } ?? "").filter { $0 != " " }
    }

    private static func orders(of run: PaymentRun, _ alliance: Alliance) -> [PaymentOrder] {
        let merchants = Dictionary(alliance.merchants.map { ($0.id, $0) }) { first, _ in first }
        return run.items.indices.compactMap { place in
            guard let file = run.file(of: place) else { return nil }
            let item = run.items[place]
            return PaymentOrder(
                run: run.number, place: place, period: run.period, merchant: item.open.merchant,
                reference: run.reference(of: place), amount: Money(-item.amount.minorUnits), due: item.due,
                ordered: file.exported, account: merchants[item.open.merchant]?.payment?.account?.iban,
                creditorReference: run.isAsked(place)
                    ? PaymentReference.creditorReference(run: run.number, place: place + 1) : nil)
        }
    }

    private static func state(
        of order: PaymentOrder, _ run: PaymentRun, _ booked: StoredBooking?, _ waiting: Booking?
    ) -> PaymentOrder.State {
        if let booked {
            if let other = booked.undoneBy { return .undone(by: other) }
            let amount = booked.booking.amount
            return amount == order.amount ? .booked : .differing(amount, isDraft: false)
        }
        if let waiting {
            return waiting.amount == order.amount ? .waiting : .differing(waiting.amount, isDraft: true)
        }
        return run.rejection(of: order.place) == nil ? .open : .rejected
    }

    // MARK: Asking

    /// What a line is to the orders as they stand, or what is left of it, where it was settled in part.
    mutating func finding(of stored: StoredBankLine) throws -> BankFinding {
        guard !stored.notedCharges.isZero else {
            return approvable(try finding(of: stored.line, settledBy: stored.matches))
        }
        let line = stored.line.charged(stored.notedCharges)
        return try finding(of: line, settledBy: stored.matches).withoutCharges
    }

    /// The same of a line for which nothing counts yet.
    mutating func finding(of line: BankLine) throws -> BankFinding {
        approvable(try finding(of: line, settledBy: []))
    }

    /// What a person says that it is. Throws `BankRefusal` where it cannot be.
    mutating func finding(of line: BankLine, as saying: BankSaying) throws -> BankFinding {
        let name = saying.order.text
        let group = matching.hasOrder(named: name) ? nil : try group(named: name)
        return approvable(try matching.finding(of: line, as: saying, group: group))
    }

    private mutating func finding(of line: BankLine, settledBy matches: [BankMatch]) throws -> BankFinding {
        let settled = matches.isEmpty ? [] : orders(settledBy: matches)
        guard settled.count == matches.count else {
            return BankFinding(
                steps: [], isCertain: false, reason: "what was left of it cannot be told: --reopen it")
        }
        let group = try group(of: line)
        return matching.finding(of: line, settled: settled) { _ in group }
    }

    /// The places of the orders that matches are of, or of what took them back.
    private func orders(settledBy matches: [BankMatch]) -> Set<Int> {
        let names = Set(matches.compactMap { PaymentName($0.act) })
        let places = matching.orders.indices.filter { place in
            let order = matching.orders[place]
            var own = [order.reference, BankBooking.returning(order)]
            if case .undone(let other) = order.state { own.append(other) }
            return own.contains { names.contains(PaymentName(order.merchant, $0)) }
        }
        return Set(places)
    }

    /// The end-to-end references of the group that a line names.
    private mutating func group(of line: BankLine) throws -> [String]? {
        try line.group.flatMap { try group(named: $0) }
    }

    private mutating func group(named name: String) throws -> [String]? {
        try loadGroups(named: name)
        return groups.values.joined().lazy.compactMap { $0[name] }.first
    }

    /// The number of a line that waits and names an order, end to end or by its group, if there is one. One that comes to
    /// its group without those that are given up is not of them.
    mutating func entry(naming reference: BookingReference, givenUp: Set<String>) throws -> Int64? {
        for stored in lines where !stored.isSettled {
            if let name = stored.line.endToEnd, matching.hasOrder(named: name) {
                if name == reference.text { return stored.number }
                continue
            }
            guard let group = try group(of: stored.line), group.contains(reference.text) else { continue }
            let rest = matching.sum(ofGroup: group, without: givenUp)
            if rest != Int128(stored.line.amount.minorUnits) { return stored.number }
        }
        return nil
    }

    /// Reads the files whose groups may have the name, which begins with that of the run.
    private mutating func loadGroups(named name: String) throws {
        for run in runs where groups[run.number] == nil && name.hasPrefix("R\(run.number)-") {
            groups[run.number] = try run.files.filter { $0.kind != .table }.map { file in
                do throws(BankRefusal) { return try OrderedGroups(of: file.bytes) } catch {
                    throw StoreTrouble.damaged(
                        "payment_files", "\(file.form) of run \(run.number)", "\(error)")
                }
            }
        }
    }

    func isClaimed(_ merchant: MerchantID, _ reference: BookingReference) -> Bool {
        claimed[PaymentName(merchant, reference)] != nil
    }

    enum Wanted {
        /// Nothing that counts was done for it.
        case untouched
        /// It waits, perhaps settled in part.
        case waiting
        /// Something was done for it.
        case touched
    }

    /// The line of a number. Throws `BankRefusal`, also where it does not stand as it is wanted.
    func line(_ number: Int64, _ wanted: Wanted) throws -> StoredBankLine {
        guard number >= 1, number <= lines.count else {
            throw BankRefusal(
                .entryUnknown, "there is no entry \(number): `settled payments unmatched` lists them")
        }
        let line = lines[Int(number) - 1]
        guard let match = line.matches.first else {
            guard wanted != .touched else {
                throw BankRefusal(.entryWaiting, "entry \(number) waits: there is nothing to reopen")
            }
            return line
        }
        if wanted == .touched || wanted == .waiting && !line.isSettled { return line }
        throw BankRefusal(
            .entrySettled,
            line.isSettled
                ? "entry \(number) was settled by \(match.person) on \(match.at): --reopen it, if that was wrong"
                : "entry \(number) is settled in part: --accept the rest, or --reopen it")
    }
}
