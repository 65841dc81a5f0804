import Settlement

/// A batch with everything in it that a batch can hold.
enum SampleBatch {
    static let header = """
        {"format":"settled-batch/1","merchant":"M","batch":"b-1","sequence":17,"records":7,\
        "totals":{"earn":120,"redeem":150,"earn_reversal":20,"redeem_reversal":50,"opening":9,"correction":4}}
        """

    static let records = [
        #"{"id":"T-1","type":"earn","member":"8012","points":120,"amount":12000,"#
            + #""at":"2026-01-10T10:22:33+08:00"}"#,
        #"{"id":"T-2","type":"redeem","member":"8013","points":150,"amount":0,"#
            + #""at":"2026-01-10T10:25:01+08:00"}"#,
        #"{"id":"T-3","type":"earn_reversal","member":"8012","points":20,"at":"2026-01-10T10:25:01Z","#
            + #""ref":"T-1"}"#,
        #"{"id":"T-4","type":"redeem_reversal","member":"8013","points":50,"at":"2026-01-10T11:00:00.0069Z","#
            + #""ref":"T-2","store":"S1"}"#,
        #"{"id":"T-5","type":"opening","member":"8014","points":9,"at":"2025-06-01T00:00:00Z","#
            + #""expires":"2026-12-31"}"#,
        #"{"id":"T-6","type":"correction","member":"8014","points":4,"at":"2026-01-10T12:00:00Z"}"#,
        #"{"id":"T-7","type":"earn","member":"8014","points":0,"at":"2026-01-10T12:00:00Z","#
            + #""campaign":"spring"}"#,
    ]

    static let ndjson = ([header] + records).map { $0 + "\n" }.joined()

    static let csv = """
        settled-batch/1,merchant=M,batch=b-1,sequence=17,records=7,totals.earn=120,totals.redeem=150,\
        totals.earn_reversal=20,totals.redeem_reversal=50,totals.opening=9,totals.correction=4
        id,type,member,points,amount,at,ref,store,expires,campaign,item
        T-1,earn,8012,120,12000,2026-01-10T10:22:33+08:00,,,,,
        T-2,redeem,8013,150,0,2026-01-10T10:25:01+08:00,,,,,
        T-3,earn_reversal,8012,20,,2026-01-10T10:25:01Z,T-1,,,,
        T-4,redeem_reversal,8013,50,,2026-01-10T11:00:00.0069Z,T-2,S1,,,
        T-5,opening,8014,9,,2025-06-01T00:00:00Z,,,2026-12-31,,
        T-6,correction,8014,4,,2026-01-10T12:00:00Z,,,,,
        T-7,earn,8014,0,,2026-01-10T12:00:00Z,,,,spring,

        """

    /// What both say.
    static let content = BatchContent(
        header: BatchHeader(
            merchant: MerchantID("M")!, batch: BatchID("b-1")!, sequence: 17, records: 7,
            totals: [
                .earn: 120, .redeem: 150, .earnReversal: 20, .redeemReversal: 50, .opening: 9, .correction: 4,
            ]),
        records: [])

    static let expected: [Record] = [
        record("T-1", .earn, "8012", 120, amount: 12000, "2026-01-10T02:22:33Z"),
        record("T-2", .redeem, "8013", 150, amount: 0, "2026-01-10T02:25:01Z"),
        record("T-3", .earnReversal, "8012", 20, "2026-01-10T10:25:01Z", ref: "T-1"),
        record("T-4", .redeemReversal, "8013", 50, "2026-01-10T11:00:00.006Z", ref: "T-2", store: "S1"),
        record("T-5", .opening, "8014", 9, "2025-06-01T00:00:00Z", expires: "2026-12-31"),
        record("T-6", .correction, "8014", 4, "2026-01-10T12:00:00Z"),
        record("T-7", .earn, "8014", 0, "2026-01-10T12:00:00Z", campaign: "spring"),
    ]

    static func record(
        _ id: String, _ type: RecordType, _ member: String = "x", _ points: Int64 = 100, amount: Int64? = nil,
        _ at: String, ref: String? = nil, store: String? = nil, expires: String? = nil,
        campaign: String? = nil,
        item: String? = nil
    ) -> Record {
        Record(
            id: RecordID(id)!, type: type, member: MemberID(member)!, points: Points(points),
            amount: amount.map { Money($0) }, at: Instant(rfc3339: at)!, ref: ref.map { RecordID($0)! },
            store: store.map { StoreID($0)! }, expires: expires.map { LocalDate($0)! },
            campaign: campaign.map { CampaignID($0)! }, item: item.map { ItemID($0)! })
    }
}
