import Foundation
import Settlement

/// The time zones of the machine that runs the tests.
enum MachineZones {
    private static let folder = URL(fileURLWithPath: "/usr/share/zoneinfo")

    static func tzif(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
    }

    static func rules(_ name: String) throws -> ZoneRules { try ZoneRules(name: name, tzif: tzif(name)) }

    /// The version of the tz database, as `2025b`; nil where the machine does not say.
    static var version: String? {
        guard let text = try? String(contentsOf: folder.appendingPathComponent("tzdata.zi"), encoding: .utf8),
            let line = text.split(separator: "\n").first, line.hasPrefix("# version ")
        else { return nil }
        return String(line.dropFirst("# version ".count))
    }
}

/// Builds TZif files for tests: no first block to speak of, a second one, a footer.
struct TZifBytes {
    var version = UInt8(ascii: "2")
    var offsets: [Int32] = [0]
    var changes: [(at: Int64, type: UInt8)] = []
    var leapSeconds = 0
    var footer = "UTC0"

    var bytes: [UInt8] {
        var bytes = header(times: 0, types: 1, leaps: 0) + [0, 0, 0, 0, 0, 0] + [0, 0, 0, 0]
        bytes += header(times: changes.count, types: offsets.count, leaps: leapSeconds)
        for change in changes { bytes += bigEndian(UInt64(bitPattern: change.at), 8) }
        bytes += changes.map(\.type)
        for offset in offsets { bytes += bigEndian(UInt64(UInt32(bitPattern: offset)), 4) + [0, 0] }
        bytes += Array("XXX".utf8) + [0]
        bytes += [UInt8](repeating: 0, count: leapSeconds * 12)
        return bytes + Array("\n\(footer)\n".utf8)
    }

    private func header(times: Int, types: Int, leaps: Int) -> [UInt8] {
        let counts = [0, 0, leaps, times, types, 4].flatMap { bigEndian(UInt64($0), 4) }
        return Array("TZif".utf8) + [version] + [UInt8](repeating: 0, count: 15) + counts
    }

    private func bigEndian(_ number: UInt64, _ width: Int) -> [UInt8] {
        (0..<width).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
}
