import Testing

@testable import Service

/// What it says and when, a daemon that is built and stopped dead shows: SystemdTests. In this process, whose few threads
/// for tasks other tests hold for minutes, it would rightly be silent.
@Suite("The watchdog")
struct WatchdogTests {
    @Test("The store may wait for another process, and a minute")
    func patience() {
        #expect(Watchdog.patience == .seconds(360))
    }
}
