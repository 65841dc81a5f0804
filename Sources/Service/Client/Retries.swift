/// How often and how long a client tries again: pauses that double from half a second to half a minute, each of
/// a random length up to that, so that many clients of a daemon that comes back do not come back at once.
public struct Retries: Hashable, Sendable {
    /// The time after which no further try begins.
    public let total: Duration

    public init(total: Duration) { self.total = total }

    /// One try, no other.
    public static let none = Retries(total: .zero)

    private static let first = 500
    private static let longest = 30_000

    /// The pause after the try of this number, from 0; `draw` gives a number in a range. What the daemon asked
    /// for is the least of it.
    func pause(
        after number: Int, asked: Duration?, draw: (ClosedRange<Int>) -> Int = { Int.random(in: $0) }
    ) -> Duration {
        let most = min(Self.longest, Self.first << min(number, 16))
        let pause = Duration.milliseconds(draw(most / 2...most))
        return asked.map { $0 + pause / 4 } ?? pause
    }
}
