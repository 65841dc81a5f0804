import Foundation
import Logging
import NIOPosix
import ServiceLifecycle
import Settlement
import Signing
import Store

/// One go at one lane: its deliveries in order, each once the one before has ended, as long as they go well and
/// others do not wait for too long.
struct LaneRun: Sendable {
    let lane: DeliveryLane
    let desk: DeliveryDesk
    let clock: WallClock
    let logger: Logger

    /// Then it is others' turn.
    private static let most = 200
    private static let longest = Duration.seconds(20)
    /// Seconds that an attempt which is under way has left when the daemon stops. What is not noted is sent again.
    private static let farewellSeconds = 3

    /// Throws `StoreTrouble` where the store cannot be read or written, and `CancellationError` when the daemon stops.
    func run() async throws {
        var endpoint: Endpoint?
        do { try await run(&endpoint) } catch {
            await endpoint?.close()
            throw error
        }
        await endpoint?.close()
    }

    private func run(_ endpoint: inout Endpoint?) async throws {
        let end = ContinuousClock.now + Self.longest
        var last: Int64 = 0
        for _ in 0..<Self.most where ContinuousClock.now < end && !Task.isShuttingDownGracefully {
            let (lane, behind) = (lane, last)
            let next = try await desk.clerks.runIfActive { [desk] in
                try desk.store.nextDelivery(of: lane, behind: behind)
            }
            guard let next, next.state == .waiting, let due = next.due, due <= clock.now else { return }
            let attempt = try await attempt(next, &endpoint)
            say(attempt, next)
            try await desk.clerks.runIfActive { [desk] in try desk.store.note(attempt) }
            guard attempt.outcome == .delivered || attempt.outcome == .parked else { return }
            last = next.number
        }
    }

    // MARK: One attempt

    private func attempt(_ delivery: Delivery, _ endpoint: inout Endpoint?) async throws -> DeliveryAttempt {
        guard let destinations = try desk.destinations(of: lane), destinations.channels.contains(lane.channel)
        else {
            return DeliveryAttempt(
                delivery.number, .parked, at: clock.now,
                answer: "the alliance has no such destination any more")
        }
        do {
            switch lane.channel {
            case .folder: return try await file(delivery)
            case .webhook:
                guard let webhook = destinations.webhook else { preconditionFailure("it has that channel") }
                return try await post(delivery, webhook, &endpoint)
            }
        } catch let error as CancellationError {
            throw error
        } catch let trouble as StoreTrouble where !trouble.isDamage {
            throw trouble
        } catch {
            return failed(delivery, PlainText.of("\(error)"))
        }
    }

    private func file(_ delivery: Delivery) async throws -> DeliveryAttempt {
        guard let folder = desk.settings.folder else {
            preconditionFailure("only lanes that lead somewhere are run")
        }
        let courier = FolderCourier(root: folder, store: desk.store)
        try await desk.scribes.runIfActive { try courier.deliver(delivery) }
        return DeliveryAttempt(delivery.number, .delivered, at: clock.now, answer: "written")
    }

    private func post(
        _ delivery: Delivery, _ webhook: Webhook, _ endpoint: inout Endpoint?
    ) async throws -> DeliveryAttempt {
        let store = desk.store
        let message = try await desk.clerks.runIfActive { try NewsMessage(delivery, from: store) }
        if endpoint?.url != webhook.url {
            await endpoint?.close()
            endpoint = nil
            endpoint = try await connect(to: webhook.url, attempt: delivery.attempts)
        }
        guard let open = endpoint else { preconditionFailure("it was opened") }
        let (secrets, instant) = (desk.secrets(of: lane, webhook), clock.now)
        let answer = try await Self.bounded { try await open.post(message, secrets: secrets, at: instant) }
        switch answer.status {
        case 200..<300:
            return DeliveryAttempt(
                delivery.number, .delivered, at: clock.now, answer: "answered \(answer.status)")
        case 410:
            return DeliveryAttempt(
                delivery.number, .gone, at: clock.now,
                answer: "\(webhook.url.site) answered 410: it wants nothing any more")
        case 300..<400:
            return failed(
                delivery, "\(webhook.url.site) answered \(answer.status): redirects are not followed", answer)
        default: return failed(delivery, "\(webhook.url.site) answered \(answer.status)", answer)
        }
    }

    private func connect(to url: WebhookURL, attempt: Int) async throws -> Endpoint {
        try Endpoint.requireTLS(of: url, desk.settings)
        let found = try await desk.names.addresses(
            of: url.host, for: lane, isFailing: attempt > 0, desk.lookUp)
        return try await desk.clerks.runIfActive { [desk] in
            try Endpoint(url, desk.settings, attempt: attempt, addresses: found)
        }
    }

    /// Ends it when its time is over, and soon after the daemon is told to stop.
    private static func bounded(
        _ work: @escaping @Sendable () async throws -> Endpoint.Answer
    ) async throws -> Endpoint.Answer {
        try await withThrowingTaskGroup(of: Endpoint.Answer.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: .seconds(Endpoint.patienceSeconds + 5))
                throw Failure.trouble("webhook", "had not answered after \(Endpoint.patienceSeconds) seconds")
            }
            group.addTask {
                try await gracefulShutdown()
                try await Task.sleep(for: .seconds(farewellSeconds))
                throw CancellationError()
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { preconditionFailure("one of them ends first") }
            return answer
        }
    }

    private func failed(
        _ delivery: Delivery, _ reason: String, _ answer: Endpoint.Answer? = nil
    ) -> DeliveryAttempt {
        let backoff: Backoff = lane.channel == .folder ? .folder : .webhook
        let (attempts, now) = (delivery.attempts + 1, clock.now)
        guard !backoff.givesUp(after: attempts) else {
            return DeliveryAttempt(delivery.number, .parked, at: now, answer: reason)
        }
        let pause = backoff.pause(after: attempts, asked: answer?.retryAfter)
        return DeliveryAttempt(
            delivery.number, .failed(again: now.advanced(byMilliseconds: pause)), at: now, answer: reason)
    }

    /// One line where it is given up, and one where a delivery fails for the first time.
    private func say(_ attempt: DeliveryAttempt, _ delivery: Delivery) {
        let metadata: Logger.Metadata = [
            "delivery": "\(delivery.number)", "to": "\(lane.owner)", "by": "\(lane.channel.rawValue)",
            "reason": "\(attempt.answer)",
        ]
        switch attempt.outcome {
        case .delivered: logger.debug("delivered", metadata: metadata)
        case .failed:
            if delivery.attempts == 0 {
                logger.warning("a delivery failed and is tried again", metadata: metadata)
            }
        case .parked: logger.error("a delivery was given up", metadata: metadata)
        case .gone: logger.error("deliveries to it wait until they are retried", metadata: metadata)
        }
    }
}
