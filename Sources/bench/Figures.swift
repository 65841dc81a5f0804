import Foundation

/// Prints one JSON object, its members by name.
func report(_ figures: [String: Any]) throws {
    let data = try JSONSerialization.data(withJSONObject: figures, options: [.sortedKeys])
    print(String(decoding: data, as: UTF8.self))
}

/// Seconds that the work takes.
func seconds(_ work: () throws -> Void) rethrows -> Double {
    let span = try ContinuousClock().measure { try work() }
    return Double(span.components.seconds) + Double(span.components.attoseconds) / 1e18
}

/// What this process has written to the device so far, in bytes; 0 where the system does not tell.
func bytesWritten() -> Int {
    guard let text = try? String(contentsOfFile: "/proc/self/io", encoding: .utf8) else { return 0 }
    for line in text.split(separator: "\n") where line.hasPrefix("write_bytes: ") {
        return Int(line.dropFirst("write_bytes: ".count)) ?? 0
    }
    return 0
}

/// The most memory this process has had, in bytes; 0 where the system does not tell.
func peakMemory() -> Int {
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return 0 }
    for line in text.split(separator: "\n") where line.hasPrefix("VmHWM:") {
        return (line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1_024
    }
    return 0
}

/// Starts counting the peak anew, so that what came before does not hide what is measured.
func resetPeakMemory() {
    try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
}

/// Seconds of processor time that this process has used so far, all its threads together.
func processorSeconds() -> Double {
    var usage = rusage()
    guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
    return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
}
