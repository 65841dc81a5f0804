import Settlement
import Store

/// For how long the disk lasts, if as much comes as in the last four weeks and takes as much room as all before.
struct DiskForecast: Hashable {
    /// How far back is looked.
    static let milliseconds: Int64 = 28 * 86_400_000

    let freeBytes: Int64
    /// Bytes that the file grows by in a day; nil: nothing came lately.
    let bytesOfDay: Int64?

    init(_ growth: StoreGrowth, free: Int64, now: Instant) {
        freeBytes = free
        guard let since = growth.recentSince, growth.batchBytes > 0, growth.recentBytes > 0 else {
            bytesOfDay = nil
            return
        }
        // A day at least: the first hours of an alliance tell little.
        let span = max(86_400_000, now.milliseconds - since.milliseconds)
        let factor = Double(growth.fileBytes) / Double(growth.batchBytes)
        bytesOfDay = Int64(Double(growth.recentBytes) * factor / Double(span) * 86_400_000)
    }

    /// Nil: nothing is known.
    var daysLeft: Int64? { bytesOfDay.map { freeBytes / max(1, $0) } }

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
        return free + ", \(Self.megabytes(bytesOfDay)) a day are taken: enough for \(days)"
    }

    private static func megabytes(_ bytes: Int64) -> String {
        bytes < 1_000_000 ? "\(Figures.count(bytes / 1_000)) kB" : "\(Figures.count(bytes / 1_000_000)) MB"
    }
}
