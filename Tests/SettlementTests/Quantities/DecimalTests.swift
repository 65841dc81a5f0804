import Settlement
import Testing

@Suite("Decimals")
struct DecimalTests {
    @Test(
        "What is no plain decimal of at most six places is none, of any kind",
        arguments: [
            "", " ", ".", "-", "+", "01", "00", "00.1", "-01", ".5", "1.", "0.", "+1", "-1", "-0", "1e2",
            "1E2", " 1", "1 ", "1\n", "1.0000001", "0.0000000", "1.2.3", "1..2", "1,5", "1_000", "0x1", "NaN",
            "inf", "٣", "１", "½", "0.1\u{0}", "1000000000000000000000000", "999999999999999999999",
        ])
    func malformed(text: String) {
        #expect(Price(text) == nil)
        #expect(Fraction(text) == nil)
        #expect(PointsPerUnit(text) == nil)
    }

    @Test(
        "A decimal is a number, and prints in its shortest form",
        arguments: [
            ("0", 0, "0"), ("0.0", 0, "0"), ("0.000000", 0, "0"), ("1", 1_000_000, "1"),
            ("1.0", 1_000_000, "1"), ("1.000000", 1_000_000, "1"), ("0.1", 100_000, "0.1"),
            ("0.10", 100_000, "0.1"), ("0.100000", 100_000, "0.1"), ("0.000001", 1, "0.000001"),
            ("0.000010", 10, "0.00001"), ("0.999999", 999_999, "0.999999"), ("0.5", 500_000, "0.5"),
        ] as [(String, Int64, String)])
    func number(text: String, millionths: Int64, shortest: String) throws {
        let (price, fraction) = (try #require(Price(text)), try #require(Fraction(text)))
        let limit = try #require(PointsPerUnit(text))
        #expect(
            [price.millionths, fraction.millionths, limit.millionths] == [millionths, millionths, millionths])
        #expect(
            [price.description, fraction.description, limit.description] == [shortest, shortest, shortest])
        #expect(Price(price.description) == price && Fraction(fraction.description) == fraction)
    }

    @Test("Prices are 0 to 1,000,000, and so are points per unit")
    func prices() {
        #expect(Price("1000000")?.millionths == 1_000_000_000_000)
        #expect(Price("1000000.000000")?.description == "1000000")
        #expect(Price("999999.999999")?.description == "999999.999999")
        #expect(Price("12.340000")?.description == "12.34")
        #expect(Price("100")?.description == "100")
        #expect(PointsPerUnit("1000000")?.millionths == 1_000_000_000_000)
        for text in ["1000000.000001", "1000001", "9999999", "999999999999", "9999999999999"] {
            #expect(Price(text) == nil && PointsPerUnit(text) == nil, "\(text)")
        }
    }

    @Test("Fractions are 0 to 1")
    func fractions() {
        #expect(Fraction("1") == Fraction(millionths: 1_000_000))
        #expect(Fraction("0") == .zero)
        for text in ["1.000001", "1.1", "2", "10", "100"] { #expect(Fraction(text) == nil, "\(text)") }
    }

    @Test("They compare as numbers, not as text")
    func order() throws {
        let texts = ["0", "0.000001", "0.09", "0.1", "0.95", "1", "2", "10", "100.5", "1000000"]
        let prices = try texts.map { try #require(Price($0)) }
        #expect(prices.shuffled().sorted() == prices)
        #expect(Price("0.10") == Price("0.1"))
        #expect(Set([Price("0.10"), Price("0.1"), Price("0.100")]).count == 1)
    }
}
