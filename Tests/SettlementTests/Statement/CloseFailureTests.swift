import Signing
import Testing

@testable import Settlement

@Suite("A close that cannot be")
struct CloseFailureTests {
    /// An alliance of one prepaid issuer at the highest price, in dinars of a thousand.
    private static func schedule(periodFee: Int64 = 0) -> Schedule {
        let terms = Terms(
            from: LocalDate("2026-01-01")!, funding: .issue, issuePrice: Price("1000000")!,
            redeemPrice: Price("1000000")!, redeemFee: Fraction("1")!, periodFee: Money(periodFee),
            vat: Fraction("1")!)
        let alliance = Alliance(
            id: AllianceID("big")!, name: "Big", currency: Currency(code: "KWD", exponent: 3),
            timezone: "Europe/Berlin", period: .month, maxAgeDays: 0, start: LocalDate("2026-01-01")!,
            merchants: [Merchant(id: MerchantID("M")!, name: "M", terms: [terms])])
        return Schedule(alliance: alliance, zone: .berlin)
    }

    /// `disturb` changes what a share has come to, before it is added up.
    private static func close(
        earns: Int, points: Int64 = Points.maximum, opening: PeriodOpening = PeriodOpening(),
        disturb: (inout PeriodShare, MemberOutput) -> Void = { _, _ in }
    ) throws -> ClosedPeriod {
        let schedule = Self.schedule()
        let period = schedule.calendar.period(0)
        var settlement = PeriodSettlement(
            schedule: schedule, period: period, opening: opening, intake: PeriodIntake(), bookings: [])
        let events = (1...earns).map { number in
            Event(
                number: RecordNumber(Int64(number)), merchant: MerchantID("M")!,
                record: Record(
                    id: RecordID("r\(number)")!, type: .earn, member: MemberID("x")!,
                    points: Points(points), at: period.start),
                effective: period.start, late: false, attempts: 0)
        }
        var share = settlement.makeShare()
        let output = try share.settle(MemberInput(member: MemberID("x")!, events: events))
        disturb(&share, output)
        settlement.add(share.takeSheets())
        try settlement.add(share)
        let master = try MasterSecret(Array(repeating: 7, count: 32))
        return try settlement.finish(signer: DocumentSigner(master: master, version: 1))
    }

