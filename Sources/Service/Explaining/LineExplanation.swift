public import Settlement
public import Store

/// A record as an explanation names it.
public struct RecordMention: Hashable, Sendable {
    public let merchant: MerchantID
    public let id: RecordID
    public let type: RecordType?
    public let points: Points?
    public let at: Instant?
    public let effective: Instant?
    /// Nil where who asks may not see what brought it.
    public let number: RecordNumber?
}

/// What was fixed on a lot when it was made.
public struct LotTerms: Hashable, Sendable {
    public let issuePrice: Price
    public let funding: Funding
    /// Nil: never.
    public let expiresAt: Instant?
}

/// What set a price, a rate or a fee.
public enum TermsMention: Hashable, Sendable {
    /// The terms of a merchant, by the local date from which they are in force.
    case terms(of: MerchantID, from: String)
    /// The redeem fee of the terms that were in force at each redemption, by the dates from which those are in force.
    case termsAtEach(of: MerchantID, from: [String])
    case campaign(CampaignID)
    case item(ItemID)
    case noTerms
}

/// One movement with all that made it: what caused it, the lot that it changes, what set its price.
public struct ExplainedMovement: Sendable {
    public let kind: Movement.Kind
    public let member: MemberID
    public let points: Points
    /// What it adds to the line, before rounding; nil where it makes no line.
    public let exact: ExactAmount?
    /// What set the price; nil where nothing did, where the lines say it, and where it is not the business of who asks.
    public let priced: TermsMention?
    /// Told by itself, in a record's life: the lines that it makes on the statements that who asks may see.
    public let lines: [ExplainedLine]
    /// Nil: time alone made it expire.
    public let cause: RecordMention?
    /// The record that made the lot.
    public let lot: RecordMention
    public let issuer: MerchantID
    /// The lot's terms; nil where they are not the business of who asks.
    public let terms: LotTerms?
    /// Of points taken or given back: who redeemed them.
    public let redeemer: MerchantID?
    /// Of points given back: the redemption that had taken them.
    public let reversed: RecordMention?
}

/// Movements out of many, with the sums over all of them.
public struct ExplainedMovements: Sendable {
    /// Those asked for, in the order of members.
    public internal(set) var movements: [ExplainedMovement] = []
    /// How many there are.
    public internal(set) var count: Int64 = 0
    public internal(set) var points: Int64 = 0
    public internal(set) var exact = ExactAmount.zero
    /// Batch and line of the records that they name, as far as who asks may see them.
    public internal(set) var origins: [RecordNumber: RecordOrigin] = [:]

    /// The batches of the origins, in the order of arrival.
    public var batches: [SigningBatch] {
        Dictionary(origins.values.map { ($0.batch.number, $0.batch) }) { first, _ in first }
            .values.sorted { $0.number < $1.number }
    }
}

/// What made one line of a statement.
public struct LineExplanation: Sendable {
    public enum Basis: Sendable {
        case movements(ExplainedMovements)
        /// A rate on other lines, by their numbers: fees and VAT. `terms` are those that set the rate.
        case rate(of: [Int], base: Int64, exact: ExactAmount, terms: TermsMention)
        /// The period's fee.
        case fee(terms: TermsMention)
        case booking(StoredBooking)
    }

    public let merchant: MerchantID
    public let period: Period
    /// 1, 2, 3 … in the order of the statement.
    public let number: Int
    public let line: StatementDocument.Line
    public let basis: Basis

    /// Half-even of the exact sum, in minor units; equal to the line's amount, or something is wrong.
    public var rounded: Int64 {
        switch basis {
        case .movements(let movements): Int64(clamping: movements.exact.roundedHalfEven)
        case .rate(_, _, let exact, _): Int64(clamping: exact.roundedHalfEven)
        case .fee: line.amount
        case .booking(let stored): stored.booking.amount.minorUnits
        }
    }
}
