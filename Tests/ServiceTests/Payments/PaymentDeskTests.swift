import Service
import Settlement
import Store
import Testing

@Suite("Payment runs against the signed closing")
struct PaymentDeskTests {
    private static let ana = Person(PersonName("ana")!)

    /// January has closed, with nothing open.
    private func estate() throws -> (estate: Estate, desk: PaymentDesk, closing: StoredClosing) {
        let estate = try Estate()
        try PeriodCloser(store: estate.open.store, signer: estate.open.signer)
            .close(0, at: Estate.received, forced: true)
        let closing = try #require(try estate.open.store.closing(of: 0))
        return (estate, PaymentDesk(try ReadingDesk(estate.open.folder)), closing)
    }

    private func export(_ desk: PaymentDesk) throws -> [UInt8] {
        try desk.export(
            "2026-01", .table, version: nil, again: false, by: Self.ana, at: Estate.received)
    }

    @Test(
        "A run that is not of the signed closing is neither shown nor given out",
        arguments: [
            (isOfClosing: false, merchants: ["M", "N"], balance: 0, amount: 0),
            (isOfClosing: true, merchants: ["M", "N"], balance: 100, amount: 100),
            (isOfClosing: true, merchants: ["M", "N"], balance: 0, amount: 100),
            (isOfClosing: true, merchants: ["M"], balance: 0, amount: 0),
        ])
    func forged(isOfClosing: Bool, merchants: [String], balance: Int64, amount: Int64) throws {
        let (estate, desk, closing) = try estate()
        _ = try estate.open.store.makePaymentRun(
            of: 0, closing: isOfClosing ? closing.digest : "sha256:x",
            balances: merchants.map { (MerchantID($0)!, Money(balance)) }, by: Self.ana, at: Estate.received,
            plan: { _ in
                { open in
                    PaymentItem(
                        open: open, amount: Money(amount), method: .byHand, due: LocalDate("2026-02-14")!)
                }
            })
        for body in [
            { _ = try desk.preview("2026-01", calendar: nil, at: Estate.received) },
            { _ = try export(desk) },
        ] {
            let trouble = #expect(throws: StoreTrouble.self) { try body() }
            #expect(trouble?.isDamage == true && trouble?.attempt == "read payment_runs, row 1")
        }
        #expect(try estate.open.store.paymentRuns()[0].files.isEmpty)
    }

    @Test("One that is of it is")
    func proven() throws {
        let (estate, desk, closing) = try estate()
        _ = try desk.make("2026-01", calendar: nil, by: Self.ana, at: Estate.received)
        let text = try desk.preview("2026-01", calendar: nil, at: Estate.received).text
        #expect(text.hasPrefix("payment run 1 of 2026-01, made by ana"))
        let refusal = #expect(throws: PaymentRefusal.self) { _ = try export(desk) }
        #expect(refusal?.code == .nothingToExport)
        #expect(try estate.open.store.paymentRuns()[0].closingDigest == closing.digest)
    }
}
