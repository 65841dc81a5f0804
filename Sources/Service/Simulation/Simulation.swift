import Foundation
import Settlement
public import Signing
import Store

/// Settles a file of records the real way: signed batches go through the same intake and store as any others,
/// on a scratch database, and the periods close in turn.
public struct Simulation: Sendable {
    /// What came of it.
    public struct Summary: Hashable, Sendable {
        public var batches: Int64 = 0
        public var records: Int64 = 0
        public var duplicates: Int64 = 0
        /// Records refused alone.
        public var refused: Int64 = 0
        /// Batches refused whole: `batch of M received …: merchant_suspended …`.
        public var refusedBatches: [String] = []
        /// Ids of the closed periods.
        public var periods: [String] = []
        public var statements: Int64 = 0
    }

    /// The master secret that is used unless another one is named. Everybody knows it: for simulation only.
    public static let publicSecret = SecretBytes(Array("settled simulation, not a secret".utf8))

    let alliancePath: String
    let recordsPath: String
    let bookingsPath: String?
    /// The id of the last period to close.
    let through: String
    let outputPath: String
    let secret: SecretBytes
    /// Where the data folder is left behind; nil: nowhere.
    let keepPath: String?

    public init(
        alliance: String, records: String, bookings: String?, through: String, output: String,
        secret: SecretBytes = publicSecret, keep: String? = nil
    ) {
        alliancePath = alliance
        recordsPath = records
        bookingsPath = bookings
        self.through = through
        outputPath = output
        self.secret = secret
        keepPath = keep
    }
}

extension Simulation {
    /// Runs it and writes the output folder.
    ///
    /// Throws `Failure` for files that are not what they should be (`refused`, with file and line), a period that
    /// the alliance does not have (`misused`), and what the store throws.
    public func run(progress: SimulationProgress = .silent) throws -> Summary {
        let alliance = try AllianceFile.parse(bytes: try WholeFile.read(alliancePath), fileName: alliancePath)
        let schedule = Schedule(alliance: alliance, zone: try ZoneInfo.rules(of: alliance.timezone))
        let calendar = schedule.calendar
        guard let last = calendar.ordinal(id: through) else {
            throw Failure.misused(
                "--through",
                "\(through) is no period of \(alliance.id), expected \(calendar.period(0).id) or a later one")
        }
        let batches = try SimulatedBatches(
            path: recordsPath, alliance: alliance, unreceived: calendar.period(last).end)
        let bookings = try bookingsPath.map { path throws(Failure) in try SimulatedBookings.read(path) } ?? []
        let home = try SimulationHome(keep: keepPath, secret: secret)
        defer { home.clear() }
        let folder = try home.found(schedule, at: calendar.period(0).start)
        try folder.store.rebook(bookings, by: PersonName(verified: "simulate"), at: calendar.period(0).start)
        var run = SimulationRun(
            alliance: folder, batches: batches, schedule: schedule, last: last,
            output: try SimulationOutput(outputPath, calendar: calendar), progress: progress)
        try run.run()
        try folder.store.shut()
        return run.summary
    }
}

/// Where a simulation keeps its data: a folder that stays, as `init` makes it, or one that goes with it.
private struct SimulationHome {
    /// Holds the secret, and the data folder unless that is to stay.
    private let scratch: URL
    private let keep: String?
    private let secret: SecretBytes

    init(keep: String?, secret: SecretBytes) throws(Failure) {
        scratch = FileManager.default.temporaryDirectory
            .appendingPathComponent("settled-simulation-" + SecureRandom.hexDigits(16))
        self.keep = keep
        self.secret = secret
        try createFolder(scratch.path, mode: 0o700)
    }

    func found(_ schedule: Schedule, at instant: Instant) throws -> OpenFolder {
        guard let keep else { return try foundScratch(schedule, at: instant) }
        let file = scratch.appendingPathComponent("secret").path
        _ = try MasterSecretFile.write(secret, at: file)
        _ = try Founding(alliance: schedule.alliance, at: keep, secretFile: file, now: instant)
        return try DataFolder(keep).open()
    }

    /// The same store and keys, but nothing that is to outlive this process, nor a file to hand out.
    private func foundScratch(_ schedule: Schedule, at instant: Instant) throws -> OpenFolder {
        let store = try Store.create(
            folder: scratch.path, alliance: schedule.alliance, zone: schedule.zone, at: instant,
            durability: .process)
        for merchant in [nil] + schedule.alliance.merchants.map({ Optional($0.id) }) {
            _ = try store.addDerivedKey(for: merchant, at: instant)
        }
        return try OpenFolder(
            folder: DataFolder(scratch.path), store: store, master: try MasterSecret(secret))
    }

    func clear() { try? FileManager.default.removeItem(at: scratch) }
}
