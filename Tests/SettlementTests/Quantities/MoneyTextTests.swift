import Settlement
import Testing

@Suite("Amounts that people type")
struct MoneyTextTests {
    private let euro = Currency(code: "EUR", exponent: 2)
    private let yen = Currency(code: "JPY", exponent: 0)
    private let dinar = Currency(code: "KWD", exponent: 3)

    @Test("They are major units with all digits of the minor unit")
    func read() {
        #expect(euro.money("1234.50") == Money(123_450) && euro.money("-0.01") == Money(-1))
        #expect(euro.money("0.00") == .zero && euro.money("10000000000000.00") == Money(Money.maximum))
        #expect(yen.money("1234") == Money(1234) && yen.money("-7") == Money(-7))
        #expect(
            dinar.money("1.005") == Money(1005) && dinar.money("1000000000000.000") == Money(Money.maximum))
        #expect(
            euro.moneyExample == "1234.50" && yen.moneyExample == "1234" && dinar.moneyExample == "1234.500")
    }

    @Test(
        "Anything else is none, so that minor units are never taken for major ones",
        arguments: [
            "", "-", "5", "1234", "1.5", "1.505", ".50", "5.", "01.00", "+1.00", "1,00", "1 000.00", "1e2",
            "--1.00",
            "-0.00", "1.00.00", "10000000000000.01", "99999999999999999999.00", "٣.٠٠",
        ])
    func refused(text: String) { #expect(euro.money(text) == nil) }

    @Test("An amount in yen has no digits behind a point")
    func whole() { #expect(yen.money("12.50") == nil && yen.money("12.") == nil && yen.money("-0") == nil) }
}
