import Foundation
import Settlement
import Signing
import Store

/// A rederivation at work: everything is done again in the order of arrival, and compared close by close.
struct RederivationRun {
    let request: Rederivation.Request
    let stored: Store
    let history: StoredHistory
    /// The archives that have bytes of stored batches: all that there are, damaged ones among them.
    let shelf: ArchiveShelf
    /// The scratch database.
    let derived: Store
    let calendar: PeriodCalendar
    let progress: SimulationProgress
    let keys: RederivedKeys
    let forgetting: RederivedForgetting
    /// By version of the master secret.
    let signers: [DocumentSigner]
    /// The periods to compare, by ordinal.
    let compared: ClosedRange<Int>?
    var report = RederivationReport()

    /// The keys that signed what is stored, by id.
    var usedKeys: Set<String> = []
    /// The pseudonyms of forgotten members that redacted batches named so far.
    var namedPseudonyms: Set<MemberID> = []
    /// The last batch that was stored again.
    var lastBatch: Int64 = 0
    /// The version of the alliance in force.
    var version: Int64 = 1
    /// Schedules of versions that were asked for.
    private var schedules: [Int64: Schedule] = [:]

    /// Why the rest cannot be built again: the report says what was found.
    struct Stop: Error {
        let reason: String
        /// Whether the batch after the last that was stored again was looked at already.
        var hasToldNext = false
    }

    init(
        _ request: Rederivation.Request, stored: Store, history: StoredHistory, shelf: ArchiveShelf,
        scratch: String, progress: SimulationProgress
    ) throws {
        self.request = request
        self.stored = stored
        self.history = history
        self.shelf = shelf
        self.progress = progress
        // Everybody may know it: it signs nothing that leaves the scratch folder.
        let standIn = try MasterSecret(Simulation.publicSecret)
        keys = RederivedKeys(history, master: request.master, standIn: standIn)
        forgetting = RederivedForgetting(history, master: request.master)
        let master = request.master ?? standIn
        signers = (1...master.latest).map { DocumentSigner(master: master, version: $0) }
        guard let first = history.versions.first, first.version == 1 else {
            throw Failure.refused("alliance version 1", "is missing: nothing can be built again")
        }
        let (alliance, zone) = try Self.alliance(of: first)
        derived = try Store.create(
            folder: scratch, alliance: alliance, zone: zone, at: first.at, durability: .process)
        calendar = Schedule(alliance: alliance, zone: zone).calendar
        compared = try Self.compared(request, history, calendar)
    }

    /// Does it all.
    mutating func finished() throws -> RederivationReport {
        for finding in keys.findings(history) + forgetting.findings { report.add(finding) }
        report.damagedArchives = shelf.damaged
        if let trouble = history.cutTrouble {
            report.add(.init("the row that says whether a close has begun", trouble.cause))
        }
        noteBookings()
        do {
            try rebuild()
            if request.through == nil { checkNamed() }
        } catch let stop as Stop {
            report.stopped = stop.reason
            try checkRest(from: lastBatch + (stop.hasToldNext ? 2 : 1))
        }
        try compareIntake()
        for contest in history.contests { check(contest) }
        report.unseenReasons = Int64(history.bookings.count)
        report.unseenKeys = Int64(history.keys.count { !usedKeys.contains($0.id) })
        progress.clear()
        return report
    }

    private mutating func rebuild() throws {
        for (ordinal, close) in history.closes.enumerated() {
            guard close.period == ordinal else {
                report.add(.init("period \(calendar.period(ordinal).id)", "its close is missing"))
                throw Stop(reason: "periods close in order, and one is missing")
            }
            if let last = compared?.upperBound, ordinal > last { return }
            let before = version
            try goOn(through: close, bookings: { $0 == ordinal })
            try begin(close)
            let next = history.closes.dropFirst(ordinal + 1).first ?? history.unfinished
            try replayMeanwhile(of: close, since: before, nextVersion: next?.alliance)
            try self.close(close)
        }
        guard request.through == nil else { return }
        guard history.cutTrouble == nil else {
            throw Stop(reason: "whether a close had begun since the last one is not known")
        }
        var booked = (compared?.upperBound ?? -1) + 1
        if let unfinished = history.unfinished {
            try goOn(through: unfinished, bookings: { $0 == unfinished.period })
            try begin(unfinished, failed: history.hasFailed)
            booked = unfinished.period + 1
        }
        let before = version
        try apply(through: history.versions.last?.version ?? version)
        try book { $0 >= booked }
        try replay(through: history.lastBatch, under: before...version)
    }

    /// Stores again what came while a close was at work, as it was judged then. The alliance's version that the close
    /// was done under may be one that was applied meanwhile, as it had failed.
    private mutating func replayMeanwhile(
        of close: StoredHistory.Close, since before: Int64, nextVersion: Int64?
    ) throws {
        guard close.finishedBatch > lastBatch else { return }
        try apply(through: nextVersion ?? history.versions.last?.version ?? version)
        try replay(through: min(close.finishedBatch, history.lastBatch), under: before...version)
    }

    /// Does again what had come when a close began.
    private mutating func goOn(
        through close: StoredHistory.Close, bookings isOfPeriod: (Int) -> Bool
    ) throws {
        let before = version
        try apply(through: close.alliance)
        try book(isOfPeriod)
        try replay(through: close.lastBatch, under: before...version)
    }

    // MARK: Steps

