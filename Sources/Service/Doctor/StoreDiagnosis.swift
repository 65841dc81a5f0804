import Foundation
import Settlement
import Signing
import Store

/// What the database says of itself and of the work that waits.
struct StoreDiagnosis {
    let store: Store
    let request: Diagnosis.Request

    /// What was found, each part by itself: one that cannot be read is a finding too.
    func findings(_ progress: SimulationProgress) -> [Diagnosis.Finding] {
        return look("secret", secret) + abandonedSecrets + look("database") { try database(progress) }
            + look("disk", disk)
            + look("clock", clock) + look("periods", periods) + look("deliveries", deliveries)
            + look("keys", keys) + look("backups", backups) + look("archives", archives)
    }

    private func look(_ what: String, _ check: () throws -> [Diagnosis.Finding]) -> [Diagnosis.Finding] {
        do { return try check() } catch { return [.init(what, .trouble, "\(error)")] }
    }

    private func secret() throws -> [Diagnosis.Finding] {
        let path = request.data.secretPath
        guard WholeFile.exists(path) else {
            return [
                .init(
                    "secret", .trouble,
                    "\(path): there is no such file; restore your copy of it, or name it by --secret")
            ]
        }
        let master = try MasterSecretFile.read(path)
        let inUse = try request.data.requireOwn(master, of: store).count
        guard master.latest == inUse else {
            return [
                .init(
                    "secret", .warning,
                    "version \(master.latest) waits for the daemon's next start, version \(inUse) signs until then"
                )
            ]
        }
        return [
            .init("secret", .ok, "it is there, its owner's alone, and the one that the data is signed by")
        ]
    }

    /// What a killed rotation left beside the secret, or in the data folder.
    private var abandonedSecrets: [Diagnosis.Finding] {
        let folders = Set([request.data.path, folderName(of: request.data.secretPath)])
        return folders.sorted().flatMap { MasterSecretFile.drafts(in: $0) }.map {
            .init(
                "secret", .warning,
                "\($0): a rotation that was ended left it, with every version of the secret:"
                    + " rm '\($0)', or rotate again"
            )
        }
    }

    private func database(_ progress: SimulationProgress) throws -> [Diagnosis.Finding] {
        defer { progress.clear() }
        let wrong =
            request.isFull
            ? try DatabaseCheck(store, progress: progress).findings
            : try store.integrityFindings(full: false)
        guard wrong.isEmpty else {
            return wrong.map {
                .init(
                    "database", .trouble, "\($0); stop, keep a copy of the file, and restore the last backup")
            }
        }
        let looked =
            request.isFull
            ? "every page, row and chain is as it was written"
            : "its pages hold together; --full looks at every row"
        return [.init("database", .ok, looked)]
    }

    private func clock() throws -> [Diagnosis.Finding] {
        guard let last = try store.growth(since: request.now).lastReceived else {
            return [.init("clock", .ok, "no batch has come yet")]
        }
        let behind = (last.milliseconds - request.now.milliseconds) / 1_000
        let time = last.text(offsetSeconds: 0, milliseconds: false)
        guard behind <= Self.clockSeconds else {
            return [
                .init(
                    "clock", .trouble,
                    "it is \(behind) s behind the last receipt, of \(time): set it (timedatectl), as instants of receipt"
                        + " are compared")
            ]
        }
        return [.init("clock", .ok, "the last receipt is of \(time)")]
    }

    /// What a clock that is set by the network may be off by.
    private static let clockSeconds: Int64 = 5
}

extension StoreDiagnosis {
    /// Late closes, the stuck list, and what of the intake cannot be read, as `settled status` tells them.
    private func periods() throws -> [Diagnosis.Finding] {
        let status = try StatusReport(store, now: request.now)
        var found = status.unread.map { Diagnosis.Finding("periods", .trouble, "\($0.trouble)") }
        let id = status.period.id
        if let stuck = status.stuck {
            found.append(
                .init(
                    "periods", .trouble,
                    "\(status.calendar.period(stuck.period).id) cannot be closed since"
                        + " \(stuck.since.text(offsetSeconds: 0, milliseconds: false)): \(stuck.reason)"))
        } else if status.closesFrom.advanced(byMilliseconds: Self.closeMilliseconds) < request.now {
            found.append(
                .init(
                    "periods", .warning,
                    "\(id) could be closed since \(status.closesFrom.text(offsetSeconds: 0, milliseconds: false)),"
                        + " and is not: see whether the daemon runs and closes by itself, or `settled close`")
            )
        }
        if !status.missing.isEmpty {
            found.append(
                .init(
                    "batches", .warning,
                    "\(status.missing.count) sequence numbers are missing; `settled status` names them"))
        }
        guard found.isEmpty else { return found }
        return [.init("periods", .ok, "none is late or stuck; \(id) is next")]
    }

    /// Who was not told what stands in the outbox for it, and whether the last of it is there.
    private func deliveries() throws -> [Diagnosis.Finding] {
        if let trouble = try store.deliveryHeads().troubles.first {
            return [.init("deliveries", .trouble, "\(trouble)")]
        }
        let stuck = try store.stuckDeliveries()
        guard let first = stuck.first else { return [.init("deliveries", .ok, "none was given up")] }
        let what =
            first.isGone ? "wants nothing any more" : "misses \(first.parked) that were given up"
        return [
            .init(
                "deliveries", .warning,
                "\(first.lane.owner) \(what), by \(first.lane.channel.rawValue)"
                    + (stuck.count > 1 ? ", and \(stuck.count - 1) more wait like it" : "")
                    + "; `settled deliveries` says why, `settled deliveries retry` tries again")
        ]
    }

    /// How long after its time a close by itself may take.
    private static let closeMilliseconds: Int64 = 3_600_000

    /// Whether everybody who hands in batches can go on doing so.
    private func keys() throws -> [Diagnosis.Finding] {
        let schedule = try store.schedule()
        let soon = request.now.advanced(byMilliseconds: Self.keyDays * 86_400_000)
        let keys = try store.keys()
        var found: [Diagnosis.Finding] = []
        for merchant in schedule.alliance.merchants.map(\.id)
        where schedule.status(of: merchant, at: request.now) == .active {
            let own = keys.filter { $0.merchant == merchant }
            func good(at instant: Instant) -> Int {
                own.count { $0.revokedFrom.map { instant < $0 } ?? true }
            }
            if good(at: request.now) == 0 {
                found.append(.init("keys", .warning, "\(merchant) has no key: `settled key add \(merchant)`"))
            } else if good(at: soon) == 0 {
                found.append(
                    .init(
                        "keys", .warning,
                        "the last key of \(merchant) ends within \(Self.keyDays) days: `settled key add \(merchant)`"
                    ))
            }
        }
        return found.isEmpty
            ? [.init("keys", .ok, "every active merchant has one that does not end soon")] : found
    }

    private static let keyDays: Int64 = 30
}
