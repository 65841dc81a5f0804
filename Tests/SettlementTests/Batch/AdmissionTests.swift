import Settlement
import Testing

/// A record of some merchant, received on 15 January 2026 at noon in Berlin, and what becomes of it.
struct Judged: CustomTestStringConvertible, Sendable {
    let merchant: String
    let record: Record
    let code: RecordRefusalCode?
    let why: String

    init(
        _ why: String, _ code: RecordRefusalCode?, of merchant: String = "M", _ type: RecordType = .earn,
        _ points: Int64 = 100, amount: Int64? = nil, at: String = "2026-01-10T10:00:00+01:00",
        ref: String? = nil,
        campaign: String? = nil, item: String? = nil
    ) {
        self.why = why
        self.code = code
        self.merchant = merchant
        record = SampleBatch.record(
            "a", type, "x", points, amount: amount, at, ref: ref, campaign: campaign, item: item)
    }

    var testDescription: String { why }
}

@Suite("Refusals of single records")
struct AdmissionTests {
    private static let cases = [
        Judged("a plain earn is taken", nil),
        Judged("the first millisecond of the first period is in", nil, at: "2026-01-01T00:00:00+01:00"),
        Judged("the one before is not", .beforeStart, at: "2025-12-31T23:59:59.999+01:00"),
        Judged(
            "a correction before the start is not", .beforeStart, .correction, at: "2025-12-31T23:00:00+01:00"
        ),
        Judged("an opening before the start is", nil, .opening, at: "2025-12-20T10:00:00+01:00"),
        Judged("an opening may be old", nil, .opening, at: "2025-12-01T00:00:00+01:00"),
        Judged("an opening before the terms", .noTerms, .opening, at: "2025-11-30T23:59:59.999+01:00"),
        Judged("an opening of tomorrow", .inFuture, .opening, at: "2026-01-16T00:00:00+01:00"),
        Judged("five minutes ahead", nil, at: "2026-01-15T12:05:00+01:00"),
        Judged("a millisecond more", .inFuture, at: "2026-01-15T12:05:00.001+01:00"),
        Judged("before terms begin", .noTerms, of: "W"),
        Judged("a reversal before terms begin", .noTerms, of: "W", .earnReversal, ref: "o"),
        Judged("the last millisecond before leaving", nil, of: "L", at: "2026-01-09T23:59:59.999+01:00"),
        Judged("from the midnight of leaving on", .noTerms, of: "L", at: "2026-01-10T00:00:00+01:00"),
        Judged("a correction of one that left", .noTerms, of: "L", .correction),
        Judged("a reversal of one that left", nil, of: "L", .earnReversal, ref: "o"),
        Judged("a redemption's reversal of one that left", nil, of: "L", .redeemReversal, ref: "o"),
        Judged("a suspended merchant's record, as the operator reports it", nil, of: "S"),
        Judged("a campaign of another's", nil, campaign: "spring"),
        Judged("no such campaign", .campaignUnknown, campaign: "summer"),
        Judged("names are compared as bytes", .campaignUnknown, campaign: "Spring"),
        Judged("the sponsor has left", .noTerms, at: "2026-01-10T10:00:00+01:00", campaign: "gone"),
        Judged("the sponsor had not left yet", nil, at: "2026-01-09T10:00:00+01:00", campaign: "gone"),
        Judged("the sponsor has no terms yet", .noTerms, campaign: "early"),
        Judged("no terms come before inactive", .noTerms, at: "2026-01-13T10:00:00+01:00", campaign: "gone"),
        Judged(
            "before a campaign", .campaignInactive, at: "2026-01-04T23:59:59.999+01:00", campaign: "spring"),
        Judged("from its first midnight", nil, at: "2026-01-05T00:00:00+01:00", campaign: "spring"),
        Judged("to before its last", nil, at: "2026-01-11T23:59:59.999+01:00", campaign: "spring"),
        Judged("not at its last", .campaignInactive, at: "2026-01-12T00:00:00+01:00", campaign: "spring"),
        Judged("an item of another's", nil, .redeem, item: "mug"),
        Judged("no such item", .itemUnknown, .redeem, item: "vase"),
        Judged("the supplier has left", .noTerms, .redeem, item: "cup"),
        Judged("the supplier has no terms yet", .noTerms, .redeem, item: "jug"),
        Judged("before an item", .itemInactive, .redeem, at: "2026-01-04T23:59:59.999+01:00", item: "mug"),
        Judged("at its end", .itemInactive, .redeem, at: "2026-01-12T00:00:00+01:00", item: "mug"),
        Judged(
            "inactive comes before points", .itemInactive, .redeem, 150, at: "2026-01-12T00:00:00+01:00",
            item: "mug"),
        Judged("two items", nil, .redeem, 200, item: "mug"),
        Judged("one and a half", .itemPointsMismatch, .redeem, 150, item: "mug"),
        Judged("half of one", .itemPointsMismatch, .redeem, 50, item: "mug"),
        Judged("exactly 1.5 points a euro", nil, .earn, 15, amount: 1000),
        Judged("a point more", .pointsExceedTerms, .earn, 16, amount: 1000),
        Judged("a cent less", .pointsExceedTerms, .earn, 15, amount: 999),
        Judged("points for nothing", .pointsExceedTerms, .earn, 1, amount: 0),
        Judged("nothing for nothing", nil, .earn, 0, amount: 0),
        Judged("without an amount there is no guard", nil, .earn, 1_000_000_000),
        Judged("nor under a campaign", nil, .earn, 1_000_000_000, amount: 1, campaign: "spring"),
        Judged("nor on a redemption", nil, .redeem, 1_000_000_000, amount: 1),
        Judged(
            "the largest amount does not overflow", nil, .earn, 1_000_000_000, amount: 1_000_000_000_000_000),
    ]

