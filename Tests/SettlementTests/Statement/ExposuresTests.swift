import Settlement
import Testing

@Suite("Exposures")
struct ExposuresTests {
    private let closing = """
        {"positions":[{"merchant":"M","activity":1,"closing":-300},{"merchant":"N","activity":0,"closing":50}],\
        "liability":[{"issuer":"M","funding":"redemption","price":"0.01","expires":null,"points":4000,"value":40},\
        {"issuer":"M","funding":"redemption","price":"0.02","expires":"2026-03","points":100,"value":2},\
        {"issuer":"M","funding":"issue","price":"0.02","expires":null,"points":100000,"value":2000},\
        {"issuer":"N","funding":"redemption","price":"0.01","expires":null,"points":3000,"value":30}]}
        """

    private func alliance(limit: Int64?) -> Alliance {
        let merchant = Merchant(
            id: MerchantID("M")!, name: "M", exposureLimit: limit.map { Money($0) },
            terms: SampleAlliance.m.terms)
        return SampleAlliance.alliance().with(merchants: [merchant], campaigns: [], items: [])
    }

    @Test("It is minus the balance, and the value of open points that are paid for when they are spent")
    func amounts() throws {
        let exposures = try #require(Exposures(closing: Array(closing.utf8)))
        #expect(exposures[MerchantID("M")!] == Money(342))
        #expect(exposures[MerchantID("N")!] == Money(-20))
        #expect(exposures[MerchantID("O")!] == .zero)
    }

    @Test("Beyond its limit is who is exposed for more than it; without a limit nobody is")
    func limits() throws {
        let exposures = try #require(Exposures(closing: Array(closing.utf8)))
        #expect(exposures.beyondLimits(of: alliance(limit: 342)).isEmpty)
        #expect(exposures.beyondLimits(of: alliance(limit: nil)).isEmpty)
        let excess = try #require(exposures.beyondLimits(of: alliance(limit: 341)).first)
        #expect(excess.merchant.text == "M" && excess.exposure == Money(342) && excess.limit == Money(341))
    }

    @Test("A limit is within 0 and 10^15, and a change of it is told and may always be made")
    func changes() {
        #expect(alliance(limit: -1).problems.map(\.path) == ["merchants[M].exposure_limit"])
        #expect(alliance(limit: Money.maximum + 1).problems.count == 1)
        #expect(alliance(limit: 0).problems.isEmpty)
        let change = AllianceChange(
            from: alliance(limit: nil), to: alliance(limit: 7),
            standing: .init(earliestOpen: 3, hasRecords: true))
        #expect(change.lines == ["+ merchants[M].exposure_limit: 7"] && change.refusals.isEmpty)
    }

    @Test("Sums beyond 64 bits stand at their end, and other bytes are none of a closing")
    func extremes() throws {
        let huge = closing.replacing("-300", with: "-9223372036854775808")
        #expect(try #require(Exposures(closing: Array(huge.utf8)))[MerchantID("M")!].minorUnits == .max)
        for broken in [
            "", "{}", "[]", closing.replacing("50", with: "null"), closing.replacing("\"N\"", with: "1"),
        ] {
            #expect(Exposures(closing: Array(broken.utf8)) == nil, "\(broken)")
        }
    }
}
