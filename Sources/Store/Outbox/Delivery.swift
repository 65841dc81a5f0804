public import Settlement

/// Something that is to be taken, or was taken, to a merchant or to the operator on one way.
public struct Delivery: Hashable, Sendable {
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// It is tried when it is due, once all before it on its lane have ended.
        case waiting
        case delivered
        /// It was given up after days; what comes behind it goes on.
        case parked
        /// The receiver wants nothing any more: it and all behind it wait for somebody to have it tried again.
        case gone
    }

    /// 1, 2, 3 …
    public let number: Int64
    /// Among those of its receiver, 1, 2, 3 …: all that the receiver is told of a number.
    public let ownNumber: Int64
    public let lane: DeliveryLane
    public let news: News
    public let created: Instant
    public let state: State
    /// Since it came about, or since somebody had it tried again.
    public let attempts: Int
    /// When it is tried next; nil: it is not.
    public let due: Instant?
    /// When the last attempt ended.
    public let tried: Instant?
    /// What came of it, for a person.
    public let answer: String?
}

/// One receiver on one way: what goes there goes in order, one after the other.
public struct DeliveryLane: Hashable, Sendable {
    /// Nil: the operator.
    public let merchant: MerchantID?
    public let channel: Destinations.Channel

    public init(merchant: MerchantID?, channel: Destinations.Channel) {
        self.merchant = merchant
        self.channel = channel
    }

    /// A merchant's id, or `operator`.
    public var owner: String { merchant?.text ?? "operator" }
}

/// What a delivery tells of.
public enum News: Hashable, Sendable {
    case statement(period: Int)
    case closing(period: Int)
    /// By the batch's number.
    case receipt(batch: Int64)
    /// By the dispute's number: it was accepted or rejected.
    case disputeAnswered(Int64)
    /// Sequence numbers were passed over when a period closed, as its statement lists them.
    case sequencesMissing(period: Int)
    /// A merchant was beyond its limit when a period closed.
    case exposure(of: MerchantID, period: Int)

    /// As the file has it, and the types of messages.
    enum Kind: String {
        case statement, closing, receipt
        case disputeAnswered = "dispute_answered"
        case sequenceMissing = "sequence_missing"
        case exposure
    }

    var kind: Kind {
        switch self {
        case .statement: .statement
        case .closing: .closing
        case .receipt: .receipt
        case .disputeAnswered: .disputeAnswered
        case .sequencesMissing: .sequenceMissing
        case .exposure: .exposure
        }
    }

    var subject: Int64 {
        switch self {
        case .statement(let period), .closing(let period), .sequencesMissing(let period),
            .exposure(_, let period):
            Int64(period)
        case .receipt(let number), .disputeAnswered(let number): number
        }
    }
}

/// What became of one attempt to deliver something.
public struct DeliveryAttempt: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        case delivered
        /// It is tried again at that instant.
        case failed(again: Instant)
        case parked
        case gone
    }

    public let delivery: Int64
    public let outcome: Outcome
    /// When it ended.
    public let at: Instant
    /// What came of it, for a person; at most `mostBytes` are kept.
    public let answer: String

    public init(_ delivery: Int64, _ outcome: Outcome, at instant: Instant, answer: String) {
        self.delivery = delivery
        self.outcome = outcome
        at = instant
        self.answer = String(decoding: answer.utf8.prefix(Self.mostBytes), as: UTF8.self)
    }

    static let mostBytes = 300
}
