import NIOPosix
import ServiceLifecycle
import Store

/// Tries now and then whether the store and the memory of used tokens can be written to, so that trouble shows before
/// the next batch does, and its end too. Also writes down what refusals were only counted, and looks at the stuck list,
/// on which closes by hand and of other processes stand as well.
struct StoreWatch: Service {
    let intake: Intake
    let tokens: TokenMemory
    let health: Health
    let clock: WallClock
    let thread: NIOThreadPool

    /// Seconds between two trials: when all is well, and when it is not.
    private static let (calm, alert) = (10, 1)

    func run() async throws {
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            // What ails both is told of the store.
            let forgetting = await tokensTrouble()
            if forgetting == nil, health.isProved() { await settleNotes() } else { await look() }
            await readStuckList()
            guard !Task.isCancelled else { break }
            if let forgetting { health.cannotRemember(forgetting) } else { health.remembers() }
            health.beat()
            try? await cancelWhenGracefulShutdown {
                // Trouble that a batch meets meanwhile is looked after soon.
                for _ in 0..<Self.calm where !health.isTroubled {
                    try await Task.sleep(for: .seconds(Self.alert))
                }
                if health.isTroubled { try await Task.sleep(for: .seconds(Self.alert)) }
            }
        }
        try? await thread.runIfActive { try intake.settleNotes(at: clock.now) }
    }

    /// Writes down what was only counted, also while batches prove that the store can be written to: a kill loses
    /// the refusals of ten seconds at most.
    private func settleNotes() async {
        do { try await thread.runIfActive { try intake.settleNotes(at: clock.now) } } catch {
            health.fail("\(error)")
        }
    }

    /// Why used tokens cannot be written down; nil: they can.
    private func tokensTrouble() async -> String? {
        do {
            try await thread.runIfActive { try tokens.tryWriting(at: clock.now) }
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func readStuckList() async {
        do {
            let failed = try await thread.runIfActive { try intake.store.failedClose() }
            health.list(failed.flatMap { $0.waitsForRoom ? nil : $0.reason })
        } catch let trouble as StoreTrouble where trouble.isDamage {
            // Every close reads that too.
            health.list("\(trouble)")
        } catch {
            // Whether the store answers is tried above; the list stays as it was read last.
        }
    }

    private func look() async {
        health.begin()
        do {
            try await thread.runIfActive {
                try intake.tryWriting()
                try intake.settleNotes(at: clock.now)
            }
            health.succeed()
        } catch {
            health.fail("\(error)")
        }
    }
}
