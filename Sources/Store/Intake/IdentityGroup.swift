/// Some runs that lie side by side and are not merged yet, with one filter over all of them: what is in none of them, as
/// nearly everything, is found out with one look instead of one for each.
///
/// It is in memory only, for runs that this process wrote; nothing depends on it but time.
struct IdentityGroup: Sendable {
    private static let mostRuns = 8

    private let first: Int64
    private var last: Int64
    private var runs = 1
    private(set) var filter: IdentityFilter

    /// A group that begins with this run.
    init(_ run: IdentityRun, _ entries: [IdentityTail.Entry]) {
        first = run.first
        last = run.last
        filter = IdentityFilter(capacity: run.count * Self.mostRuns)
        insert(entries)
    }

    /// Takes the run behind the last one; false if it is full.
    mutating func add(_ run: IdentityRun, _ entries: [IdentityTail.Entry]) -> Bool {
        guard runs < Self.mostRuns, run.first == last + 1 else { return false }
        runs += 1
        last = run.last
        insert(entries)
        return true
    }

    private mutating func insert(_ entries: [IdentityTail.Entry]) {
        for entry in entries { filter.insert(entry.fingerprint) }
    }

    /// Whether the run is one of it, which no merge has taken.
    func covers(_ run: IdentityRun) -> Bool { run.level == 0 && first <= run.first && run.last <= last }
}
