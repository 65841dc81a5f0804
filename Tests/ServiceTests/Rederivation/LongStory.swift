import Foundation
import Settlement
import Signing
import Store

@testable import Service

/// A history in which everything happens that a rederivation has to follow: keys that come and go, changes of
/// the alliance between batches, bookings, late and refused and duplicate records, a forced close, an open
/// period.
struct LongStory {
    let estate: Estate
    private var sequences: [String: Int64] = [:]

    /// M's own key, beside the derived one.
    static let ownKey: SigningKey = {
        guard
            let key = try? SigningKey.ed25519(
                id: "m-own", seed: SecretBytes([UInt8](repeating: 7, count: 32)))
        else { preconditionFailure("32 bytes are a seed") }
        return key
    }()

    /// What comes after March.
    enum Ending {
        case none
        /// A close of April that was interrupted, after whose cut more came.
        case cut
        /// A check forbade it, so that April was given other terms.
        case failed
        /// And then done, after which more came still.
        case april
    }

    /// With a `tail`, the index of ids is written as soon as so many records have come, and merged two by two.
    init(_ ending: Ending = .none, tail: Int? = nil) throws {
        estate = try Estate()
        if let tail {
            try tamper(
                with: estate.open.folder.databasePath,
                "UPDATE identity_form SET tail = \(tail), fan_out = 2")
        }
        try january()
        try february()
        try march()
        if ending != .none { try cutApril() }
        if ending == .failed { try failApril() }
        if ending == .april { try endApril() }
        try estate.open.store.shut()
    }

    var folder: DataFolder { estate.open.folder }
    private var store: Store { estate.open.store }
    private var master: MasterSecret { estate.open.master }

    private mutating func january() throws {
        try send(
            "M", "2026-01-05T10:00:00Z",
            [
                record("m1", .earn, "ana", 100, "2026-01-04T10:00:00Z", amount: 100),
                record("m2", .earn, "ben", 50, "2026-01-04T11:00:00Z"),
            ])
        _ = try store.addPublicKey(
            Self.ownKey.verification.publicKey!, id: "m-own", for: MerchantID(verified: "M"),
            at: instant("2026-01-06T00:00:00Z"))
        try send(
            "M", "2026-01-07T00:00:00Z", [record("m3", .redeem, "ana", 30, "2026-01-06T10:00:00Z")],
            key: Self.ownKey)
        try send("N", "2026-01-07T00:00:01Z", [record("n1", .redeem, "ana", 20, "2026-01-06T12:00:00Z")])
        try store.book(
            [
                booking("N", .payment, "PAY-1", 500, "2026-01-08"),
                booking("M", .adjustment, "ADJ-1", -7, "2026-02-10"),
            ],
            by: Self.ana, at: instant("2026-01-08T00:00:00Z"))
        // Received after the change below was begun, and stored before it was made.
        try send(
            "M", "2026-01-20T00:00:00Z",
            [record("m4", .earn, "cem", 100, "2026-01-19T10:00:00Z", amount: 100)], key: Self.ownKey)
        try apply(
            Estate.alliance.replacing(
                "redeem_price: '0.01'}", "redeem_price: '0.01', max_points_per_unit: 1}"),
            "2026-01-19T00:00:00Z")
        try send(
            "M", "2026-01-21T00:00:00Z",
            [
                record("m5", .earn, "dan", 100, "2026-01-20T10:00:00Z", amount: 100),
                record("m2", .earn, "ben", 50, "2026-01-04T11:00:00Z"),
            ])
        try close(0, "2026-02-03T00:00:00Z")
    }

    private mutating func february() throws {
        // Late, and one that waits for its original.
        try send(
            "N", "2026-02-05T00:00:00Z",
            [
                record("n2", .earn, "ana", 10, "2026-01-31T10:00:00Z"),
                record("n3", .earnReversal, "ana", 5, "2026-02-04T10:00:00Z", ref: "n9"),
            ])
        try store.revokeKey(
            "m-own", from: instant("2026-01-19T00:00:00Z"), at: instant("2026-02-06T00:00:00Z"))
        try apply(Self.withP, "2026-02-07T00:00:00Z")
        _ = try store.addDerivedKey(for: MerchantID(verified: "P"), at: instant("2026-02-07T00:00:00Z"))
        try send(
            "P", "2026-02-08T00:00:00Z",
            [
                record("p1", .earn, "ana", 70, "2026-02-07T10:00:00Z"),
                record("p2", .redeem, "ben", 50, "2026-02-07T11:00:00Z"),
            ])
        try send(
            "P", "2026-02-09T00:00:00Z",
            [record("p3", .redeemReversal, "ben", 20, "2026-02-08T11:00:00Z", ref: "p2")])
        try close(1, "2026-02-20T00:00:00Z", forced: true)
    }

