import Logging
import ServiceLifecycle
import Settlement
import Store
import Synchronization

/// The spool's life: batches that uploads leave in folders go through the same door as those that come over
/// HTTP. Each owner's folder is looked through by itself, so that nobody waits for another's large batch; at
/// most a few at a time, each with one batch that is not large in memory, and large ones one after the other with
/// those that come over HTTP: so memory stays bounded, and no upload takes the spool's room.
struct SpoolService: Service {
    let settings: SpoolSettings
    let intake: Intake
    let clock: WallClock
    let logger: Logger
    let workers: BatchWorkers
    private let isStopping = Flag()

    init(settings: SpoolSettings, intake: Intake, clock: WallClock, logger: Logger, workers: BatchWorkers) {
        self.settings = settings
        self.intake = intake
        self.clock = clock
        self.logger = logger
        self.workers = workers
    }

    private final class Flag: Sendable {
        private let value = Atomic<Bool>(false)
        var isSet: Bool { value.load(ordering: .relaxed) }
        func set() { value.store(true, ordering: .relaxed) }
    }

    /// Folders that are looked through at the same time.
    private static let mostAtOnce = 2

    private enum Event: Sendable {
        case word(SpoolWatch.Word)
        case finished(SpoolOwner, hasMore: Bool)
    }

    func run() async throws {
        let root = try SpoolDirectory(root: settings.folder)
        try root.lock()
        let watch = try SpoolWatch()
        let (events, feed) = AsyncStream.makeStream(of: Event.self)
        watch.start(everySeconds: tickSeconds) { feed.yield(.word($0)) }
        logger.notice("spool in \(settings.folder)")
        await withGracefulShutdownHandler {
            await follow(events.cancelOnGracefulShutdown(), feed, root, watch)
        } onGracefulShutdown: {
            isStopping.set()
        }
        watch.end()
    }

    /// A batch that waits for its quiet time is looked at soon after it.
    private var tickSeconds: Int { max(1, min(settings.pollSeconds, settings.quietSeconds)) }

    private func follow(
        _ events: some AsyncSequence<Event, Never> & Sendable, _ feed: AsyncStream<Event>.Continuation,
        _ root: SpoolDirectory, _ watch: SpoolWatch
    ) async {
        var sweeps: [SpoolOwner: SpoolSweep] = [:]
        var (waiting, running): ([SpoolOwner], Set<SpoolOwner>) = ([], [])
        await withDiscardingTaskGroup { group in
            for await event in events {
                switch event {
                case .finished(let owner, let hasMore):
                    running.remove(owner)
                    // Behind those who wait already.
                    if hasMore, !waiting.contains(owner) { waiting.append(owner) }
                case .word(.changed(let owner)): if !waiting.contains(owner) { waiting.append(owner) }
                case .word(.tick): waiting += owners().filter { !waiting.contains($0) }
                }
                while running.count < Self.mostAtOnce,
                    let place = waiting.firstIndex(where: { !running.contains($0) })
                {
                    let owner = waiting.remove(at: place)
                    let sweep = sweeps[owner] ?? makeSweep(owner)
                    sweeps[owner] = sweep
                    running.insert(owner)
                    group.addTask {
                        feed.yield(.finished(owner, hasMore: await look(sweep, root, watch)))
                    }
                }
            }
        }
    }

    /// Everyone who has a folder: the merchants of the alliance as it is now, and the operator.
    private func owners() -> [SpoolOwner] {
        do {
            return try intake.store.schedule().alliance.merchants.map { .merchant($0.id) } + [.operator]
        } catch {
            logger.error("the spool cannot be looked at", metadata: ["reason": "\(error)"])
            return []
        }
    }

    private func makeSweep(_ owner: SpoolOwner) -> SpoolSweep {
        SpoolSweep(
            of: owner, settings: settings, intake: intake, clock: clock, workers: workers, logger: logger)
    }

    /// Gives whether there is more to look at. The folders are opened anew for each look, as they may have been moved
    /// or made anew since.
    private func look(_ sweep: SpoolSweep, _ root: SpoolDirectory, _ watch: SpoolWatch) async -> Bool {
        defer { tell(root.withheld) }
        do {
            return try await workers.run {
                let folder = try SpoolFolder(of: sweep.owner, in: root)
                watch.add(folder.inbox, of: sweep.owner)
                return try sweep.run(folder) { isStopping.isSet }
            }
        } catch is CancellationError {
        } catch {
            logger.error(
                "the spool cannot be looked at",
                metadata: ["spool": "\(sweep.owner.folderName)", "reason": "\(error)"])
        }
        return false
    }

    private func tell(_ withheld: WithheldRights) {
        guard let path = withheld.untold() else { return }
        logger.error(
            "the spool's group lacks rights, and the system does not let them be given",
            metadata: [
                "path": "\(path)",
                "hint": "start the daemon with a umask of 0007, or take the setgid bit from the folder above",
            ])
    }
}
