import Foundation
public import Settlement

/// Where the instants of the outside world come from: the system, or an instant set for a test or a replay.
public struct WallClock: Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    private let read: @Sendable () -> Instant

    /// A clock that shows what `read` gives, as where time is simulated.
    init(_ read: @escaping @Sendable () -> Instant) {
        self.read = read
    }

    public var now: Instant { read() }

    /// The system's.
    public static let system = WallClock { systemNow() }

    /// A clock that stands still.
    public static func standing(at instant: Instant) -> WallClock {
        WallClock { instant }
    }

    /// A clock that shows `instant` now and goes on at the pace of time.
    public static func running(from instant: Instant) -> WallClock {
        let begin = ContinuousClock.now
        return WallClock {
            let (seconds, attoseconds) = (ContinuousClock.now - begin).components
            return instant.advanced(byMilliseconds: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        }
    }

    private static func systemNow() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
