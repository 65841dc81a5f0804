import Foundation
import Logging
import Service
import Settlement
import Synchronization
import Testing

@Suite("Log lines and the clock")
struct LoggingTests {
    /// What was written.
    final class Lines: Sendable {
        private let bytes = Mutex<[UInt8]>([])
        func append(_ line: [UInt8]) { bytes.withLock { $0 += line } }
        var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }
    }

    private func logger(
        _ lines: Lines, _ format: DaemonConfiguration.LogFormat, isForJournal: Bool = false,
        threshold: LogThreshold = LogThreshold(.info)
    ) -> Logger {
        Logger(label: "test") { _ in
            LineLog(threshold: threshold, format: format, isForJournal: isForJournal) { lines.append($0) }
        }
    }

    @Test("For the journal each line of text begins with how grave it is, and none of JSON")
    func priorities() {
        let levels: [(Logger.Level, String)] = [
            (.trace, "<7>"), (.debug, "<7>"), (.info, "<6>"), (.notice, "<5>"), (.warning, "<4>"),
            (.error, "<3>"), (.critical, "<3>"),
        ]
        for (level, priority) in levels {
            let (lines, plain, json) = (Lines(), Lines(), Lines())
            let all = LogThreshold(.trace)
            logger(lines, .text, isForJournal: true, threshold: all).log(level: level, "a\n<0>b")
            logger(plain, .text, threshold: all).log(level: level, "a")
            logger(json, .json, isForJournal: true, threshold: all).log(level: level, "a")
            #expect(
                lines.text.hasPrefix(priority + "2") && lines.text.hasSuffix(" a <0>b\n"), "\(lines.text)")
            #expect(plain.text.hasPrefix("2") && json.text.hasPrefix("{"))
        }
    }

    @Test("The threshold changes what all its loggers write, but for one that has its own level")
    func threshold() {
        let lines = Lines()
        let threshold = LogThreshold(.warning)
        let logger = logger(lines, .text, threshold: threshold)
        var other = logger
        other.logLevel = .error
        logger.info("no")
        threshold.change(to: .info)
        logger.info("yes")
        other.info("never")
        #expect(lines.text.hasSuffix("info yes\n") && !lines.text.contains("no"), "\(lines.text)")
    }

    @Test("An event is one line, whatever its texts hold")
    func oneLine() {
        let lines = Lines()
        let logger = logger(lines, .text)
        logger.info("a\nb", metadata: ["key": "c\r\nd"])
        logger.debug("not said")
        #expect(lines.text.filter { $0 == "\n" }.count == 1)
        #expect(lines.text.contains(" info a b key=\"c  d\"\n"))
    }

    @Test("A name that a peer chose is one value, and moves no cursor")
    func forged() {
        let lines = Lines()
        let logger = logger(lines, .text)
        logger.info(
            "refused", metadata: ["file": "x code=ok", "other": "\u{9B}2J\u{202E}\"\\a\u{7F}", "plain": "é1"])
        #expect(
            lines.text.hasSuffix(#" info refused file="x code=ok" other=" 2J \"\\a " plain=é1"# + "\n"),
            "\(lines.text)")
    }

    @Test("A name alone forges no second value")
    func equals() {
        let lines = Lines()
        logger(lines, .text).info("refused", metadata: ["file": "a=b", "empty": ""])
        #expect(lines.text.hasSuffix(#" info refused empty="" file="a=b""# + "\n"), "\(lines.text)")
    }

    @Test("JSON lines can be read back")
    func json() throws {
        let lines = Lines()
        logger(lines, .json).warning("a \"b\"\n", metadata: ["key": "\u{1}"])
        let json = try members(Array(lines.text.utf8))
        #expect(json["level"] as? String == "warning")
        #expect(json["message"] as? String == "a \"b\"\n")
        #expect(json["key"] as? String == "\u{1}")
        #expect((json["time"] as? String).flatMap { Instant(rfc3339: $0) } != nil)
    }

    @Test("A clock that is set shows that instant and runs on; one that stands does not")
    func clock() {
        let start = instant("2030-01-01T00:00:00Z")
        let running = WallClock.running(from: start)
        #expect(running.now >= start && running.now < start.advanced(byHours: 1))
        let before = running.now
        while running.now == before {}
        #expect(running.now > before)
        #expect(WallClock.standing(at: start).now == start)
    }
}
