/// What putting one definition of an alliance in the place of another changes, and what of it is refused.
///
/// Refused is what closed periods were settled by, what is fixed after the first close, and what stored
/// records stand on (rulebook §2).
public struct AllianceChange: Sendable {
    /// Where the alliance stands when the change is made.
    public struct Standing: Hashable, Sendable {
        /// Ordinal of the earliest open period: the number of closes so far.
        public let earliestOpen: Int
        /// Whether any record is stored.
        public let hasRecords: Bool

        public init(earliestOpen: Int, hasRecords: Bool) {
            self.earliestOpen = earliestOpen
            self.hasRecords = hasRecords
        }
    }

    /// One member that differs.
    public struct Difference: Hashable, Sendable, CustomStringConvertible {
        /// As `merchants[M001].terms[2026-01-01].issue_price`.
        public let path: String
        /// Nil: it is new.
        public let before: String?
        /// Nil: it goes.
        public let after: String?

        /// `+ path: after`, `- path: before` or `~ path: before → after`.
        public var description: String {
            switch (before, after) {
            case (nil, let after?): "+ \(path): \(after)"
            case (let before?, nil): "- \(path): \(before)"
            case (let before, let after): "~ \(path): \(before ?? "") → \(after ?? "")"
            }
        }
    }

    /// In the order of the new definition's members, those that go last.
    public let differences: [Difference]
    /// Empty if the change may be made.
    public let refusals: [AllianceProblem]

    /// Compares two alliances that have no `problems`.
    public init(from old: Alliance, to new: Alliance, standing: Standing) {
        let before = Dictionary(old.facts.map { ($0.path, $0.value) }) { first, _ in first }
        let after = Dictionary(new.facts.map { ($0.path, $0.value) }) { first, _ in first }
        differences =
            new.facts.filter { before[$0.path] != $0.value }
            .map { Difference(path: $0.path, before: before[$0.path], after: $0.value) }
            + old.facts.filter { after[$0.path] == nil }
            .map { Difference(path: $0.path, before: $0.value, after: nil) }
        var rules = ChangeRules(old: old, new: new, standing: standing)
        rules.apply()
        refusals = rules.refusals
    }

    /// Whether both say the same.
    public var isEmpty: Bool { differences.isEmpty }

    /// One line a difference.
    public var lines: [String] { differences.map(\.description) }
}
