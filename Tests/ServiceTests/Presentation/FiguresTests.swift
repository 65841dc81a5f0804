import Testing

@testable import Service

@Suite("Figures and tables for people")
struct FiguresTests {
    @Test(
        "Money has its currency's digits, thousands apart",
        arguments: [
            (0, 2, "0.00"), (5, 2, "0.05"), (-5, 2, "-0.05"), (-123_456, 2, "-1,234.56"),
            (100_000, 2, "1,000.00"),
            (1_234_567, 0, "1,234,567"), (-999, 0, "-999"), (1, 3, "0.001"), (1_000_000, 3, "1,000.000"),
            (99, 1, "9.9"), (Int64.max, 2, "92,233,720,368,547,758.07"),
            (Int64.min, 2, "-92,233,720,368,547,758.08"),
        ] as [(Int64, Int, String)])
    func money(minorUnits: Int64, exponent: Int, text: String) {
        #expect(Figures.money(minorUnits, exponent: exponent) == text)
    }

    @Test("Counts have their thousands apart")
    func counts() {
        #expect(
            [0, 999, 1_000, -12_345, 1_000_000].map { Figures.count($0) } == [
                "0", "999", "1,000", "-12,345", "1,000,000",
            ])
    }

    @Test("Columns are aligned, empty ones left out, and no line ends with a space")
    func table() {
        var table = TextTable(.left("name"), .left("empty"), .right("points"), .left("note"))
        table.add("a", "", "5", "first")
        table.add("long", "", "1,000", "")
        table.sum("all", "", "1,005", "")
        #expect(
            table.lines == [
                "  name  points  note",
                "  a          5  first",
                "  long   1,000",
                "  ----  ------  -----",
                "  all    1,005",
            ])
    }
}
