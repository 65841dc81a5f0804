import Testing

/// What a till that books all its sales on one member sends. Nothing is timed: a close that takes the square
/// of a member's records would hold up this run for minutes.
@Suite("A member of very many records")
struct ManyRecordsTests {
    private static let count = 20_000

    private static func time(_ seconds: Int) -> String {
        let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60)
        return [hour, minute, second].map { ($0 < 10 ? "0" : "") + "\($0)" }.joined(separator: ":")
    }

    @Test("Points are given back one by one to as many lots")
    func givenBack() throws {
        var lines = (0..<Self.count).map { "01-05T\(Self.time($0)) M earn e\($0) 1" }
        lines.append("01-06T00:00:00 N redeem r \(Self.count)")
        lines += (0..<Self.count).map { "01-07T\(Self.time($0)) N redeem_reversal v\($0) 1 ref=r" }
        let told = Scenario(lines.joined(separator: "\n")).settled()
        #expect(told.contains("v0 settled; restoration 1 M/e\(Self.count - 1)\n"))
        #expect(told.contains("v\(Self.count - 1) settled; restoration 1 M/e0\n"))
    }

    @Test("Earns are taken back newest first, and leave as many debts when they were spent")
    func takenBack() throws {
        var lines = (0..<Self.count).map { "01-05T\(Self.time($0)) M earn e\($0) 1" }
        lines.append("01-06T00:00:00 N redeem r \(Self.count / 2)")
        lines += (0..<Self.count).map {
            "01-07T\(Self.time($0)) M earn_reversal v\($0) 1 ref=e\(Self.count - 1 - $0)"
        }
        lines.append("01-08T00:00:00 M earn f \(Self.count)")
        let told = Scenario(lines.joined(separator: "\n")).settled()
        #expect(told.contains("v0 settled; recovery 1 M/e\(Self.count - 1)\n"))
        #expect(told.hasSuffix("left: M/f \(Self.count / 2)"))
    }
}
