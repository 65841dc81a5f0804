/// What could not be done, told to the person who can act on it: `place: problem`, and a hint.
///
/// The three kinds are the exit codes of the commands: 1 refused, 2 used wrongly, 3 trouble.
public struct Failure: Error, Hashable, Sendable {
    public enum Kind: Int32, Hashable, Sendable, CaseIterable {
        /// Input breaks a rule, or a check found something wrong.
        case refused = 1
        /// The command was called in a way that cannot work.
        case misused = 2
        /// Disk, network, peer.
        case trouble = 3
    }

    public let kind: Kind
    /// A file, `file:line`, a URL, a key's id: where to look.
    public let place: String
    /// What is wrong, what was expected, what was found. Holds no member's id and no secret.
    public let problem: String
    /// What to do about it, when someone can.
    public let hint: String?

    public init(_ kind: Kind, _ place: String, _ problem: String, hint: String? = nil) {
        self.kind = kind
        self.place = place
        self.problem = problem
        self.hint = hint
    }

    public static func refused(_ place: String, _ problem: String, hint: String? = nil) -> Failure {
        Failure(.refused, place, problem, hint: hint)
    }

    public static func misused(_ place: String, _ problem: String, hint: String? = nil) -> Failure {
        Failure(.misused, place, problem, hint: hint)
    }

    public static func trouble(_ place: String, _ problem: String, hint: String? = nil) -> Failure {
        Failure(.trouble, place, problem, hint: hint)
    }
}

extension Failure: CustomStringConvertible {
    /// One line, and the hint on a second one.
    public var description: String {
        "\(place): \(problem)" + (hint.map { "\n  hint: \($0)" } ?? "")
    }
}
