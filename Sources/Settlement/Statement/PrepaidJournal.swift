/// What the prepaid points of a closed period post to the operator's books, worked out again of what its close made of
/// members and of the points that were open when it began and ended. Rulebook §6.
public struct PrepaidJournal {
    /// Points of `issue`-funded lots, by issuer and issue price.
    public struct OpenPoints: Hashable, Sendable {
        public let issuer: MerchantID
        public let price: Price
        public let points: Int64

        public init(issuer: MerchantID, price: Price, points: Int64) {
            self.issuer = issuer
            self.price = price
            self.points = points
        }
    }

    /// What the lines `issue` and `issue_reversal` of an issuer and price come to, from its side.
    public struct IssueLine: Hashable, Sendable {
        public let issuer: MerchantID
        public let price: Price
        public let amount: Money

        public init(issuer: MerchantID, price: Price, amount: Money) {
            self.issuer = issuer
            self.price = price
            self.amount = amount
        }
    }

    /// One posting, not of zero.
    public struct Posting: Hashable, Sendable {
        public let cause: PrepaidCause
        public let issuer: MerchantID
        public let price: Price
        /// Points that were moved; nil of a rounding.
        public let points: Int64?
        public let debit: String
        public let credit: String
        /// A negative one goes the other way round.
        public let amount: Money
    }

    private let maker: LineMaker
    private var classes = LotClasses()

    /// Under the alliance as it was at the close.
    public init(schedule: Schedule) { maker = LineMaker(schedule) }

    /// Adds what the close made of a member.
    public mutating func add(_ member: SettledMember) {
        let positions = member.lots.map { lot in
            classes.position(of: LotClass(lot, issuer: maker.merchants[lot.issuer]))
        }
        for movement in member.movements {
            classes.count(positions[movement.lot], movement.kind, movement.points)
        }
    }

    /// The postings, by issuer and price. Throws `CloseFailure` where one does not fit 64 bits.
    public func postings(
        openBefore: [OpenPoints], openAfter: [OpenPoints], issueLines: [IssueLine]
    ) throws(CloseFailure) -> [Posting] {
        var prepaid = classes.prepaid()
        for open in openBefore {
            prepaid[key(open.issuer, open.price), default: Prepaid()].openBefore += Int128(open.points)
        }
        for open in openAfter {
            prepaid[key(open.issuer, open.price), default: Prepaid()].openAfter += Int128(open.points)
        }
        for line in issueLines {
            prepaid[key(line.issuer, line.price), default: Prepaid()].issueLines += Int128(
                line.amount.minorUnits)
        }
        let minorPerMajor = maker.schedule.alliance.currency.minorPerMajor
        var postings: [Posting] = []
        for (key, prepaid) in prepaid.sorted(by: { $0.key < $1.key }) {
            let issuer = maker.ids[key.issuer]
            for posting in prepaid.postings(at: key.price, minorPerMajor: minorPerMajor)
            where posting.amount != 0 {
                let amount = try fitting(posting.amount, "a posting of prepaid points", of: issuer)
                var points: Int64?
                if let count = posting.points { points = try fitting(count, "prepaid points", of: issuer) }
                postings.append(
                    Posting(
                        cause: posting.cause, issuer: issuer, price: key.price, points: points,
                        debit: posting.debit, credit: posting.credit, amount: Money(amount)))
            }
        }
        return postings
    }

    private func key(_ issuer: MerchantID, _ price: Price) -> Prepaid.Key {
        Prepaid.Key(issuer: maker.merchants[issuer], price: price)
    }
}
