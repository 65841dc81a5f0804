import Oracle
import Settlement

/// The rows of a history's records, and other ways in which the same records may arrive.
struct ArrivingRows {
    private let columns: String
    private let members: [String]
    private let alliance: String
    var rows: [String]

    /// Only the first record of an id is kept: which of several counts depends on who comes first.
    init(_ history: RandomHistory) {
        let lines = history.records.split(separator: "\n").map(String.init)
        columns = lines[0]
        members = lines[0].split(separator: ",").map(String.init)
        alliance = history.alliance
        var known: Set<[Substring]> = []
        rows = lines.dropFirst().filter { row in
            let cells = row.split(separator: ",", omittingEmptySubsequences: false)
            return known.insert([cells[0], cells[1]]).inserted
        }
    }

    var text: String { ([columns] + rows).joined(separator: "\n") + "\n" }

    /// The same records in another order and, where that changes no record's admission, received at other
    /// instants between the same two closes.
    func recut(closes: [Instant], seed: UInt64) -> ArrivingRows {
        var chance = Chance(state: seed)
        var other = self
        // A suspended merchant's batches are refused by their instant.
        if !alliance.contains("suspended") {
            other.rows = rows.map { moved($0, closes: closes, &chance) }
        }
        other.rows.shuffle(using: &chance)
        return other
    }

    /// A number that the alliance gives.
    func rule(_ name: String, default value: Int64) -> Int64 {
        let line = alliance.split(separator: "\n").first { $0.hasPrefix(name + ": ") }
        return line.flatMap { Int64($0.dropFirst(name.utf8.count + 2)) } ?? value
    }

    private func moved(_ row: String, closes: [Instant], _ chance: inout Chance) -> String {
        var cells = row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard let received = Instant(rfc3339: Array((cells.last ?? "").utf8)), chance.happens(60),
            let place = members.firstIndex(of: "at"), let at = Instant(rfc3339: Array(cells[place].utf8))
        else { return row }
        let day: Int64 = 86_400_000
        let after = closes.last { $0 < received }?.milliseconds
        let before = closes.first { $0 >= received }?.milliseconds
        // What is received exactly at a close is in time.
        let earliest = max(after.map { $0 + 1 } ?? .min, received.milliseconds - 3 * day)
        let latest = min(before ?? .max, received.milliseconds + 3 * day)
        let moment = Instant(milliseconds: Int64.random(in: earliest...latest, using: &chance))
        guard judgement(at, received: moment) == judgement(at, received: received) else { return row }
        cells[cells.count - 1] = moment.text(offsetSeconds: 0, milliseconds: true)
        return cells.joined(separator: ",")
    }

    /// Whether the record is too early or too late for its receipt.
    private func judgement(_ at: Instant, received: Instant) -> [Bool] {
        let limit = rule("max_age_days", default: 400)
        let age = received.milliseconds - at.milliseconds
        return [age < -300_000, limit > 0 && age > limit * 86_400_000]
    }
}

/// A source of chance that says the same for the same seed, everywhere: a linear congruence, its upper half.
private struct Chance: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        var word: UInt64 = 0
        for _ in 0..<2 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            word = word << 32 | state >> 32
        }
        return word
    }

    mutating func happens(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}
