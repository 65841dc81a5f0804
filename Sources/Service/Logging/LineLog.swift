import Foundation
public import Logging
import Settlement
import Signing
import Synchronization

/// Writes one line an event on standard error: text for people, JSON for machines.
///
/// A line is one write(2), so lines of several threads never mix.
public struct LineLog: LogHandler {
    /// That of all loggers with the same threshold, unless this one was given its own.
    public var logLevel: Logger.Level {
        get { own ?? threshold.level }
        set { own = newValue }
    }
    private var own: Logger.Level?
    private let threshold: LogThreshold
    private let isForJournal: Bool
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private let format: DaemonConfiguration.LogFormat
    private let write: @Sendable ([UInt8]) -> Void

    /// `write` takes a line with its line end; standard error when nothing else is said. `isForJournal`: each line of
    /// text begins with its priority as syslog(3) counts them, in angle brackets, which the journal takes off again.
    public init(
        threshold: LogThreshold, format: DaemonConfiguration.LogFormat, isForJournal: Bool = false,
        write: @escaping @Sendable ([UInt8]) -> Void = standardError
    ) {
        self.threshold = threshold
        self.format = format
        self.isForJournal = isForJournal
        self.write = write
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var facts = metadata
        if let provided = metadataProvider?.get() { facts.merge(provided) { _, new in new } }
        if let explicit = event.metadata { facts.merge(explicit) { _, new in new } }
        if let error = event.error { facts["error"] = "\(error)" }
        let pairs = facts.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
        let time = WallClock.system.now.text(offsetSeconds: 0, milliseconds: true)
        var line =
            switch format {
            case .text: text(event, time, pairs)
            case .json: json(event, time, pairs)
            }
        line.append(UInt8(ascii: "\n"))
        write(line)
    }

    private func text(_ event: LogEvent, _ time: String, _ pairs: [(String, String)]) -> [UInt8] {
        var line = "\(time) \(event.level.rawValue) \(event.message)"
        for (key, value) in pairs { line += " \(key)=\(Self.cell(value))" }
        return Array(((isForJournal ? event.level.priority : "") + PlainText.of(line)).utf8)
    }

    /// A value as it is, or in quotes where it could be taken for more than one.
    private static func cell(_ value: String) -> String {
        let isPlain = value.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "\"" && $0 != "=" }
        guard !isPlain || value.isEmpty else { return value }
        let escaped = value.replacingOccurrences(of: "\\", with: "\\\\")
            .replacingOccurrences(of: "\"", with: "\\\"")
        return "\"\(escaped)\""
    }

    private func json(_ event: LogEvent, _ time: String, _ pairs: [(String, String)]) -> [UInt8] {
        var json = CanonicalJSON()
        json.object { object in
            object.member("time", time)
            object.member("level", event.level.rawValue)
            object.member("message", "\(event.message)")
            for (key, value) in pairs { object.member(key, value) }
        }
        return json.bytes
    }

    /// Writes to standard error; there is nowhere left to say that this fails.
    public static let standardError: @Sendable ([UInt8]) -> Void = { bytes in
        _ = bytes.withUnsafeBytes { Foundation.write(2, $0.baseAddress, $0.count) }
    }
}

/// From which level on lines are written; may be changed at any time, of all loggers that have it.
public final class LogThreshold: Sendable {
    private let state: Mutex<Logger.Level>

    public init(_ level: Logger.Level) { state = Mutex(level) }

    public var level: Logger.Level { state.withLock { $0 } }

    public func change(to level: Logger.Level) { state.withLock { $0 = level } }
}

extension Logger {
    /// The daemon's logger. Where standard error goes to systemd's journal, as the variable `JOURNAL_STREAM` says, lines
    /// of text tell it how grave they are.
    public static func daemon(
        _ format: DaemonConfiguration.LogFormat, _ threshold: LogThreshold, environment: [String: String]
    ) -> Logger {
        let isForJournal = !(environment["JOURNAL_STREAM"] ?? "").isEmpty
        return Logger(label: "settled") { _ in
            LineLog(threshold: threshold, format: format, isForJournal: isForJournal)
        }
    }
}

extension Logger.Level {
    /// `<3>` for errors … `<7>` for what only those want who look for faults.
    fileprivate var priority: String {
        switch self {
        case .trace, .debug: "<7>"
        case .info: "<6>"
        case .notice: "<5>"
        case .warning: "<4>"
        case .error, .critical: "<3>"
        }
    }
}
