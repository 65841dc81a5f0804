import Testing

@testable import Service

@Suite("Columns of a terminal")
struct DisplayWidthTests {
    @Test(
        "East Asian characters and emoji take two columns, marks none",
        arguments: [
            ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("对账单", 6), ("ｶﾅ", 2), ("カナ", 4), ("한글", 4),
            ("\u{1112}\u{1161}\u{11AB}", 2), ("Ａ１", 4), ("（、）", 6), ("€ × −", 5), ("🍞", 2), ("👩‍🍳", 2),
            ("🇩🇪", 2), ("☺\u{FE0F}", 2), ("𠮷", 2), ("ä积b", 4), ("\u{200B}", 0), ("…", 1),
        ])
    func widths(text: String, columns: Int) {
        #expect(DisplayWidth.columns(text) == columns, "\(text)")
    }

    @Test("The table of wide characters is in order and leaves gaps where it should")
    func table() {
        #expect(DisplayWidth.wide.count == 51)
        for (one, next) in zip(DisplayWidth.wide, DisplayWidth.wide.dropFirst()) {
            #expect(one.upperBound + 1 < next.lowerBound)
        }
        #expect(DisplayWidth.columns("\u{303F}") == 1)
        #expect(DisplayWidth.columns("\u{4DC0}") == 1)
    }

    @Test("Columns of both scripts are aligned by what is shown")
    func aligned() {
        var table = TextTable(.left("项目"), .right("金额"))
        table.add("发放积分", "-0.45")
        table.add("vat", "1,000.00")
        #expect(
            table.lines == [
                "  项目          金额",
                "  发放积分     -0.45",
                "  vat       1,000.00",
            ])
    }
}
