import Settlement
import Signing
import Store

/// The one place that turns what is thrown below into what a command says, and its exit code.
extension Failure {
    /// `place` stands where the error names none.
    public init(_ error: any Error, place: String) {
        switch error {
        case let failure as Failure: self = failure
        case let trouble as StoreTrouble:
            self = .trouble(place, "cannot \(trouble.attempt): \(trouble.cause)", hint: trouble.hint)
        case let refusal as KeyRegistryRefusal: self = .refused(place, "\(refusal.code): \(refusal)")
        case let refusal as KeyRefusal: self = .refused(place, "\(refusal.code): \(refusal)")
        case let refusal as BatchRefusal: self = .refused(refusal, place: place)
        case let refusal as AllianceFileRefusal: self = .refused(refusal)
        case let refusal as AllianceChangeRefusal: self = .refused(refusal.problems, place: place)
        case let refused as BookingsRefused: self = .refused(refused, place: place)
        case let refusal as DisputeRefusal: self = .refused(place, "\(refusal)")
        case let refusal as PaymentRefusal: self = .refused(place, "\(refusal)")
        case let refusal as RetentionRefusal: self = .refused(place, "\(refusal)")
        case let refusal as ForgettingRefusal: self = .refused(place, "\(refusal)")
        case let refusal as BankRefusal:
            self = .refused(place + (refusal.line.map { ":\($0)" } ?? ""), "\(refusal)")
        case let refusal as PersonRefusal: self = .refused(place, "\(refusal.code): \(refusal)")
        case let refusal as CloseRefusal: self = .refused(refusal, place: place)
        case let failure as CloseFailure:
            self = .refused(place, "the close was given up, nothing is written: \(failure)")
        case let refusal as ZoneRefusal: self = .refused(place, "\(refusal)")
        default: self = .trouble(place, "\(error)")
        }
    }

    /// A batch refused whole: the code, where, and why.
    static func refused(_ refusal: BatchRefusal, place: String) -> Failure {
        let spot = place + (refusal.line.map { ":\($0)" } ?? "")
        let field = refusal.field.map { " (\($0))" } ?? ""
        let records = refusal.records.map { "\n  line \($0.line): \($0.id) \($0.code.rawValue)" }.joined()
        return .refused(spot, "\(refusal.code.rawValue)\(field): \(refusal.reason)\(records)")
    }

    /// Every reason why the alliance in force cannot become this one.
    static func refused(_ problems: [AllianceProblem], place: String) -> Failure {
        let reasons = problems.map { "\n  \($0.code.rawValue): \($0)" }.joined()
        return .refused(place, "the alliance in force cannot become this:\(reasons)")
    }

    /// Bookings or drafts of which none is taken, with all that is wrong.
    private static func refused(_ refused: BookingsRefused, place: String) -> Failure {
        guard refused.refusals.count > 1 else { return .refused(place, "\(refused)") }
        return .refused(
            place,
            "\(refused.refusals.count) are refused, and nothing was done:"
                + refused.refusals.map { "\n  \($0)" }.joined())
    }

    /// A period that is not closed now.
    private static func refused(_ refusal: CloseRefusal, place: String) -> Failure {
        switch refusal {
        case .notNext: .refused(place, "\(refusal.code): \(refusal)")
        case .tooEarly(let period, let from):
            .refused(
                place,
                "\(refusal.code): \(period) and its grace end at "
                    + from.text(offsetSeconds: 0, milliseconds: false),
                hint: "wait until then, or close it earlier with --force")
        }
    }
}
