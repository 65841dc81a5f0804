import Testing

@testable import Settlement

@Suite("Figures read back from a row of DETAILS.csv")
struct RowFiguresTests {
    private func figures(_ text: String) -> LineSums.Sum? {
        let space = RowSpace()
        return withExtendedLifetime(space) {
            var row = RowText(in: space)
            row.text(text)
            return row.lastFigures()
        }
    }

    @Test(
        "Its last two cells are points and minor units",
        arguments: [
            ("movement,,7,0\n", 7, 0), (",7,-1.5\n", 7, -1_500_000_000_000), (",3,0.000000000001\n", 3, 1),
            (
                ",1000000000,-1000000000000000000.25\n", 1_000_000_000,
                -1_000_000_000_000_000_000_250_000_000_000
            ),
        ] as [(String, Int64, Int128)])
    func read(_ text: String, _ points: Int64, _ parts: Int128) {
        let found = figures(text)
        #expect(found?.points == Int128(points))
        #expect(found?.exact.parts == parts)
    }

    @Test(
        "What are no such figures is not taken for any",
        arguments: [
            "", "\n", ",,\n", ",7,\n", ",7,-\n", "7,1\n", ",7,1", ",7,1.\n", ",7,.5\n",
            ",7,1.0000000000001\n",
            ",-7,1\n", ",7,x\n", ",x,1\n", ",7,1 \n", ",7,10000000000000000000\n",
        ])
    func others(_ text: String) { #expect(figures(text) == nil) }
}
