import Foundation
import Settlement
import Store

/// What is there to begin anew from, and for how long the disk has room for it all.
extension StoreDiagnosis {
    /// The last backup's age: of those in the folder that was named, or else as `settled backup` left word of it.
    func backups() throws -> [Diagnosis.Finding] {
        if let folder = request.backups { return try backups(in: folder) }
        let last = try LastBackup(in: store.folder)
        guard let made = last?.made else {
            let tried = last?.failed.map { "; the last try failed: \($0.problem)" } ?? ""
            return [
                .init(
                    "backups", .warning,
                    "nothing is known of any\(tried); `settled backup FOLDER/ --data \(request.data.path)`")
            ]
        }
        if let bytes = Self.byteCount(made.file), bytes != made.bytes {
            return [
                .init(
                    "backups", .trouble,
                    "\(made.file): has \(bytes) bytes, and had \(made.bytes) when it was made; `settled backup FOLDER/"
                        + " --data \(request.data.path)` makes another")
            ]
        }
        let place = made.file + (WholeFile.exists(made.file) ? "" : ", which is not there any more")
        let failed = last?.failed.map { "; a try since failed: \($0.problem)" } ?? ""
        return [finding(of: made.at, "\(place)\(failed)", atLeast: last?.failed == nil ? .ok : .warning)]
    }

    private func backups(in folder: String) throws -> [Diagnosis.Finding] {
        let last = try BackupName(in: folder, of: store.schedule().alliance.id).present().last
        guard let last else {
            return [
                .init(
                    "backups", .trouble,
                    "\(folder): there is none; `settled backup \(folder)/ --data \(request.data.path)`")
            ]
        }
        return [finding(of: last.at, last.path)]
    }

    private func finding(
        of instant: Instant, _ what: String, atLeast least: Diagnosis.State = .ok
    ) -> Diagnosis.Finding {
        let hours = (request.now.milliseconds - instant.milliseconds) / 3_600_000
        let text = "the last one is \(hours) h old: \(what)"
        let state: Diagnosis.State =
            hours > Self.lostHours ? .trouble : hours > Self.lateHours ? .warning : least
        return .init("backups", state, state == .ok ? text : text + "; see why none was made since")
    }

    /// One a day is usual; a week without any is none.
    private static let (lateHours, lostHours): (Int64, Int64) = (36, 168)
}

extension StoreDiagnosis {
    /// What is free, and for how many days it lasts if as much comes as in the last weeks.
    func disk() throws -> [Diagnosis.Finding] {
        guard let free = DiskReserve.freeBytes(store.folder) else {
            return [.init("disk", .warning, "it cannot be told how much is free for \(store.folder)")]
        }
        let growth = try store.growth(since: request.now.advanced(byMilliseconds: -DiskForecast.milliseconds))
        let forecast = DiskForecast(growth, free: free, backups: try backupRoom(growth), now: request.now)
        let reserve = request.configuration?.reserveBytes ?? DiskReserve.standardBytes
        return [.init("disk", forecast.state(reserve: Int64(reserve)), forecast.text)]
    }

    /// What backups take of the same disk; nil: none lie there.
    private func backupRoom(_ growth: StoreGrowth) throws -> BackupRoom? {
        let made = (try? LastBackup(in: store.folder))?.made
        guard let folder = request.backups ?? made.map({ folderName(of: $0.file) }),
            Self.isSameDisk(folder, store.folder)
        else { return nil }
        var files = try BackupName(in: folder, of: store.schedule().alliance.id).present()
        if let made, folderName(of: made.file) == folder, WholeFile.exists(made.file),
            !files.contains(where: { $0.path == made.file })
        {
            files.append((made.file, made.at))
        }
        let sizes = files.map { (at: $0.at, bytes: Self.byteCount($0.path) ?? 0) }
        return BackupRoom(sizes, keep: made?.keep, databaseBytes: growth.fileBytes)
    }

    /// Nil: nobody can tell, as of a file that is not there.
    private static func byteCount(_ path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    private static func isSameDisk(_ one: String, _ other: String) -> Bool {
        var (first, second) = (stat(), stat())
        return stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev
    }
}

/// What the backups on the disk of the data take of it from day to day.
struct BackupRoom: Hashable {
    private let count: Int
    private let isFull: Bool
    /// Bytes of the last one, and how many are made in a day.
    private let lastBytes: Int64
    private let ofDay: Double
    private let databaseBytes: Int64

    /// Nil: there are none. `keep` is how many stay at most; nil: all.
    init?(_ files: [(at: Instant, bytes: Int64)], keep: Int?, databaseBytes: Int64) {
        let files = files.sorted { $0.at < $1.at }
        guard let first = files.first, let last = files.last else { return nil }
        count = files.count
        isFull = keep.map { files.count >= $0 } ?? false
        lastBytes = last.bytes
        let days = Double(last.at.milliseconds - first.at.milliseconds) / 86_400_000
        // Of a single one nobody knows, nor of some of one day: one a day is usual.
        ofDay = files.count > 1 ? Double(files.count - 1) / max(1, days) : 1
        self.databaseBytes = databaseBytes
    }

    /// Bytes more in a day in which the database grows by so many: each new one, or, where an old one goes for it, as
    /// much as each has grown once all are replaced.
    func bytesOfDay(databaseGrowth: Int64) -> Int64 {
        guard isFull else { return Int64(Double(lastBytes) * ofDay) }
        guard databaseBytes > 0 else { return 0 }
        return Int64(Double(databaseGrowth) * Double(lastBytes) / Double(databaseBytes) * Double(count))
    }
}
