import Settlement
import Testing

/// One rule of rulebook §5 each: a member's records above, what becomes of them below.
@Suite("A member's points")
struct ScenarioTests {
    @Test("Lots are consumed by expiry, then time, then issuer, reporter and id")
    func consumption() {
        let scenario = Scenario(
            """
            01-05T10:00:00 M earn b 10
            01-05T10:00:00 M earn a 10
            01-05T10:00:00 P earn c 10 campaign=c
            01-04T10:00:00 M opening o 5 expires=2026-01-20
            01-06T10:00:00 P redeem r 28
            """)
        #expect(
            scenario.settled() == """
                2026-01
                o settled; issue 5 M/o
                a settled; issue 10 M/a
                b settled; issue 10 M/b
                c settled; issue 10 P/c
                r settled; allocation 5 M/o; allocation 10 M/a; allocation 10 M/b; allocation 3 P/c
                left: P/c 7
                """)
    }

    @Test("A redemption that finds too little takes nothing, is tried again, and is refused in the end")
    func unfunded() {
        let scenario = Scenario(
            """
            01-05T10:00:00 M earn a 30
            01-06T10:00:00 N redeem r 40
            """)
        #expect(
            scenario.settled(further: 1) == """
                2026-01
                a settled; issue 30 M/a
                r pending insufficient_points
                left: M/a 30
                2026-02
                r refused insufficient_points
                left: M/a 30
                """)
    }

    @Test("A purchase's points never pay for that same purchase")
    func samePurchase() {
        let scenario = Scenario(
            """
            01-05T10:00:00 M earn a 30
            01-05T10:00:00 M redeem r 30
            """,
            alliance: .sample(carry: 0))
        #expect(
            scenario.settled() == """
                2026-01
                r refused insufficient_points
                a settled; issue 30 M/a
                left: M/a 30
                """)
    }

    @Test("A debt takes at once, then from what later lots gain, and leaves other issuers' points alone")
    func debt() {
        let scenario = Scenario(
            """
            01-05T10:00:00 M earn a 100
            01-05T11:00:00 P earn p 5
            01-06T10:00:00 N redeem r 100
            01-07T10:00:00 M earn b 30
            01-08T10:00:00 M earn_reversal v 100 ref=a
            01-09T10:00:00 M earn c 90
            """)
        #expect(
            scenario.settled() == """
                2026-01
                a settled; issue 100 M/a
                p settled; issue 5 P/p
                r settled; allocation 100 M/a
                b settled; issue 30 M/b
                v settled; debt_recovery 30 M/b
                c settled; issue 90 M/c; debt_recovery 70 M/c
                left: P/p 5, M/c 20
                """)
    }

    @Test("With absorb the issuer bears what was spent")
    func absorb() {
        let scenario = Scenario(
            """
            01-05T10:00:00 M earn a 100
            01-06T10:00:00 N redeem r 80
            01-08T10:00:00 M earn_reversal v 100 ref=a
            01-09T10:00:00 M earn c 90
            01-10T10:00:00 N redeem_reversal w 30 ref=r
            """,
            alliance: .sample(shortfall: .absorb))
        #expect(
            scenario.settled() == """
                2026-01
                a settled; issue 100 M/a
                r settled; allocation 80 M/a
                v settled; recovery 20 M/a
                c settled; issue 90 M/c
                w settled; restoration 30 M/a
                left: M/a 30, M/c 90
                """)
    }

    @Test("Points given back to an expired lot expire at once and lessen the debts of that lot only")
    func restoredLessensDebt() {
        let scenario = Scenario(
            """
            01-05T10:00:00 M earn a 100
            01-06T10:00:00 N redeem r 100
            02-10T10:00:00 M earn_reversal v 100 ref=a
            02-11T10:00:00 N redeem_reversal w 70 ref=r
            02-12T10:00:00 M earn b 100
            """,
            alliance: .sample(months: 1))
        #expect(
            scenario.settled() == """
                2026-01
                a settled; issue 100 M/a
                r settled; allocation 100 M/a
                left: nothing
                2026-02
                v settled
                w settled; restoration 70 M/a; expiry 70 M/a
                b settled; issue 100 M/b; debt_recovery 30 M/b
                left: M/b 70
                """)
    }

    @Test("Expired points are neither recovered nor owed, and are met only once")
    func expiredNotOwed() {
        let scenario = Scenario(
            """
            01-05T10:00:00 M earn a 100
            01-06T10:00:00 N redeem r 60
            02-10T10:00:00 M earn_reversal v 50 ref=a
            02-11T10:00:00 M earn_reversal w 50 ref=a
            """,
            alliance: .sample(months: 1))
        #expect(
            scenario.settled() == """
                2026-01
                a settled; issue 100 M/a
                r settled; allocation 60 M/a
                left: M/a 40
                2026-02
                v settled
                w settled
                expiry 40 M/a
                left: nothing
                owed: M 10, M 50
                """)
    }

    @Test("A debt takes from each allocation given back before the next is")
    func debtBetweenAllocations() {
        let scenario = Scenario(
            """
            01-05T10:00:00 M earn a 10
            01-05T11:00:00 M earn b 10
            01-06T10:00:00 N redeem r 20
            01-07T10:00:00 M earn_reversal v 5 ref=a
            01-08T10:00:00 N redeem_reversal w 12 ref=r
            """)
        #expect(
            scenario.settled() == """
                2026-01
                a settled; issue 10 M/a
                b settled; issue 10 M/b
                r settled; allocation 10 M/a; allocation 10 M/b
                v settled
                w settled; restoration 10 M/b; debt_recovery 5 M/b; restoration 2 M/a
                left: M/a 2, M/b 5
                """)
    }

    @Test("Reversals dated before their original follow it directly, in their own order")
    func earlyReversals() {
        let scenario = Scenario(
            """
            01-10T10:00:00 M earn a 100
            01-09T10:00:00 M earn_reversal w 70 ref=a
            01-08T10:00:00 M earn_reversal v 40 ref=a
            01-10T10:00:01 N redeem r 60
            """)
        #expect(
            scenario.settled() == """
                2026-01
                a settled; issue 100 M/a
                v settled; recovery 40 M/a
                w refused exceeds_original
                r settled; allocation 60 M/a
                left: nothing
                """)
    }

    @Test("A reversal of an original of another type is a mismatch, wherever the original sorts")
    func mismatch() {
        let scenario = Scenario(
            """
            01-04T10:00:00 M redeem_reversal v 1 ref=a
            01-05T10:00:00 M earn a 10
            01-06T10:00:00 M earn_reversal w 1 ref=v
            01-07T10:00:00 M earn_reversal u 1 ref=zz
            """)
        #expect(
            scenario.settled(further: 1) == """
                2026-01
                v refused original_mismatch
                a settled; issue 10 M/a
                w refused original_mismatch
                u pending original_unknown
                left: M/a 10
                2026-02
                u refused original_unknown
                left: M/a 10
                """)
    }

    @Test("A reversal a month before its original waits for it and follows it")
    func reversalAPeriodEarly() {
        let scenario = Scenario(
            """
            01-20T10:00:00 M earn_reversal v 4 ref=a
            02-05T10:00:00 M earn a 10
            """)
        #expect(
            scenario.settled() == """
                2026-01
                v pending original_unknown
                left: nothing
                2026-02
                a settled; issue 10 M/a
                v settled; recovery 4 M/a
                left: M/a 6
                """)
    }

    @Test("A correction takes what there is, and what it took counts as spent")
    func correction() {
        let scenario = Scenario(
            """
            01-05T10:00:00 M earn a 30
            01-06T10:00:00 N correction k 40
            01-07T10:00:00 M earn_reversal v 30 ref=a
            01-08T10:00:00 M earn b 50
            """)
        #expect(
            scenario.settled() == """
                2026-01
                a settled; issue 30 M/a
                k short of 10; recovery 30 M/a
                v settled
                b settled; issue 50 M/b; debt_recovery 30 M/b
                left: M/b 20
                """)
    }

    @Test("An earn of no points makes no lot, and any reversal exceeds it")
    func zeroPoints() {
        let scenario = Scenario(
            """
            01-05T10:00:00 M earn a 0
            01-06T10:00:00 M earn_reversal v 1 ref=a
            """)
        #expect(
            scenario.settled() == """
                2026-01
                a settled
                v refused exceeds_original
                left: nothing
                """)
    }
}
