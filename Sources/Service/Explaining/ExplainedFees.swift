import Settlement

/// Lines without movements: rates on other lines. Rulebook §6.
extension Explainer {
    /// On the rounded payout lines of that rate and their reversals.
    func redeemFee(_ line: StatementDocument.Line) -> LineExplanation.Basis {
        let numbers = numbers { other in
            other.rate == line.rate
                && [LineKind.redemptionPayout.name, LineKind.redemptionPayoutReversal.name].contains(
                    other.kind)
        }
        return rate(line, of: numbers, sign: -1, terms: .termsAtEach(of: merchant))
    }

    func vat(_ line: StatementDocument.Line) -> LineExplanation.Basis {
        let numbers = numbers { [LineKind.redeemFee.name, LineKind.periodFee.name].contains($0.kind) }
        return rate(line, of: numbers, sign: 1, terms: termsAtEnd)
    }

    private func rate(
        _ line: StatementDocument.Line, of numbers: [Int], sign: Int64, terms: TermsMention
    ) -> LineExplanation.Basis {
        let base = sign * numbers.reduce(0) { $0 + statement.lines[$1 - 1].amount }
        let rate = line.rate.flatMap { Fraction($0) } ?? .zero
        return .rate(of: numbers, base: base, exact: ExactAmount(Int128(base), times: rate), terms: terms)
    }

    private func numbers(where isPart: (StatementDocument.Line) -> Bool) -> [Int] {
        statement.lines.indices.filter { isPart(statement.lines[$0]) }.map { $0 + 1 }
    }

    /// The terms in force at the period's last millisecond, which VAT and the period's fee go by.
    var termsAtEnd: TermsMention {
        let from = schedule.terms(of: merchant, at: period.lastMillisecond)?.from
        return from.map { .terms(of: merchant, from: $0.description) } ?? .noTerms
    }
}