    @Test("A record is judged", arguments: cases)
    func judged(_ judged: Judged) throws {
        #expect(judge(judged, at: BatchSetting.received) == judged.code)
    }

    @Test("Judged batch by batch the same comes out, whichever record comes before")
    func batches() {
        let merchants = Set(Self.cases.map(\.merchant)).sorted()
        var counted = 0
        for merchant in merchants {
            for order in [Self.cases, Self.cases.reversed()] {
                var batch = BatchAdmission(
                    of: MerchantID(merchant)!, schedule: BatchSetting.schedule,
                    received: BatchSetting.received)
                for judged in order {
                    // Every merchant reports every record of the others, too.
                    let expected = Admission.judge(
                        judged.record, of: MerchantID(merchant)!, schedule: BatchSetting.schedule,
                        received: BatchSetting.received)
                    let found = withView(of: judged.record) { batch.judge($0) }
                    #expect(found == expected, "\(judged.why), of \(merchant)")
                    if judged.merchant == merchant { #expect(found == judged.code) }
                    counted += 1
                }
            }
        }
        #expect(counted == 2 * merchants.count * Self.cases.count)
    }

    /// The record as it would stand in a batch's bytes.
    private func withView<Result>(of record: Record, _ body: (RecordView) -> Result) -> Result {
        let texts = [
            record.id.text, record.member.text, record.ref?.text, record.store?.text, record.campaign?.text,
            record.item?.text,
        ]
        let bytes = texts.flatMap { Array(($0 ?? "").utf8) }
        return bytes.withUnsafeBytes { buffer in
            var end = 0
            let parts = texts.map { text in
                let start = end
                end += text?.utf8.count ?? 0
                return UnsafeRawBufferPointer(rebasing: buffer[start..<end])
            }
            return body(
                RecordView(
                    line: 2, type: record.type, points: record.points, amount: record.amount, at: record.at,
                    expires: record.expires, id: parts[0], member: parts[1], ref: parts[2], store: parts[3],
                    campaign: parts[4], item: parts[5]))
        }
    }

    private func judge(_ judged: Judged, at received: Instant) -> RecordRefusalCode? {
        Admission.judge(
            judged.record, of: MerchantID(judged.merchant)!, schedule: BatchSetting.schedule,
            received: received)
    }

    @Test("Twenty days to the millisecond are not too old; without a limit nothing is")
    func age() {
        let record = Judged("dated five days into January", nil, at: "2026-01-05T10:00:00+01:00")
        let limit = Instant(rfc3339: "2026-01-25T10:00:00+01:00")!
        #expect(judge(record, at: limit) == nil)
        #expect(judge(record, at: limit.advanced(byMilliseconds: 1)) == .tooOld)
        for (late, code) in [(0, nil), (1, .tooOld)] as [(Int64, RecordRefusalCode?)] {
            var batch = BatchAdmission(
                of: MerchantID("M")!, schedule: BatchSetting.schedule,
                received: limit.advanced(byMilliseconds: late))
            #expect(withView(of: record.record) { batch.judge($0) } == code)
        }
        let terms = Judged("too old comes before no terms", nil, of: "W", at: "2026-01-05T10:00:00+01:00")
        #expect(judge(terms, at: limit.advanced(byMilliseconds: 1)) == .tooOld)
        let sample = BatchSetting.alliance
        let unlimited = Alliance(
            id: sample.id, name: sample.name, currency: sample.currency, timezone: sample.timezone,
            period: .month, maxAgeDays: 0, start: sample.start, merchants: sample.merchants)
        let schedule = Schedule(alliance: unlimited, zone: BatchSetting.schedule.zone)
        #expect(
            Admission.judge(record.record, of: MerchantID("M")!, schedule: schedule, received: .latest) == nil
        )
    }

    @Test("Every code that needs no store is caused above")
    func complete() {
        let caused = Set(Self.cases.compactMap(\.code)).union([.tooOld])
        #expect(Set(RecordRefusalCode.allCases).subtracting(caused) == [.idReused])
    }
}
