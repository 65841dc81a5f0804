import Logging
import NIOPosix
import ServiceLifecycle
import Settlement
import Store

/// Takes what stands in the outbox where it belongs: each lane in order, one delivery at a time; many lanes at once,
/// those first that have waited longest for their turn, and never all places to those that failed last.
struct DeliveryService: Service {
    let desk: DeliveryDesk
    let clock: WallClock
    let logger: Logger

    /// Lanes at work at the same time; and those of them whose last attempt failed.
    static let mostAtOnce = 32
    static let mostFailing = 24
    /// Seconds between two looks into the outbox, and for which a lane rests whose store failed.
    private static let tickSeconds = 1
    private static let restSeconds = 60

    private enum Event: Sendable {
        case tick
        case finished(DeliveryLane, reason: String?)
    }

    func run() async throws {
        desk.start()
        let (events, feed) = AsyncStream.makeStream(of: Event.self)
        await withDiscardingTaskGroup { group in
            group.addTask {
                while !Task.isShuttingDownGracefully && !Task.isCancelled {
                    feed.yield(.tick)
                    try? await cancelWhenGracefulShutdown {
                        try await Task.sleep(for: .seconds(Self.tickSeconds))
                    }
                }
                feed.finish()
            }
            var round = Round()
            for await event in events {
                switch event {
                case .tick: await look(&round)
                case .finished(let lane, let reason): end(lane, reason, &round)
                }
                while !Task.isShuttingDownGracefully, let head = round.next() {
                    let run = LaneRun(lane: head.lane, desk: desk, clock: clock, logger: logger)
                    group.addTask { feed.yield(.finished(run.lane, reason: await Self.trouble(of: run))) }
                }
            }
        }
        try? await desk.shutdownGracefully()
    }

    /// Runs it; gives what kept it, if anything did.
    private static func trouble(of run: LaneRun) async -> String? {
        do { try await run.run() } catch is CancellationError { return nil } catch { return "\(error)" }
        return nil
    }

    private func look(_ round: inout Round) async {
        do {
            let found = try await desk.clerks.runIfActive { [desk] in try desk.store.deliveryHeads() }
            let now = clock.now
            round.waiting = found.heads.filter { head in
                head.state == .waiting && head.due.map { $0 <= now } == true
                    && (head.lane.channel != .folder || desk.settings.folder != nil)
            }
            say(found.troubles.map { "\($0)" }, &round)
        } catch is CancellationError {
        } catch {
            say(["\(error)"], &round)
        }
    }

    /// Each trouble is told once, as long as it lasts.
    private func say(_ troubles: [String], _ round: inout Round) {
        for trouble in Set(troubles).subtracting(round.told).sorted() {
            logger.error("deliveries wait", metadata: ["reason": "\(trouble)"])
        }
        round.told = Set(troubles)
    }

    private func end(_ lane: DeliveryLane, _ reason: String?, _ round: inout Round) {
        round.end(lane)
        guard let reason else { return }
        // Else what arrived, but could not be noted, would be sent again and again.
        round.rest(lane, for: .seconds(Self.restSeconds))
        logger.warning("deliveries to \(lane.owner) rest", metadata: ["reason": "\(reason)"])
    }
}

/// Whose turn it is.
struct Round {
    /// The first delivery of each lane that is due, as they stood at the last look.
    var waiting: [Delivery] = []
    var told: Set<String> = []
    private var running: [DeliveryLane: Bool] = [:]
    private var resting: [DeliveryLane: ContinuousClock.Instant] = [:]
    /// When each lane had its last turn, counted in turns.
    private var turns: [DeliveryLane: Int] = [:]
    private var turn = 0

    /// Takes the delivery whose lane is to be run next; nil: none may be now.
    mutating func next() -> Delivery? {
        guard running.count < DeliveryService.mostAtOnce else { return nil }
        let mayFail = running.values.count { $0 } < DeliveryService.mostFailing
        let now = ContinuousClock.now
        let place = waiting.indices.filter { place in
            let delivery = waiting[place]
            return running[delivery.lane] == nil && (mayFail || delivery.attempts == 0)
                && resting[delivery.lane].map { $0 <= now } ?? true
        }.min { rank(waiting[$0]) < rank(waiting[$1]) }
        guard let place else { return nil }
        let delivery = waiting.remove(at: place)
        turn += 1
        turns[delivery.lane] = turn
        resting[delivery.lane] = nil
        running[delivery.lane] = delivery.attempts > 0
        return delivery
    }

    private func rank(_ delivery: Delivery) -> (Int, Int) {
        (delivery.attempts > 0 ? 1 : 0, turns[delivery.lane] ?? 0)
    }

    mutating func end(_ lane: DeliveryLane) { running[lane] = nil }

    mutating func rest(_ lane: DeliveryLane, for time: Duration) {
        resting[lane] = ContinuousClock.now + time
    }
}
