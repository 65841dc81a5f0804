import Logging
import NIOPosix
import ServiceLifecycle
import Settlement
import Store

/// Closes each period when its end and the grace are over, in order, also those whose time came while the daemon was
/// down. Rulebook §4.
///
/// A close that a figure forbids, or a row that was changed, is tried again every minute, as a person may solve its cause
/// meanwhile; until then it makes the daemon unready and stands in the audit, once for each cause. One that would take of
/// the disk's reserve is tried again and stands there too, but the daemon stays ready: batches are what the reserve is
/// kept for. Any other trouble, as another process in the way, is a line in the log.
struct ClosingService: Service {
    let closer: PeriodCloser
    let health: Health
    let clock: WallClock
    let logger: Logger
    /// Where it closes: no other work waits for this thread.
    let thread: NIOThreadPool
    var measures = CloseMeasures()
    /// Seconds after which the clock is looked at again, as it may be set, and after which a failed close is tried
    /// again.
    var patience = 60.0

    func run() async throws {
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            let seconds = await step()
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(seconds)) }
        }
    }

    /// Closes a period, if one is due; gives the seconds until there may be more to do.
    private func step() async -> Double {
        let begun = ContinuousClock.now
        do {
            let outcome = try await thread.runIfActive { try closer.closeIfDue(at: clock.now) }
            switch outcome {
            case .notBefore(let instant):
                health.closes()
                let seconds = Double(instant.milliseconds - clock.now.milliseconds) / 1_000
                return min(max(seconds, 0.01), patience)
            case .closed(let period, let closed):
                health.list(nil)
                health.closes()
                let took = begun.duration(to: .now)
                measures.closed(in: took)
                say(period, closed, took)
                return 0
            }
        } catch is CloseRefusal {
            // Another process closed it, just now.
            return 1
        } catch is CancellationError {
            // The thread is shut: the daemon stops.
        } catch {
            if let hindrance = closer.hindrance(error) {
                await hold(hindrance)
            } else {
                measures.ended(.failed)
                logger.warning("a close failed and is tried again", metadata: ["reason": "\(error)"])
            }
        }
        return patience
    }

    private func hold(_ hindrance: CloseHindrance) async {
        switch hindrance.kind {
        case .forbidden:
            measures.ended(.forbidden)
            health.cannotClose(hindrance.reason)
        case .room:
            measures.ended(.waits)
            health.closeWaits(hindrance.reason)
        }
        // What cannot be noted now, as the disk is full, is noted when it is tried again.
        do { try await thread.runIfActive { try closer.note(hindrance, at: clock.now) } } catch {
            logger.warning("a failed close is not noted yet", metadata: ["reason": "\(error)"])
        }
    }

    private func say(_ period: Period, _ closed: ClosedPeriod, _ took: Duration) {
        logger.notice(
            "closed \(period.id)",
            metadata: [
                "statements": "\(closed.statements.count)", "settled": "\(closed.records.settled)",
                "pending": "\(closed.records.pending)", "refused": "\(closed.records.refused)",
                "late": "\(closed.records.late)", "ms": "\(took.milliseconds)",
            ])
    }
}
