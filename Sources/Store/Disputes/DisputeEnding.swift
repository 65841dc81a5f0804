import GRDB
public import Settlement

/// How a person wants a dispute ended.
public struct DisputeEnding: Hashable, Sendable {
    public let dispute: Int64
    /// The answer.
    public let text: String
    /// The adjustment that it is accepted by, which is booked and names it; nil: it is rejected.
    public let adjustment: BookingReference?

    public init(dispute: Int64, text: String, adjustment: BookingReference?) {
        self.dispute = dispute
        self.text = text
        self.adjustment = adjustment
    }
}

extension Store {
    /// Ends disputes, all or none, each judged behind those before it. A trial ends none.
    ///
    /// One is accepted by an adjustment of its merchant whose reason names it, as `dispute 7` or by the merchant's
    /// number, as `dispute 1 of bakery`. Throws `DisputesRefused` with all that is wrong with them, and `PersonRefusal`.
    @discardableResult
    public func endDisputes(
        _ endings: [DisputeEnding], by person: Person, at instant: Instant, trial: Bool = false
    ) throws -> [Dispute] {
        try rehearsing("end disputes", trial: trial) { database in
            let inForce = try inForce(database)
            try person.verify(database, inForce, at: instant)
            var (ended, refusals): ([Dispute], [DisputesRefused.Refused]) = ([], [])
            for (position, ending) in endings.enumerated() {
                do {
                    let act: Dispute.Step.Act = ending.adjustment == nil ? .rejected : .accepted
                    ended.append(
                        try step(
                            ending.dispute, act, ending.text, ending.adjustment, nil, nil, by: person,
                            at: instant, inForce, database))
                } catch let refusal as DisputeRefusal {
                    refusals.append(.init(position: position, refusal: refusal))
                }
            }
            guard refusals.isEmpty else { throw DisputesRefused(refusals: refusals) }
            return ended
        }
    }
}