    private static let withP =
        Estate.alliance.replacing("redeem_price: '0.01'}", "redeem_price: '0.01', max_points_per_unit: 1}")
            + """
            - id: P
              name: Merchant P
              terms:
              - {from: 2026-02-01, funding: redemption, issue_price: '0.02', redeem_price: '0.01', vat: '0.2', period_fee: 10}

            """

    private static let limited = withP.replacing(
        "name: Merchant P", "name: Merchant P\n  exposure_limit: 500")

    private mutating func march() throws {
        try send("N", "2026-02-21T00:00:00Z", [record("n4", .earn, "ben", 40, "2026-02-15T10:00:00Z")])
        try store.book(
            [booking("P", .payment, "PAY-1", 30, "2026-03-01")], by: Self.ana,
            at: instant("2026-02-22T00:00:00Z"))
        try close(2, "2026-04-03T00:00:00Z")
        try contest()
        try send("M", "2026-04-05T00:00:00Z", [record("m6", .redeem, "ana", 40, "2026-04-04T10:00:00Z")])
    }

    /// Disputes, and drafts that wait or were withdrawn: no figure comes of them.
    private func contest() throws {
        let at = instant("2026-04-04T00:00:00Z")
        guard let due = LocalDate("2026-04-30") else { preconditionFailure("it is a date") }
        for subject in [.line(1, period: 0), .line(1, period: 1), .record(RecordID(verified: "m3"))]
            as [Dispute.Subject]
        {
            _ = try store.openDispute(
                against: subject, of: MerchantID(verified: "M"), reason: "not ours", owner: Self.ana.name,
                due: due, by: Self.ana, at: at)
        }
        try store.commentDispute(1, "asked the shop", by: Self.ana, at: at)
        try store.endDisputes(
            [DisputeEnding(dispute: 2, text: "it was theirs", adjustment: nil)], by: Self.ana, at: at)
        let key = master.batchKey(merchant: "M", version: 1)
        _ = try estate.intake.contest(Self.contested, signature: key.sign(Self.contested), received: at)
        try store.assignDispute(4, to: Self.ana.name, due: nil, "hers", by: Self.ana, at: at)
        try store.draft(
            [
                booking("M", .adjustment, "ADJ-2", 9, "2026-04-04"),
                booking("N", .payment, "PAY-3", -40, "2026-04-04"),
            ], by: Self.ana, at: at)
        try store.withdraw([DraftName(BookingReference(verified: "ADJ-2"))], by: Self.ana, at: at)
        try pay(at)
    }

    /// A payment run of March, one order of which the bank rejected, and a statement of the bank: no figure comes of them.
    private func pay(_ at: Instant) throws {
        guard let due = LocalDate("2026-04-14") else { preconditionFailure("it is a date") }
        let balances: [(merchant: MerchantID, balance: Money)] = [
            (MerchantID(verified: "M"), Money(100)), (MerchantID(verified: "N"), Money(-40)),
            (MerchantID(verified: "P"), Money(70)),
        ]
        _ = try store.makePaymentRun(
            of: 2, closing: "sha256:x", balances: balances, by: Self.ana, at: at
        ) { _ in { PaymentItem(open: $0, amount: $0.balance, method: .byHand, due: due) } }
        _ = try store.exportPayments(of: 2, .table, again: false, by: Self.ana, at: at) { _, _ in
            ("csv", [1, 2, 3])
        }
        _ = try store.rejectOrders(
            of: 2, [MerchantID(verified: "M")], because: "no such account", by: Self.ana, at: at)
        let text = """
            entry,date,amount,currency,end_to_end,account,name,text,returned,group
            B1,2026-04-04,1.00,EUR,R9-M,DE1,Merchant M,April,AC04,G1
            B2,2026-04-04,-0.35,EUR,,,,a fee,,

            """
        let bytes = Array(text.utf8)
        let statement = try BankStatement.read(bytes, currency: Currency(code: "EUR", exponent: 2))
        _ = try store.importStatement(statement, digest: SHA256Digest(of: bytes), by: Self.ana, at: at)
        try store.ignoreBankLines([2], because: "the bank's fee", by: Self.ana, at: at)
    }

