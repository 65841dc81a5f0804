public import Settlement

/// A line that a movement makes: on whose statement, how much it adds, and what set its price.
public struct ExplainedLine: Sendable {
    /// Whose statement.
    public let merchant: MerchantID
    public let key: LineKey
    /// What the movement adds to the line, before rounding.
    public let exact: ExactAmount
    public let priced: TermsMention
}

/// What a close made of a member, each movement with the lines that it makes on the statements that who asks may see.
struct TracedMember {
    private let member: SettledMember
    private let mentions: Mentions
    /// By the movement's position; the issuer's stands before the redeemer's, as on statements.
    private let lines: [Int: [ExplainedLine]]

    init(_ member: SettledMember, _ mentions: Mentions) {
        self.member = member
        self.mentions = mentions
        let merchants = Set(
            member.movements.map { member.lots[$0.lot].issuer } + member.allocations.map(\.redeemer))
        var lines: [Int: [ExplainedLine]] = [:]
        for merchant in merchants where mentions.isOwn(merchant) {
            let traced = LineTracer(schedule: mentions.schedule, of: merchant)?.movements(of: member) ?? []
            for movement in traced {
                guard let line = mentions.line(of: movement, on: merchant, in: member) else { continue }
                lines[movement.position, default: []].append(line)
            }
        }
        self.lines = lines.mapValues { $0.sorted { $0.key.kind < $1.key.kind } }
    }

    /// A movement by its position. What makes none of these lines has its lot's terms, where those are the business of
    /// who asks and set a price: what is redeemed is paid by other terms than it was issued by.
    func movement(_ position: Int) -> ExplainedMovement {
        let movement = member.movements[position]
        let lot = member.lots[movement.lot]
        let lines = lines[position] ?? []
        let isPriced = movement.allocation == nil && lines.isEmpty && mentions.isOwn(lot.issuer)
        let traced = TracedMovement(movement, at: position, pricedBy: lot.terms)
        return mentions.explained(traced, of: member, isPriced: isPriced, lines: lines)
    }
}
