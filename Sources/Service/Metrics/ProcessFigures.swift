import Foundation

/// What the system says of this process; nil where it cannot be told.
struct ProcessFigures: Sendable {
    /// Bytes in memory.
    let residentBytes: Int?
    let openFiles: Int?
    let mostFiles: Int?
    /// Seconds of processors, all threads together.
    let processorSeconds: Double?

    /// As they are now.
    init() {
        residentBytes = Self.residentPages.map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) }
        openFiles = Self.descriptors
        mostFiles = OpenFiles.most
        var time = timespec()
        processorSeconds =
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0
            ? Double(time.tv_sec) + Double(time.tv_nsec) / 1e9 : nil
    }

    private static var residentPages: Int? {
        let words = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        guard let words, words.count > 1 else { return nil }
        return Int(words[1])
    }

    /// Without the one that is open to count them.
    private static var descriptors: Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // The folder itself, and the one above it.
        return count - 3
    }
}