    /// What M signs itself; it opens dispute 4.
    static let contested = Array(
        (#"{"alliance":"test","at":"2026-04-03T23:59:31Z","reference":"C-1","record":"m4","#
            + #""reason":"was a test of the till"}"#).utf8)

    private func failApril() throws {
        let failure = CloseFailure.doesNotFit(what: "a line", merchant: nil)
        do {
            _ = try store.close(3, at: instant("2026-04-20T00:01:00Z"), forced: true) { _ in throw failure }
        } catch is CloseFailure {}
        try apply(
            Self.limited.replacing(
                "period_fee: 10}",
                "period_fee: 10}\n  - {from: 2026-04-01, funding: redemption, issue_price: '0.01', redeem_price: '0.01'}"
            ),
            "2026-04-20T00:02:00Z")
    }

    private mutating func endApril() throws {
        // By March's closing P is within its limit, by April's it is not: those that came before it was there are
        // not warned of it.
        try send("P", "2026-04-20T00:00:05Z", [record("p5", .earn, "ana", 1, "2026-04-20T00:00:00Z")])
        try close(3, "2026-04-21T00:00:00Z")
        try send("P", "2026-04-22T00:00:00Z", [record("p6", .earn, "ana", 1, "2026-04-21T00:00:00Z")])
    }

    private mutating func cutApril() throws {
        try send("P", "2026-04-07T00:00:00Z", [record("p4", .earn, "ana", 1_000, "2026-04-06T10:00:00Z")])
        try store.beginClose(3, at: instant("2026-04-20T00:00:00Z"), forced: true)
        try send("N", "2026-04-20T00:00:01Z", [record("n5", .earn, "ana", 40, "2026-04-06T10:00:00Z")])
        try store.draft(
            [booking("P", .payment, "PAY-2", 30, "2026-04-02")], by: Self.ana,
            at: instant("2026-04-20T00:00:02Z"))
        try store.approve(
            [DraftName(BookingReference(verified: "PAY-2"))], by: Person(PersonName(verified: "ben")),
            at: instant("2026-04-20T00:00:02Z"))
        try apply(Self.limited, "2026-04-20T00:00:03Z")
        try send("M", "2026-04-20T00:00:04Z", [record("m7", .earn, "ana", 4, "2026-04-07T10:00:00Z")])
    }

    // MARK: Steps

    private static let ana = Person(PersonName(verified: "ana"))

    private mutating func send(
        _ merchant: String, _ received: String, _ records: [Settlement.Record], key: SigningKey? = nil
    ) throws {
        let sequence = sequences[merchant, default: 0] + 1
        sequences[merchant] = sequence
        let header = BatchHeader(
            merchant: MerchantID(verified: merchant), batch: BatchID(verified: "B-\(sequence)"),
            sequence: sequence, for: records)
        let bytes = BatchWriter.bytes(header, records, form: sequence % 2 == 0 ? .csv : .ndjson)
        _ = try estate.intake.take(
            bytes, form: sequence % 2 == 0 ? .csv : .ndjson,
            signature: (key ?? master.batchKey(merchant: merchant, version: 1)).sign(bytes),
            received: instant(received))
    }

    private func apply(_ alliance: String, _ at: String) throws {
        let alliance = try AllianceFile.parse(text: alliance, fileName: "alliance.yaml")
        let change = try store.apply(alliance, zone: try store.schedule().zone, at: instant(at))
        precondition(!change.isEmpty, "the story changes the alliance")
    }

    private func close(_ ordinal: Int, _ at: String, forced: Bool = false) throws {
        try PeriodCloser(store: store, signer: estate.open.signer)
            .close(ordinal, at: instant(at), forced: forced)
    }

    private func booking(
        _ merchant: String, _ kind: Booking.Kind, _ reference: String, _ amount: Int64, _ date: String
    ) -> Booking {
        guard let date = LocalDate(date) else { preconditionFailure("\(date) is a date") }
        return Booking(
            merchant: MerchantID(verified: merchant), kind: kind,
            reference: BookingReference(verified: reference),
            amount: Money(amount), date: date, reason: "a reason")
    }

    private func record(
        _ id: String, _ type: RecordType, _ member: String, _ points: Int64, _ at: String, ref: String? = nil,
        amount: Int64? = nil
    ) -> Settlement.Record {
        Record(
            id: RecordID(verified: id), type: type, member: MemberID(verified: member),
            points: Points(points),
            amount: amount.map { Money($0) }, at: instant(at), ref: ref.map { RecordID(verified: $0) })
    }
}

extension String {
    fileprivate func replacing(_ part: String, _ other: String) -> String {
        replacingOccurrences(of: part, with: other)
    }
}
