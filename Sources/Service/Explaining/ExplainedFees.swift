import Settlement
import Store

/// Lines without movements: rates on other lines. Rulebook §6.
extension Explainer {
    /// What a rate is on: the sum of lines, by their numbers, and what it comes to before rounding.
    struct RateBase {
        let numbers: [Int]
        let amount: Int64
        let exact: ExactAmount
    }

    /// Goes through all that the period's close kept, for the terms of each redemption.
    func redeemFee(_ line: StatementDocument.Line) throws -> LineExplanation.Basis {
        rate(
            redeemFeeBase(line), terms: .termsAtEach(of: merchant, from: try termsOfRedemptions(under: line)))
    }

    func vat(_ line: StatementDocument.Line) -> LineExplanation.Basis {
        rate(vatBase(line), terms: termsAtEnd)
    }

    /// The rounded payout lines of that rate and their reversals.
    func redeemFeeBase(_ line: StatementDocument.Line) -> RateBase {
        base(of: line, sign: -1) { $0.rate == line.rate && Self.payouts.contains($0.kind) }
    }

    func vatBase(_ line: StatementDocument.Line) -> RateBase {
        base(of: line, sign: 1) { [LineKind.redeemFee.name, LineKind.periodFee.name].contains($0.kind) }
    }

    private static let payouts = [LineKind.redemptionPayout.name, LineKind.redemptionPayoutReversal.name]

    private func rate(_ base: RateBase, terms: TermsMention) -> LineExplanation.Basis {
        .rate(of: base.numbers, base: base.amount, exact: base.exact, terms: terms)
    }

    private func base(
        of line: StatementDocument.Line, sign: Int64, where isPart: (StatementDocument.Line) -> Bool
    ) -> RateBase {
        let places = statement.lines.indices.filter { isPart(statement.lines[$0]) }
        let amount = sign * places.reduce(0) { $0 + statement.lines[$1].amount }
        let rate = line.rate.flatMap { Fraction($0) } ?? .zero
        return RateBase(
            numbers: places.map { $0 + 1 }, amount: amount, exact: ExactAmount(Int128(amount), times: rate))
    }

    /// From when the terms are in force that gave the rate of a fee: of each redemption that is paid or taken back under
    /// it, those of its own moment. Of one for a gift they are not those that set the price.
    private func termsOfRedemptions(under line: StatementDocument.Line) throws -> [String] {
        var found: Set<String> = []
        var earlier: Set<RecordNumber> = []
        try store.settledMembers(period: period.ordinal) { member in
            for movement in tracer.movements(of: member) {
                guard let key = movement.line, Self.payouts.contains(key.kind.name),
                    key.rate?.description == line.rate, let place = movement.allocation
                else { continue }
                let redemption = member.allocations[place].redemption
                let event =
                    movement.kind == .allocation
                    ? movement.event.map { member.events[$0] }
                    : member.events.first { $0.number == redemption }
                if let event {
                    found.formUnion(termsInForce(at: event.record.at))
                } else {
                    earlier.insert(redemption)
                }
            }
        }
        // What is taken back of an earlier period was redeemed by a record of that one.
        for origin in try store.origins(of: earlier).values {
            found.formUnion(termsInForce(at: origin.record.at))
        }
        return found.sorted()
    }

    private func termsInForce(at instant: Instant) -> [String] {
        [schedule.terms(of: merchant, at: instant)?.from].compactMap { $0?.description }
    }

    /// The terms in force at the period's last millisecond, which VAT and the period's fee go by.
    var termsAtEnd: TermsMention {
        let from = termsInForce(at: period.lastMillisecond).first
        return from.map { .terms(of: merchant, from: $0) } ?? .noTerms
    }
}
