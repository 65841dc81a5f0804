/// How long is waited after failed attempts, and when they are given up: pauses that double from five seconds on,
/// each of a random length about that, until five days have gone by.
struct Backoff: Hashable, Sendable {
    /// Seconds.
    let longest: Int

    /// Of others' machines.
    static let webhook = Backoff(longest: 12 * 3_600)
    /// Of the operator's own disk, where somebody has to see to it.
    static let folder = Backoff(longest: 600)

    private static let first = 5
    private static let total = 5 * 86_400

    /// Milliseconds until the next attempt, after so many failed ones, from 1; `asked` is what the receiver asked
    /// for, in seconds. `draw` gives a number in a range.
    func pause(
        after attempts: Int, asked: Int? = nil, draw: (ClosedRange<Int>) -> Int = { Int.random(in: $0) }
    ) -> Int64 {
        let mean = seconds(after: attempts)
        return Int64(max(draw(mean * 800...mean * 1_200), min(asked ?? 0, longest) * 1_000))
    }

    /// Whether so many failed attempts are enough.
    func givesUp(after attempts: Int) -> Bool {
        var waited = 0
        for attempt in 1..<max(attempts, 1) {
            waited += seconds(after: attempt)
            if waited >= Self.total { return true }
        }
        return false
    }

    private func seconds(after attempts: Int) -> Int {
        min(longest, Self.first << min(max(attempts, 1) - 1, 20))
    }
}
