public import Settlement

/// Why a file is no alliance: everything that was found wrong, by line.
public struct AllianceFileRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// Codes are never reused; problems of the alliance itself bear those of `AllianceProblem.Code`.
    public enum Code: Hashable, Sendable {
        /// Larger than `AllianceFile.maximumBytes`.
        case tooLarge
        /// No YAML, or not one document.
        case yamlMalformed
        /// A member that rulebook §2 does not have.
        case memberUnknown
        /// A member without which an alliance cannot stand.
        case memberMissing
        /// A value of another form than its member's.
        case valueMalformed
        case alliance(AllianceProblem.Code)

        public var text: String {
            switch self {
            case .tooLarge: "too_large"
            case .yamlMalformed: "yaml_malformed"
            case .memberUnknown: "member_unknown"
            case .memberMissing: "member_missing"
            case .valueMalformed: "value_malformed"
            case .alliance(let code): code.rawValue
            }
        }
    }

    /// One thing that is wrong.
    public struct Problem: Hashable, Sendable {
        public let code: Code
        /// 1-based.
        public let line: Int
        /// 1-based, in characters.
        public let column: Int
        /// As `merchants[M001].terms[2].from`; empty where the text itself is wrong.
        public let path: String
        /// One sentence: what is wrong, what was expected, what was found.
        public let reason: String
    }

    public let fileName: String
    /// By line and column; never empty.
    public let problems: [Problem]

    init(fileName: String, problems: [Problem]) {
        precondition(!problems.isEmpty, "a file is refused for a reason")
        self.fileName = fileName
        self.problems = problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    }

    init(fileName: String, _ code: Code, line: Int, column: Int = 1, reason: String) {
        self.init(
            fileName: fileName,
            problems: [Problem(code: code, line: line, column: column, path: "", reason: reason)])
    }

    /// `FILE:LINE:COLUMN: path: reason`, one line a problem.
    public var description: String {
        problems.map { problem in
            let path = problem.path.isEmpty ? "" : "\(problem.path): "
            return "\(fileName):\(problem.line):\(problem.column): \(path)\(problem.reason)"
        }.joined(separator: "\n")
    }
}