    /// Puts the versions up to one in force.
    private mutating func apply(through last: Int64) throws {
        guard last >= version, last <= history.versions.last?.version ?? 0 else {
            report.add(.init("alliance version \(last)", "was in force at a close, and is missing"))
            throw Stop(reason: "a version of the alliance is missing")
        }
        while version < last {
            let place = "alliance version \(version + 1)"
            guard let next = history.versions.first(where: { $0.version == version + 1 }) else {
                report.add(.init(place, "is missing"))
                throw Stop(reason: "a version of the alliance is missing")
            }
            do {
                let (alliance, zone) = try Self.alliance(of: next)
                _ = try derived.apply(alliance, zone: zone, at: next.at)
            } catch let refusal as AllianceChangeRefusal {
                report.add(.init(place, "could not have come into force: \(refusal)"))
                throw Stop(reason: "a version of the alliance is not one that could have been applied")
            }
            version += 1
        }
    }

    /// Books what belongs to some periods, when the first of them is the earliest open one. Whatever was booked
    /// before belonged to the same period.
    private mutating func book(_ isOfPeriod: (Int) -> Bool) throws {
        for booked in history.bookings where isOfPeriod(Int(clamping: booked.period)) {
            let place = "booking \(booked.reference) of \(booked.merchant)"
            guard let booking = Booking(booked) else {
                report.add(.init(place, "is none that can be booked"))
                continue
            }
            do {
                try derived.rebook(
                    [booking], by: PersonName(verified: booked.person),
                    drafter: booked.drafter.map { PersonName(verified: $0) }, at: booked.booked)
                report.bookings += 1
            } catch let refused as BookingsRefused {
                report.add(.init(place, "would be refused: \(refused.refusals[0].code.rawValue)"))
            }
        }
    }

    private mutating func begin(_ close: StoredHistory.Close, failed: Bool = false) throws {
        do {
            try derived.beginClose(close.period, at: close.at, forced: close.forced, failed: failed)
        } catch let refusal as CloseRefusal {
            let id = calendar.period(close.period).id
            report.add(.init("period \(id)", "could not have closed: \(refusal)"))
            throw Stop(reason: "\(id) does not close")
        }
    }

    private mutating func close(_ close: StoredHistory.Close) throws {
        let period = calendar.period(close.period)
        progress.show("closing \(period.id), \(lastBatch) batches")
        let closing = try stored.documents(period: close.period).first { $0.owner == nil }
        let redactions = try redactions(of: period)
        var details: [MerchantID: SHA256Digest] = [:]
        do {
            let signer = signer(of: closing?.document.seal, at: close.at)
            try PeriodCloser(store: derived, signer: signer).close(
                close.period, at: close.at, forced: close.forced
            ) { merchant, digest in
                details[merchant] = digest
                guard let redaction = redactions[merchant], redaction.redacted == digest else {
                    return digest
                }
                return redaction.signed
            }
        } catch let failure as CloseFailure {
            report.add(.init("period \(period.id)", "does not close: \(failure)"))
            throw Stop(reason: "\(period.id) does not close")
        }
        guard let compared, compared.contains(close.period) else { return }
        try derived.noteRedactions(check(redactions, details, of: period), ofPeriod: close.period)
        try compare(period)
        progress.done("\(period.id): \(report.found == 0 ? "as derived" : "\(report.found) found so far")")
    }

    // MARK: The alliance

    mutating func schedule(_ version: Int64) throws -> Schedule {
        if let known = schedules[version] { return known }
        let schedule = try derived.schedule(ofVersion: version)
        schedules[version] = schedule
        return schedule
    }

    /// A stored version; throws `refused` where it is damaged.
    private static func alliance(
        of version: StoredHistory.Version
    ) throws(Failure) -> (alliance: Alliance, zone: ZoneRules) {
        let place = "alliance version \(version.version)"
        let alliance: Alliance
        let zone: ZoneRules
        do {
            alliance = try AllianceDocument.alliance(from: version.document)
        } catch {
            throw .refused(place, "\(error)")
        }
        do {
            zone = try ZoneRules(name: version.zone, tzif: version.tzif)
        } catch {
            throw .refused(place, "\(error)")
        }
        guard alliance.problems.isEmpty else {
            throw .refused(place, alliance.problems.map(\.description).joined(separator: "; "))
        }
        return (alliance, zone)
    }

    private static func compared(
        _ request: Rederivation.Request, _ history: StoredHistory, _ calendar: PeriodCalendar
    ) throws -> ClosedRange<Int>? {
        func ordinal(_ id: String?, _ option: String, otherwise: Int) throws -> Int {
            guard let id else { return otherwise }
            guard let ordinal = calendar.ordinal(id: id),
                history.closes.contains(where: { $0.period == ordinal })
            else { throw Failure.misused(option, "\(id) is no period that has closed") }
            return ordinal
        }
        guard let last = history.closes.last else {
            _ = try ordinal(request.from ?? request.through, "--from", otherwise: 0)
            return nil
        }
        let from = try ordinal(request.from, "--from", otherwise: 0)
        let through = try ordinal(request.through, "--through", otherwise: max(last.period, from))
        guard from <= through else {
            throw Failure.misused("--from", "\(request.from ?? "") comes after \(request.through ?? "")")
        }
        return from...through
    }
}

extension Booking {
    /// What a row of bookings says, where it says what a booking can be.
    fileprivate init?(_ booked: StoredHistory.Booked) {
        guard let merchant = MerchantID(booked.merchant), let kind = Kind(rawValue: booked.kind),
            let reference = BookingReference(booked.reference), let date = booked.date,
            PersonName(booked.person) != nil, booked.drafter.map({ PersonName($0) != nil }) ?? true,
            booked.undoes.map({ BookingReference($0) != nil }) ?? true
        else { return nil }
        self.init(
            merchant: merchant, kind: kind, reference: reference, amount: Money(booked.amount),
            date: date, reason: booked.reason, undoes: booked.undoes.map { BookingReference(verified: $0) })
    }
}
