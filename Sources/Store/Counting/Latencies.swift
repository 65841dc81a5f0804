/// How long something took each time, counted by classes from any thread: nobody waits, and nothing is allocated.
public final class Latencies: Sendable {
    /// Upper ends of the classes, in milliseconds; what took longer is in one more.
    public static let ends: [Double] = [
        0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000,
    ]
    private static let nanoseconds = ends.map { Int($0 * 1_000_000) }

    private let classes = (0...Latencies.ends.count).map { _ in Counter() }
    /// In nanoseconds.
    private let total = Counter()

    public init() {}

    public func add(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let taken =
            Int(clamping: seconds).multipliedReportingOverflow(by: 1_000_000_000).partialValue
            &+ Int(attoseconds / 1_000_000_000)
        var place = 0
        while place < Self.nanoseconds.count, taken > Self.nanoseconds[place] { place += 1 }
        classes[place].add()
        total.add(taken)
    }

    /// What was counted so far.
    public struct Standing: Hashable, Sendable {
        /// How many took no longer than each of `ends`, and last how many there were.
        public let upTo: [Int]
        /// All of them together.
        public let seconds: Double
    }

    /// What comes meanwhile may be in the sum and not yet in the classes, or the other way round.
    public var standing: Standing {
        var (sum, upTo): (Int, [Int]) = (0, [])
        for each in classes {
            sum += each.count
            upTo.append(sum)
        }
        return Standing(upTo: upTo, seconds: Double(total.count) / 1e9)
    }
}
