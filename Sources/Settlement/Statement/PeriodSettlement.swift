/// Gathers what members' settlements come to, and makes of it the statements and the closing of one period.
///
/// Shares, one a thread, settle the members: every member that has open lots or events, each in one share. What
/// they render is added here in the order of members, and at the end the shares themselves; then `finish`.
public struct PeriodSettlement {
    let schedule: Schedule
    let period: Period
    let opening: PeriodOpening
    let intake: PeriodIntake
    let bookings: [Booking]
    let maker: LineMaker
    var tally: PeriodTally
    /// Of each merchant's DETAILS.csv, by place.
    var details: [DetailsDigest]
    /// What the rows of each merchant's DETAILS.csv add up to, by place.
    private(set) var rowSums: [LineSums]
    /// Known once every member has been added.
    var flows: [Flow: Int128] = [:]
    var prepaid: [Prepaid.Key: Prepaid] = [:]
    var ownSides: [MerchantID: OwnSide] = [:]

    public init(
        schedule: Schedule, period: Period, opening: PeriodOpening, intake: PeriodIntake, bookings: [Booking]
    ) {
        self.schedule = schedule
        self.period = period
        self.opening = opening
        self.intake = intake
        self.bookings = bookings
        maker = LineMaker(schedule)
        tally = PeriodTally(maker)
        details = maker.ids.map { _ in DetailsDigest() }
        rowSums = maker.ids.map { _ in LineSums() }
    }

    /// Issuer and redeemer of redeemed points.
    struct Flow: Hashable, Comparable {
        let issuer: MerchantID
        let redeemer: MerchantID

        static func < (left: Flow, right: Flow) -> Bool {
            left.issuer != right.issuer ? left.issuer < right.issuer : left.redeemer < right.redeemer
        }
    }

    /// A share that has settled nobody yet.
    public func makeShare() -> PeriodShare { PeriodShare(maker, period: period) }

    /// Takes the rows of the members that follow, in the order of members over all shares.
    public mutating func add(_ sheets: DetailsSheets) {
        for position in details.indices { details[position].add(sheets.sheets[position]) }
    }

    /// Takes what a share's members came to, once all its sheets are taken. Throws `CloseFailure` where a sum
    /// passes all bounds or a row of details says no figures.
    public mutating func add(_ share: PeriodShare) throws(CloseFailure) {
        try tally.add(share.tally)
        if let astray = share.renderer.rowAstray {
            let merchant = maker.ids[astray.ledger]
            guard astray.hasFigures else {
                throw .broken(
                    invariant: "every row of details says its figures", merchant: merchant,
                    expected: "points and an amount", found: "a row of its details says no figures")
            }
            throw .doesNotFit(what: "the sum of details", merchant: merchant)
        }
        for place in rowSums.indices {
            guard rowSums[place].add(share.renderer.rowSums[place].sums) else {
                throw .doesNotFit(what: "the sum of details", merchant: maker.ids[place])
            }
        }
    }
}

/// One thread's share of a period's members: settles them, sums up what they come to, and renders their rows.
public struct PeriodShare {
    private let period: Period
    private(set) var tally: PeriodTally
    var renderer: DetailsRenderer
    private var lines = MemberLines()

    init(_ maker: LineMaker, period: Period) {
        self.period = period
        tally = PeriodTally(maker)
        renderer = DetailsRenderer(maker, addsUp: true)
    }

    /// Settles the next member. Throws `CloseFailure` where a sum passes all bounds.
    public mutating func settle(_ input: MemberInput) throws(CloseFailure) -> MemberOutput {
        let maker = renderer.maker
        let output = Settlement.settle(input, period: period, schedule: maker.schedule)
        maker.fill(&lines, of: output.settled)
        try tally.add(output, &lines)
        renderer.write(output.settled, lines)
        return output
    }

    /// The rows of the members settled since the last time.
    public mutating func takeSheets() -> DetailsSheets { renderer.takeSheets() }
}
