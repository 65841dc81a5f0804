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
    /// In the order in which they happened.
    public let payments: [Payment]
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
    /// Those that it left, or that were left by reversals of it.
    let left: [ExplainedDebt]
    /// Others that points of it paid, or points that another lot gained by it.
    let paid: [PaidDebt]

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
        left = debts.filter { $0.isOf(number) }.map { mentions.explained($0) }
        paid = debts.filter { !$0.isOf(number) }.flatMap { debt in
            let reversal = mentions.mention(debt.reversal)
            return debt.payments.filter {
                $0.cause.number == number || $0.isTaken && $0.lot.number == number
            }.map {
                PaidDebt(issuer: debt.lot.issuer, reversal: reversal, payment: mentions.explained($0))
            }
        }
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
    fileprivate func explained(_ debt: DebtCourse) -> ExplainedDebt {
        ExplainedDebt(
            issuer: debt.lot.issuer, period: schedule.calendar.period(debt.period),
            reversal: mention(debt.reversal), lot: mention(debt.lot), points: debt.points, owed: debt.owed,
            payments: debt.payments.map { explained($0) })
    }

    fileprivate func explained(_ payment: DebtCourse.Payment) -> ExplainedDebt.Payment {
        ExplainedDebt.Payment(
            period: schedule.calendar.period(payment.period), points: payment.points,
            isTaken: payment.isTaken, lot: mention(payment.lot), cause: mention(payment.cause))
    }
}
