import Settlement
import Store

/// For how long the disk lasts, if as much comes as in the last four weeks and takes as much room as all before; with
/// the backups, where they lie on the same disk.
struct DiskForecast: Hashable {
    /// How far back is looked.
    static let milliseconds: Int64 = 28 * 86_400_000

    let freeBytes: Int64
    /// Bytes that are taken in a day; nil: nothing came lately, and nothing else grows.
    let bytesOfDay: Int64?
    /// Of these, by backups.
    let backupBytesOfDay: Int64
    /// What a backup needs while it is made, where it is made on this disk: it is whole before it is packed.
    private let makingBytes: Int64

    init(_ growth: StoreGrowth, free: Int64, backups: BackupRoom? = nil, now: Instant) {
        freeBytes = free
        makingBytes = backups == nil ? 0 : growth.fileBytes
        let own = Self.bytesOfDay(growth, now: now)
        backupBytesOfDay = backups?.bytesOfDay(databaseGrowth: own ?? 0) ?? 0
        bytesOfDay = own == nil && backupBytesOfDay == 0 ? nil : (own ?? 0) + backupBytesOfDay
    }

    /// Bytes that the file grows by in a day; nil: nothing came lately.
    private static func bytesOfDay(_ growth: StoreGrowth, now: Instant) -> Int64? {
        guard let since = growth.recentSince, growth.batchBytes > 0, growth.recentBytes > 0 else {
            return nil
        }
        // A day at least: the first hours of an alliance tell little.
        let span = max(86_400_000, now.milliseconds - since.milliseconds)
        let factor = Double(growth.fileBytes) / Double(growth.batchBytes)
        return Int64(Double(growth.recentBytes) * factor / Double(span) * 86_400_000)
    }

    /// Nil: nothing is known.
    var daysLeft: Int64? { bytesOfDay.map { max(0, freeBytes - makingBytes) / max(1, $0) } }

    func state(reserve: Int64) -> Diagnosis.State {
        guard freeBytes > reserve else { return .trouble }
        guard let daysLeft, daysLeft < Self.warningDays else { return .ok }
        return daysLeft < Self.troubleDays ? .trouble : .warning
    }

    private static let (warningDays, troubleDays): (Int64, Int64) = (60, 7)

    var text: String {
        let free = "\(Self.megabytes(freeBytes)) are free"
        guard let bytesOfDay, let daysLeft else {
            return free + "; nothing came in four weeks, so no forecast"
        }
        let days = daysLeft > 3_650 ? "more than ten years" : "\(Figures.count(daysLeft)) days"
        let backups =
            backupBytesOfDay > 0
            ? ", \(Self.megabytes(backupBytesOfDay)) of them by backups on the same disk" : ""
        return free + ", \(Self.megabytes(bytesOfDay)) a day are taken\(backups): enough for \(days)"
    }

    private static func megabytes(_ bytes: Int64) -> String {
        bytes < 1_000_000 ? "\(Figures.count(bytes / 1_000)) kB" : "\(Figures.count(bytes / 1_000_000)) MB"
    }
}
