import GRDB
import Settlement

/// All that runs have ordered and how far it has come, and the bank's lines with what settled them.
struct OrderBook {
    var matching: BankMatching
    /// With the matches that count.
    private(set) var lines: [StoredBankLine]
    /// The alliance's own accounts: the one in force, and those of its runs.
    let ownAccounts: Set<String>
    private let claimed: Set<Payment>
    private let runs: [PaymentRun]
    private var groups: [Int64: [OrderedGroups]] = [:]

    private struct Payment: Hashable {
        let merchant: MerchantID
        let reference: BookingReference

        init(_ merchant: MerchantID, _ reference: BookingReference) {
            self.merchant = merchant
            self.reference = reference
        }

        init(_ booking: Booking) { self.init(booking.merchant, booking.reference) }

        /// What a match stands on; nil: on no booking.
        init?(_ act: BankMatch.Act) {
            guard let payment = act.payment else { return nil }
            self.init(payment.merchant, payment.reference)
        }
    }

    init(_ database: Database, _ inForce: InForce) throws {
        runs = try PaymentRows(database, inForce.roster).all()
        var (booked, waiting): ([Payment: StoredBooking], [Payment: Booking]) = ([:], [:])
        for stored in try BookingRows(database, inForce.roster).all() where stored.booking.kind == .payment {
            booked[Payment(stored.booking)] = stored
        }
        for draft in try DraftRows(database, inForce.roster).all()
        where draft.state == .waiting && draft.booking.kind == .payment {
            waiting[Payment(draft.booking)] = draft.booking
        }
        lines = try BankRows(database, inForce.roster).lines()
        var claimed: Set<Payment> = []
        for place in lines.indices {
            lines[place].matches.removeAll { match in
                guard let payment = Payment(match.act) else { return false }
                return booked[payment] == nil && waiting[payment] == nil
            }
            claimed.formUnion(lines[place].matches.compactMap { Payment($0.act) })
        }
        var (orders, own): ([PaymentOrder], Set<String>) = ([], [Self.ownAccount(inForce.schedule.alliance)])
        var alliances: [Int64: Alliance] = [inForce.version: inForce.schedule.alliance]
        for run in runs where run.withdrawn == nil && !run.files.isEmpty {
            let alliance =
                try alliances[run.alliance] ?? AllianceRows(database).schedule(of: run.alliance).alliance
            alliances[run.alliance] = alliance
            own.insert(Self.ownAccount(alliance))
            for var order in Self.orders(of: run, alliance) {
                let payment = Payment(order.merchant, order.reference)
                order.state = Self.state(of: order, run, booked[payment], waiting[payment])
                order.isPaidByEntry = claimed.contains(payment)
                if case .undone(let other) = order.state {
                    order.isUndoneByEntry = claimed.contains(Payment(order.merchant, other))
                }
                orders.append(order)
            }
        }
        self.claimed = claimed
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
            return booked.booking.amount == order.amount ? .booked : .differing(booked.booking.amount)
        }
        if let waiting { return waiting.amount == order.amount ? .waiting : .differing(waiting.amount) }
        return run.rejection(of: order.place) == nil ? .open : .rejected
    }

    // MARK: Asking

    /// What a line is to the orders as they stand.
    mutating func finding(of line: BankLine) throws -> BankFinding {
        if let name = line.group { try loadGroups(named: name) }
        let groups = groups
        return matching.finding(of: line) { name in
            groups.values.joined().lazy.compactMap { $0[name] }.first
        }
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
        claimed.contains(Payment(merchant, reference))
    }

    /// The line of a number that waits. Throws `BankRefusal`.
    func waiting(_ number: Int64) throws -> StoredBankLine {
        guard number >= 1, number <= lines.count else {
            throw BankRefusal(
                .entryUnknown, "there is no entry \(number): `settled payments unmatched` lists them")
        }
        let line = lines[Int(number) - 1]
        guard let match = line.matches.first else { return line }
        throw BankRefusal(.entrySettled, "entry \(number) was settled by \(match.person) on \(match.at)")
    }
}
