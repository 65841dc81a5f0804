public import Settlement
import Store

/// Points that a member owes an issuer, or owed: what left the debt, and which points paid it.
public struct ExplainedDebt: Sendable {
    public struct Payment: Sendable {
        public let period: Period
        public let points: Points
        /// Whether they were taken from a lot. If not, they were given back to the debt's own lot after its expiry.
        public let isTaken: Bool
        /// The record that made the lot.
        public let lot: RecordMention
        /// The record by which the lot gained them, or the reversal itself, which took what the lot held.
        public let cause: RecordMention
    }

    public let issuer: MerchantID
    /// At whose close it was left.
    public let period: Period
    public let reversal: RecordMention
    /// The record that the reversal takes back.
    public let lot: RecordMention
    /// What it was at first.
    public let points: Points
    /// What of it is owed still.
    public let owed: Points
    /// In the order in which they happened: the first `RecordLife.most` of all debts that are told together.
    public let payments: [Payment]
    /// How many there are.
    public let paymentsCount: Int
}

/// One payment of a debt, without the others: a debt may have any number of them.
public struct PaidDebt: Sendable {
    public let issuer: MerchantID
    /// The record that left the debt.
    public let reversal: RecordMention
    public let payment: ExplainedDebt.Payment
}

/// What one record has to do with its member's debts, as far as who asks may see that: only the issuer sees a debt.
struct RecordDebts {
    /// The first `RecordLife.most` of those that it left, or that were left by reversals of it, and how many there are.
    let left: [ExplainedDebt]
    let leftCount: Int
    /// Others that points of it paid, or points that another lot gained by it.
    let paid: [PaidDebt]
    let paidCount: Int

    /// `kept` is all that closes made of the member, in order. Throws `StoreTrouble` where that does not come of its
    /// records.
    init(
        of number: RecordNumber, in kept: [(period: Int, settled: SettledMember)], store: Store,
        _ mentions: Mentions
    ) throws {
        var replay = DebtReplay()
        for (period, settled) in kept {
            let agrees = try replay.add(settled, period: period, try store.schedule(ofClosed: period))
            guard agrees else {
                throw StoreTrouble.damaged(
                    "settlements", "period \(period)", "what is kept of a member does not come of its records"
                )
            }
        }
        let debts = replay.debts.filter { mentions.isOwn($0.lot.issuer) }
        let own = debts.filter { $0.isOf(number) }
        var room = RecordLife.most
        left = own.prefix(RecordLife.most).map { debt in
            defer { room -= min(room, debt.payments.count) }
            return mentions.explained(debt, payments: room)
        }
        leftCount = own.count
        var (paid, count): ([PaidDebt], Int) = ([], 0)
        for debt in debts where !debt.isOf(number) {
            let own = debt.payments.filter {
                $0.cause.number == number || $0.isTaken && $0.lot.number == number
            }
            count += own.count
            let reversal = mentions.mention(debt.reversal)
            paid += own.prefix(RecordLife.most - paid.count).map {
                PaidDebt(issuer: debt.lot.issuer, reversal: reversal, payment: mentions.explained($0))
            }
        }
        (self.paid, paidCount) = (paid, count)
    }

    /// The records whose batches may be told.
    var numbers: [RecordNumber] {
        let debts = left.flatMap { [$0.reversal.number, $0.lot.number] } + paid.map(\.reversal.number)
        let payments = left.flatMap(\.payments) + paid.map(\.payment)
        return (debts + payments.flatMap { [$0.lot.number, $0.cause.number] }).compactMap { $0 }
    }
}

extension DebtCourse {
    /// Whether a record left it, or made the lot that its reversal takes back.
    fileprivate func isOf(_ number: RecordNumber) -> Bool {
        reversal.number == number || lot.number == number
    }
}

extension Mentions {
    fileprivate func explained(_ debt: DebtCourse, payments most: Int) -> ExplainedDebt {
        ExplainedDebt(
            issuer: debt.lot.issuer, period: schedule.calendar.period(debt.period),
            reversal: mention(debt.reversal), lot: mention(debt.lot), points: debt.points, owed: debt.owed,
            payments: debt.payments.prefix(most).map { explained($0) },
            paymentsCount: debt.payments.count)
    }

    fileprivate func explained(_ payment: DebtCourse.Payment) -> ExplainedDebt.Payment {
        ExplainedDebt.Payment(
            period: schedule.calendar.period(payment.period), points: payment.points,
            isTaken: payment.isTaken, lot: mention(payment.lot), cause: mention(payment.cause))
    }
}
