import Settlement
import Testing

@Suite("Exact amounts")
struct RoundingTests {
    @Test(
        "A half rounds to the even unit, on both sides of zero",
        arguments: [
            (1, "0.005", 0), (3, "0.005", 2), (5, "0.005", 2), (7, "0.005", 4), (1, "0.0051", 1),
            (1, "0.0049", 0),
            (1_000_000_000, "1000000", 100_000_000_000_000_000),
        ] as [(Int64, String, Int128)])
    func halfEven(points: Int64, price: String, minor: Int128) throws {
        let exact = ExactAmount(Points(points), at: try #require(Price(price)), minorPerMajor: 100)
        #expect(exact.roundedHalfEven == minor)
        #expect((-exact).roundedHalfEven == -minor)
    }

    @Test(
        "Print in shortest form, with a sign only when negative",
        arguments: [
            (15, "0.01", "0.333333", "4.999995"), (1, "0.000001", "0.000001", "0.0000000001"),
            (0, "1", "1", "0"),
            (12, "1", "1", "1200"),
        ])
    func text(points: Int, price: String, share: String, text: String) throws {
        let exact = ExactAmount(
            Points(Int64(points)), at: try #require(Price(price)), share: try #require(Fraction(share)),
            minorPerMajor: 100)
        #expect(exact.description == text)
        #expect((-exact).description == (text == "0" ? "0" : "-" + text))
    }
}
