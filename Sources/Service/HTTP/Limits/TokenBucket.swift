/// So many a second, and two seconds' worth of them at once.
struct TokenBucket: Sendable {
    private let perSecond: Double
    private var tokens: Double
    private var last: ContinuousClock.Instant

    /// Full at first.
    init(perSecond: Int, now: ContinuousClock.Instant) {
        self.perSecond = Double(perSecond)
        tokens = 2 * Double(perSecond)
        last = now
    }

    /// Takes one if there is one.
    mutating func take(now: ContinuousClock.Instant) -> Bool {
        if now > last {
            tokens = min(2 * perSecond, tokens + (now - last) / .seconds(1) * perSecond)
            last = now
        }
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }

    /// Whether nothing was taken for so long that it is as it was at first.
    func isFull(now: ContinuousClock.Instant) -> Bool {
        tokens + max(.zero, now - last) / .seconds(1) * perSecond >= 2 * perSecond
    }
}
