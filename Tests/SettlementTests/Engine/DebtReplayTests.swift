import Settlement
import Testing

/// Each debt with what paid it; all figures are worked out by hand from rulebook §5.
@Suite("The course of debts")
struct DebtReplayTests {
    /// A line a debt: when, by which reversal, of which lot, how much; what lessened it; what is owed still.
    private func courses(_ scenario: Scenario, further: Int = 0) -> [String] {
        let book = scenario.played(further: further).book
        var replay = DebtReplay()
        for (period, settled) in book.kept {
            let agrees = replay.add(settled, period: period, book.schedule)
            #expect(agrees)
        }
        #expect(replay.debts.filter { !$0.owed.isZero }.map(\.owed) == book.debts.map(\.points))
        let calendar = book.schedule.calendar
        return replay.debts.map { debt in
            let payments = debt.payments.map { payment in
                "\(calendar.period(payment.period).id) \(payment.points.count) "
                    + (payment.isTaken ? "\(payment.lot.merchant)/\(payment.lot.id)" : "given back")
                    + " by \(payment.cause.record.id)"
            }
            return "\(calendar.period(debt.period).id) \(debt.reversal.record.id) of \(debt.lot.id)"
                + " \(debt.points.count): " + (payments + ["owed \(debt.owed.count)"]).joined(separator: "; ")
        }
    }

    @Test("A debt takes what the issuer's other lots hold, and then what a later earn gives")
    func once() {
        // All 100 of a were spent: 30 are there in b, 70 of the 90 of c follow.
        let scenario = Scenario(
            """
            01-05T10:00:00 M earn a 100
            01-05T11:00:00 P earn p 5
            01-06T10:00:00 N redeem r 100
            01-07T10:00:00 M earn b 30
            01-08T10:00:00 M earn_reversal v 100 ref=a
            01-09T10:00:00 M earn c 90
            """)
        #expect(courses(scenario) == ["2026-01 v of a 100: 2026-01 30 M/b by v; 2026-01 70 M/c by c; owed 0"])
    }

    @Test("Debts are paid oldest first, one earn may pay two, and what is left is owed over the months")
    func oldestFirst() {
        // 60 of c are 50 for v and 10 for w; 15 of d leave 30 - 10 - 15 = 5 of w.
        let scenario = Scenario(
            """
            01-05T10:00:00 M earn a 50
            01-05T11:00:00 M earn b 40
            01-06T10:00:00 N redeem r 90
            01-08T10:00:00 M earn_reversal v 50 ref=a
            01-09T10:00:00 M earn_reversal w 30 ref=b
            02-03T10:00:00 M earn c 60
            02-04T10:00:00 N earn n 100
            03-04T10:00:00 M earn d 15
            """)
        #expect(
            courses(scenario, further: 1) == [
                "2026-01 v of a 50: 2026-02 50 M/c by c; owed 0",
                "2026-01 w of b 30: 2026-02 10 M/c by c; 2026-03 15 M/d by d; owed 5",
            ])
    }

    @Test("Of a reversal only what had been spent is a debt")
    func partly() {
        // 80 of 100 were spent: 20 are recovered, 80 owed, 50 of them paid in February.
        let scenario = Scenario(
            """
            01-05T10:00:00 M earn a 100
            01-06T10:00:00 N redeem r 80
            01-08T10:00:00 M earn_reversal v 100 ref=a
            02-03T10:00:00 M earn b 50
            """)
        #expect(courses(scenario) == ["2026-01 v of a 80: 2026-02 50 M/b by b; owed 30"])
    }

    @Test("Points given back to an expired lot lessen its debt, and the next earn pays the rest")
    func lessened() {
        // Points live a month: a expired on 6 February, with nothing in it. 70 come back, 30 are left for b.
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
            courses(scenario) == [
                "2026-02 v of a 100: 2026-02 70 given back by w; 2026-02 30 M/b by b; owed 0"
            ])
    }

    @Test("Points given back to a lot that is open pay too")
    func givenBack() {
        let scenario = Scenario(
            """
            01-05T10:00:00 M earn a 10
            01-05T11:00:00 M earn b 10
            01-06T10:00:00 N redeem r 20
            01-07T10:00:00 M earn_reversal v 5 ref=a
            02-08T10:00:00 N redeem_reversal w 12 ref=r
            """)
        #expect(courses(scenario) == ["2026-01 v of a 5: 2026-02 5 M/b by w; owed 0"])
    }

    @Test("A sponsor's points pay debts to the sponsor, whoever reported them")
    func sponsored() {
        // c is of the campaign of N: what P takes back of it is owed to N, and P's own points pay none of it.
        let scenario = Scenario(
            """
            01-05T10:00:00 P earn c 40 campaign=c
            01-06T10:00:00 M redeem r 40
            01-07T10:00:00 P earn_reversal v 40 ref=c
            01-08T10:00:00 P earn p 100
            01-09T10:00:00 M earn d 25 campaign=c
            """)
        #expect(courses(scenario) == ["2026-01 v of c 40: 2026-01 25 M/d by d; owed 15"])
    }

    @Test("With absorb nobody owes, and a refused or carried reversal leaves no debt")
    func none() {
        let absorbed = Scenario(
            """
            01-05T10:00:00 M earn a 100
            01-06T10:00:00 N redeem r 80
            01-08T10:00:00 M earn_reversal v 100 ref=a
            02-09T10:00:00 M earn c 90
            """,
            alliance: .sample(shortfall: .absorb))
        #expect(courses(absorbed).isEmpty)
        let refused = Scenario(
            """
            01-05T10:00:00 M earn a 100
            01-06T10:00:00 N redeem r 100
            01-07T10:00:00 M earn_reversal v 101 ref=a
            01-08T10:00:00 M earn_reversal w 10 ref=z
            02-09T10:00:00 M earn c 90
            """)
        #expect(courses(refused, further: 1).isEmpty)
    }

    @Test("What a close kept that its records do not come to is found")
    func changed() {
        let book = Scenario(
            """
            01-05T10:00:00 M earn a 100
            01-06T10:00:00 N redeem r 100
            01-08T10:00:00 M earn_reversal v 100 ref=a
            02-03T10:00:00 M earn b 60
            """
        ).played().book
        func isKept(_ change: (inout SettledMember) -> Void) -> [Bool] {
            var replay = DebtReplay()
            return book.kept.map { period, settled in
                var settled = settled
                if period == 1 { change(&settled) }
                return replay.add(settled, period: period, book.schedule)
            }
        }
        #expect(isKept { _ in } == [true, true])
        #expect(isKept { $0.movements.removeLast() } == [true, false])
        #expect(isKept { $0.outcomes[0] = .refused(.exceedsOriginal) } == [true, false])
        #expect(
            isKept {
                let last = $0.movements.removeLast()
                $0.movements.append(
                    Movement(
                        kind: last.kind, event: last.event, lot: last.lot, points: Points(59), allocation: nil
                    ))
            } == [true, false])
    }
}
