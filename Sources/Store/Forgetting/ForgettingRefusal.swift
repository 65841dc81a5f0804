/// Why a member is not forgotten. Codes are never reused.
public struct ForgettingRefusal: Error, Hashable, Sendable {
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// Nothing that is held names the member.
        case memberUnknown = "member_unknown"
        /// The member has been forgotten, or what was given for its id is a pseudonym.
        case memberForgotten = "member_forgotten"
        /// A close has begun: what it has read of members must not change before it is done.
        case closeBegun = "close_begun"
        /// Closes have made something of the member and of its pseudonym: no close could have made the same of the one
        /// that both would become.
        case pseudonymTaken = "pseudonym_taken"
    }

    public let code: Code
    /// What is wrong, for a person. Names the pseudonym at most, never the member.
    public let reason: String

    public init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}

extension ForgettingRefusal: CustomStringConvertible {
    public var description: String { "\(code.rawValue): \(reason)" }
}
