import Foundation
import Settlement

/// The shape of a loyalty programme's records: mostly earns, one in nine a redemption that the balance covers,
/// some reversals of a member's last earn while it is unspent; in the order of time.
struct Workload {
    static let merchantCount = 50

    let shape: Shape

    private var random: Random
    private var produced = 0
    private var balances: [Int64]
    /// By member, the merchant and the record of the last earn that may be reversed.
    private var last: [Int: Reported] = [:]

    /// A record and the place of the merchant that reports it.
    struct Reported {
        let merchant: Int
        let record: Record
    }

    init(_ shape: Shape) {
        self.shape = shape
        random = Random(seed: shape.seed)
        balances = Array(repeating: 0, count: shape.members)
    }

    /// The first instant of 2025 in UTC, when the records begin.
    static let start = Instant(milliseconds: 1_735_689_600_000)

    /// When the batches are received: all their records lie before, and the first period is open.
    static let received = start.advanced(byHours: 24 * 75)

    static let merchants = (1...merchantCount).map { number in
        MerchantID(verified: "M" + String(String(number + 1_000).dropFirst()))
    }

    /// Whether there is no further record.
    var isDone: Bool { produced == shape.records }

    /// The next record; nil behind the last.
    mutating func next() -> Reported? {
        guard !isDone else { return nil }
        let span = shape.days * 86_400_000
        let step = span / Int64(shape.records)
        let at = Instant(
            milliseconds: Self.start.milliseconds + Int64(produced) * span / Int64(shape.records)
                + Int64(random.below(Int(step / 2) + 1)))
        produced += 1
        let member = shape.isZipf ? frequent() : random.below(shape.members)
        let kind = random.below(1_000)
        let merchant = random.below(Self.merchantCount)
        if kind < 122, balances[member] >= 50 { return redemption(of: member, at: at, merchant: merchant) }
        if kind >= 1_000 - shape.reversals, let earn = last[member] {
            return reversal(of: earn, member: member, at: at)
        }
        return earn(of: member, at: at, merchant: merchant)
    }

    /// A member by Zipf's law of exponent 1: the share of the first k of n members is log k / log n.
    private mutating func frequent() -> Int {
        let rank = exp(random.fraction() * log(Double(shape.members) + 1))
        return min(shape.members, Int(rank)) - 1
    }

    private mutating func earn(of member: Int, at: Instant, merchant: Int) -> Reported {
        let points = 10 + Int64(random.below(490))
        balances[member] += points
        let reported = Reported(
            merchant: merchant,
            record: Record(
                id: id(), type: .earn, member: Self.id(of: member), points: Points(points),
                amount: Money(points * 100 + Int64(random.below(100))), at: at))
        last[member] = reported
        return reported
    }

    private mutating func redemption(of member: Int, at: Instant, merchant: Int) -> Reported {
        let points = balances[member] * Int64(30 + random.below(61)) / 100
        balances[member] -= points
        last[member] = nil
        return Reported(
            merchant: merchant,
            record: Record(
                id: id(), type: .redeem, member: Self.id(of: member), points: Points(points),
                amount: Money(points), at: at))
    }

    private mutating func reversal(of earn: Reported, member: Int, at: Instant) -> Reported {
        balances[member] -= earn.record.points.count
        last[member] = nil
        return Reported(
            merchant: earn.merchant,
            record: Record(
                id: id(), type: .earnReversal, member: Self.id(of: member), points: earn.record.points,
                at: at, ref: earn.record.id))
    }

    private mutating func id() -> RecordID {
        let digits = String(random.next(), radix: 16)
        return RecordID(verified: String(repeating: "0", count: 16 - digits.count) + digits)
    }

    private static func id(of member: Int) -> MemberID { MemberID(verified: "\(4_000_000_000 + member * 7)") }
}