    @Test("A line that does not fit 64 bits stops it, one that just fits does not")
    func lineTooLarge() throws {
        // A record of 10^9 points at a million is 10^18 thousandths: nine fit into 64 bits, ten do not.
        #expect(try Self.close(earns: 9).statements.first?.balance == Money(-9_000_000_000_000_000_000))
        #expect(
            throws: CloseFailure.doesNotFit(
                what: "a line of issue", merchant: MerchantID("M")!, line: "issue price 1000000")
        ) { try Self.close(earns: 10) }
    }

    @Test("A balance that does not fit 64 bits stops it")
    func balanceTooLarge() {
        let before = MerchantOpening(number: 1, previous: nil, balance: Money(-9_000_000_000_000_000_000))
        let opening = PeriodOpening(merchants: [MerchantID("M")!: before], number: 1)
        #expect(throws: CloseFailure.doesNotFit(what: "the balance", merchant: MerchantID("M")!)) {
            try Self.close(earns: 1, opening: opening)
        }
    }

    @Test("Lots that do not hold what the last statement closed with stop it")
    func pointsAstray() {
        let before = MerchantOpening(number: 1, previous: nil, points: Points(5))
        let opening = PeriodOpening(merchants: [MerchantID("M")!: before], number: 1)
        #expect {
            try Self.close(earns: 1, opening: opening)
        } throws: { error in
            guard case .broken(_, let merchant, let expected, let found, _, _, _)? = error as? CloseFailure
            else {
                return false
            }
            return merchant == MerchantID("M")! && expected == "5" && found == "0"
        }
    }

    @Test("A line that is not the sum of its rows in DETAILS.csv stops it, with the line's key")
    func detailsAstray() {
        #expect {
            // The member's rows are rendered once more: each line has them twice.
            try Self.close(earns: 2) { share, output in share.renderer.write(output.settled) }
        } throws: { error in
            guard
                case .broken(let invariant, let merchant, let expected, let found, _, let line, _)? =
                    error as? CloseFailure
            else { return false }
            return invariant == "the line is the sum of its details" && merchant == MerchantID("M")!
                && line == "issue price 1000000" && expected.hasPrefix("4000000000 points")
                && found.hasPrefix("2000000000 points")
        }
    }

    @Test("A row of DETAILS.csv that does not say what its movement is worth stops it, with line and record")
    func rowAstray() throws {
        #expect {
            // An amount of more digits than a line's sum can have.
            try Self.close(earns: 2, points: 50_000_000_000)
        } throws: { error in
            guard
                case .broken(let invariant, let merchant, _, _, _, let line, let record)? =
                    error as? CloseFailure
            else { return false }
            return invariant == "every row of details says its movement's figures"
                && merchant == MerchantID("M")! && line == "issue price 1000000"
                && record?.description == "M/r1"
        }
        let sum = LineSums.Sum(points: 5, exact: ExactAmount(parts: 7))
        #expect(sum.says(Points(5), ExactAmount(parts: 7)))
        #expect(!sum.says(Points(4), ExactAmount(parts: 7)) && !sum.says(Points(5), ExactAmount(parts: 8)))
    }

    @Test("A booking of a merchant whose terms have not begun stops it, with the booking")
    func bookedTooEarly() throws {
        let (early, late) = (LocalDate("2026-01-01")!, LocalDate("2026-03-01")!)
        func merchant(_ id: String, from: LocalDate) -> Merchant {
            let terms = Terms(
                from: from, funding: .issue, issuePrice: Price("1")!, redeemPrice: Price("1")!)
            return Merchant(id: MerchantID(id)!, name: id, terms: [terms])
        }
        let alliance = Alliance(
            id: AllianceID("small")!, name: "Small", currency: Currency(code: "EUR", exponent: 2),
            timezone: "Europe/Berlin", period: .month, maxAgeDays: 0, start: early,
            merchants: [merchant("M", from: early), merchant("N", from: late)])
        let schedule = Schedule(alliance: alliance, zone: .berlin)
        let booking = Booking(
            merchant: MerchantID("N")!, kind: .payment, reference: BookingReference("P-1")!,
            amount: Money(5), date: early, reason: "transfer", undoes: nil)
        let signer = DocumentSigner(master: try MasterSecret(Array(repeating: 7, count: 32)), version: 1)
        func finish(_ bookings: [Booking]) throws -> ClosedPeriod {
            var settlement = PeriodSettlement(
                schedule: schedule, period: schedule.calendar.period(0), opening: PeriodOpening(),
                intake: PeriodIntake(), bookings: bookings)
            return try settlement.finish(signer: signer)
        }
        #expect(
            throws: CloseFailure.broken(
                invariant: "nothing is booked before the terms begin", merchant: MerchantID("N")!,
                expected: "no booking", found: "P-1")
        ) { try finish([booking]) }
        #expect(try finish([]).statements.count == 1)
    }

    @Test("A failure says where it is: merchant, account, line and record")
    func place() {
        let failure = CloseFailure.broken(
            invariant: "it holds", merchant: MerchantID("M")!, expected: "1", found: "2", line: "vat rate 0.2"
        )
        #expect("\(failure)" == "M, line vat rate 0.2: it holds: expected 1, found 2")
        let record = CloseFailure.RecordName(MerchantID("N")!, RecordID("r")!)
        #expect(
            "\(failure.naming(record))" == "M, line vat rate 0.2, record N/r: it holds: expected 1, found 2")
        let other = CloseFailure.RecordName(MerchantID("N")!, RecordID("s")!)
        #expect(failure.naming(record).naming(other) == failure.naming(record))
        #expect(
            "\(CloseFailure.doesNotFit(what: "a line", merchant: nil, line: "vat"))"
                == "the alliance, line vat: a line does not fit 64 bits")
    }

    @Test("A journal whose debits are not its credits, or whose accounts do not sum to zero, stops it")
    func unbalanced() throws {
        func row(_ account: String, _ opening: Int64, _ debit: Int64, _ credit: Int64) -> Journal.Row {
            Journal.Row(
                account: account, opening: opening, debit: debit, credit: credit,
                closing: opening + debit - credit)
        }
        try PeriodSettlement.verifyBalance([row("pool", 3, 0, 5), row("margin", -3, 5, 0)])
        #expect(
            throws: CloseFailure.broken(
                invariant: "debits equal credits", merchant: nil, expected: "5", found: "6")
        ) { try PeriodSettlement.verifyBalance([row("pool", 3, 0, 6), row("margin", -3, 5, 0)]) }
        #expect(
            throws: CloseFailure.broken(
                invariant: "the accounts sum to zero", merchant: nil, expected: "0", found: "1")
        ) { try PeriodSettlement.verifyBalance([row("pool", 4, 0, 5), row("margin", -3, 5, 0)]) }
    }

    @Test("A journal that does not agree with the balances stops it")
    func receivableAstray() {
        let opening = PeriodOpening(journal: ["receivable:M": Money(3), "bank": Money(-3)])
        #expect(throws: CloseFailure.self) { try Self.close(earns: 1, opening: opening) }
    }

    @Test("What the operator's accounts moved and no line of a merchant says stops it, a payment does not")
    func operatorAstray() throws {
        let schedule = Self.schedule()
        let settlement = PeriodSettlement(
            schedule: schedule, period: schedule.calendar.period(0), opening: PeriodOpening(),
            intake: PeriodIntake(), bookings: [])
        let receivable = Journal.receivable(MerchantID("M")!)
        var journal = Journal(opening: [Journal.fees: Money(7), receivable: Money(-7)])
        try journal.post(debit: Journal.bank, credit: receivable, 40)
        try settlement.verify([], ClosingDraft([], statements: [], journal: journal, in: settlement))
        try journal.post(debit: receivable, credit: Journal.fees, 100)
        let astray = try ClosingDraft([], statements: [], journal: journal, in: settlement)
        #expect(
            throws: CloseFailure.broken(
                invariant: "positions sum to zero", merchant: MerchantID("M")!, expected: "0", found: "100",
                account: receivable)
        ) { try settlement.verify([], astray) }
    }
}
