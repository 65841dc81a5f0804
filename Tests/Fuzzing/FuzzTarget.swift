/// One reader of bytes from strangers, and what it promises of every input.
///
/// Deploy/fuzz runs it over millions of inputs, the tests over its seeds and a few thousand changed ones.
public struct FuzzTarget: Sendable {
    /// As it is called on the command line.
    public let name: String
    /// What is under fuzz, in a few words.
    public let subject: String
    /// The longest input that is worth trying.
    public let longestBytes: Int
    /// Inputs to start from.
    public let seeds: @Sendable () throws -> [[UInt8]]
    let check: Check

    enum Check: Sendable {
        case plain(@Sendable ([UInt8]) throws(BrokenPromise) -> Verdict)
        /// Of what answers later.
        case waiting(@Sendable ([UInt8]) async throws(BrokenPromise) -> Verdict)
    }

    /// What the reader said.
    public enum Verdict: Hashable, Sendable {
        case taken
        /// With the code, where there is one.
        case refused(String)
    }

    /// Runs one input. Throws the promise that was not kept; traps where the reader does.
    public func run(_ input: [UInt8]) async throws(BrokenPromise) -> Verdict {
        switch check {
        case .plain(let check): try check(input)
        case .waiting(let check): try await check(input)
        }
    }

    /// The same for those who cannot wait: nil if the target can only be waited for.
    public func runAtOnce(_ input: [UInt8]) throws(BrokenPromise) -> Verdict? {
        guard case .plain(let check) = check else { return nil }
        return try check(input)
    }

    public static let all = [signature, ndjson, csv, alliance, http]

    /// Breaks its promise on purpose, for inputs that begin with `settle`: shows that what breaks is found and told.
    public static let trap = FuzzTarget(
        name: "trap", subject: "a target that breaks on purpose", longestBytes: 16,
        seeds: { [Array("set".utf8)] },
        check: .plain { (input) throws(BrokenPromise) in
            let word = Array("settle".utf8)
            // Byte by byte, so that each one that fits is a branch of its own.
            for (found, wanted) in zip(input, word) where found != wanted { return .refused("other") }
            try promise(input.count < word.count, "no input begins with settle")
            return .taken
        })

    /// The target of a name.
    public static func named(_ name: String) -> FuzzTarget? { (all + [trap]).first { $0.name == name } }
}

/// What a reader promises and did not keep, in one sentence.
public struct BrokenPromise: Error, Hashable, CustomStringConvertible {
    public let description: String

    init(_ sentence: String) { description = sentence }
}

/// Throws unless the promise is kept.
func promise(_ isKept: Bool, _ sentence: @autoclosure () -> String) throws(BrokenPromise) {
    guard isKept else { throw BrokenPromise(sentence()) }
}
