import Service
import Settlement
import Testing

@testable import Service

@Suite("Unusual activity")
struct UnusualFactorTests {
    private func isUnusual(_ activity: Int64, _ earlier: [Int64], factor: String = "3") throws -> Bool {
        try #require(UnusualFactor(setting: factor)).findsUnusual(activity, after: earlier)
    }

    @Test("More than so many times the average is unusual, and less than that part of it")
    func size() throws {
        #expect(try !isUnusual(300, [100, 100, 100]))
        #expect(try isUnusual(301, [100, 100, 100]))
        #expect(try !isUnusual(34, [100, 100, 100]))
        #expect(try isUnusual(33, [100, 100, 100]))
        #expect(try isUnusual(0, [100, 100, 100]))
        #expect(try !isUnusual(-300, [-80, -120, -100]))
        #expect(try isUnusual(-301, [-80, -120, -100]))
        #expect(try isUnusual(1, [0, 0, 0]) && !isUnusual(0, [0, 0, 0]))
        #expect(
            try isUnusual(151, [100, 100, 100], factor: "1.5")
                && !isUnusual(150, [100, 100, 100], factor: "1.5"))
    }

    @Test("So is a turn against all periods before, not against some")
    func turn() throws {
        #expect(try isUnusual(100, [-100, -100, -100]))
        #expect(try !isUnusual(100, [-100, 100, -100]))
        #expect(try !isUnusual(0, [1, -1, 0]) || isUnusual(0, [1, -1, 0]))
    }

    @Test("Fewer than three periods tell nothing, nor does any with 0")
    func silence() throws {
        #expect(try !isUnusual(1_000, [1, 1]))
        #expect(try !isUnusual(1_000, [1, 1, 1], factor: "0"))
        #expect(try isUnusual(.min, [.max, .max, .max]))
    }

    @Test("A factor is a decimal from 1 to 1000, or 0")
    func factors() {
        for text in ["0.5", "-1", "1001", "", "x", "1e1"] {
            #expect(UnusualFactor(setting: text) == nil, "\(text)")
        }
        for text in ["0", "1", "2.25", "1000"] { #expect(UnusualFactor(setting: text)?.description == text) }
    }

    @Test("The average is rounded half to even")
    func average() {
        #expect(UnusualFactor.average([1, 2]) == 2 && UnusualFactor.average([2, 3]) == 2)
        #expect(UnusualFactor.average([-1, -2]) == 2 && UnusualFactor.average([-2, -3]) == 2)
        #expect(UnusualFactor.average([1, 1, 2]) == 1 && UnusualFactor.average([.max, .max]) == .max)
    }
}
