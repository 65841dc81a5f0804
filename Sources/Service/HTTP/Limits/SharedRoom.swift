/// Room for answers under way, in bytes and in their number, of which each recipient has its share.
///
/// One has at most a quarter, or a first answer of any size that there is room for. And the last quarter is left to
/// those who have little, or none yet, so that a few who have all that one may have leave room to the others.
struct SharedRoom: Sendable {
    typealias Recipient = AnswerRoom.Recipient

    struct Taken: Sendable {
        var bytes = 0
        var answers = 0

        mutating func add(_ more: Int) {
            bytes += more
            answers += 1
        }

        mutating func remove(_ less: Int) {
            bytes -= less
            answers -= 1
            precondition(bytes >= 0 && answers >= 0, "what is given back was taken")
        }
    }

    /// What one may have in the last quarter: so many answers, of so many bytes together.
    private static let little = (answers: 4, part: 64)

    private let bytes: Int
    private let answers: Int
    /// By all together.
    private(set) var taken = Taken()
    /// By each who has any.
    private var own: [Recipient: Taken] = [:]

    init(bytes: Int, answers: Int = .max) {
        self.bytes = bytes
        self.answers = answers
    }

    /// Takes room for an answer of so many bytes; false: there is none, or the recipient has its share.
    mutating func take(_ more: Int, for recipient: Recipient) -> Bool {
        var (all, own) = (taken, own[recipient] ?? Taken())
        let isFirst = own.answers == 0
        all.add(more)
        own.add(more)
        guard isFirst || Self.fits(own, bytes / 4, answers / 4) else { return false }
        let hasLittle = isFirst || Self.fits(own, bytes / Self.little.part, Self.little.answers)
        let kept: (bytes: Int, answers: Int) = hasLittle ? (0, 0) : (bytes / 4, answers / 4)
        guard Self.fits(all, bytes - kept.bytes, answers - kept.answers) else { return false }
        (taken, self.own[recipient]) = (all, own)
        return true
    }

    /// Gives back what was taken.
    mutating func giveBack(_ less: Int, of recipient: Recipient) {
        guard var own = own[recipient] else { preconditionFailure("what is given back was taken") }
        taken.remove(less)
        own.remove(less)
        self.own[recipient] = own.answers > 0 ? own : nil
    }

    private static func fits(_ taken: Taken, _ bytes: Int, _ answers: Int) -> Bool {
        taken.bytes <= bytes && taken.answers <= answers
    }
}
