/// Statements and closings with everything in them that there can be, as signed bytes have it.
enum SampleStatement {
    /// `exponent` is that of the currency; amounts and points reach the bounds of 64 bits.
    static func bytes(exponent: Int = 2, reference: String = "spring") -> [UInt8] {
        let digest = "sha256:" + String(repeating: "ab", count: 32)
        let lines = [
            #"{"kind":"issue","counterparty":"N","price":"0.005","reference":"\#(reference)","points":1234567,"amount":-617284}"#,
            #"{"kind":"issue_reversal","price":"0.005","points":10,"amount":5}"#,
            #"{"kind":"redemption_charge","counterparty":"M","price":"0.000001","points":9223372036854775807,"amount":-9223372036854775808}"#,
            #"{"kind":"redemption_charge_reversal","counterparty":"N","price":"1000000","points":1,"amount":100000000}"#,
            #"{"kind":"redemption_payout","counterparty":"N","price":"0.0045","rate":"0.02","points":0,"amount":0}"#,
            #"{"kind":"redemption_payout_reversal","counterparty":"N","price":"0.0045","rate":"0.02","points":100,"amount":-45}"#,
            #"{"kind":"expiry_refund","price":"0.005","rate":"0.5","points":500,"amount":125}"#,
            #"{"kind":"redeem_fee","rate":"0.025","amount":1}"#, #"{"kind":"period_fee","amount":-500}"#,
            #"{"kind":"vat","rate":"0.19","amount":-95}"#,
            #"{"kind":"adjustment","reference":"A-1","amount":-1000}"#,
        ]
        let text = """
            {"format":"settled-statement/1","alliance":"test","merchant":"M","number":1234,"previous":"\(digest)",\
            "period":{"id":"2026-01","start":"2026-01-01T00:00:00Z","end":"2026-02-01T00:00:00Z",\
            "timezone":"Etc/UTC"},"currency":{"code":"EUR","exponent":\(exponent)},\
            "balance":{"opening":-135100,"activity":-559,"payments":135659,"closing":0},\
            "lines":[\(lines.joined(separator: ","))],\
            "points":{"opening":10000,"issued":90,"reversed":7,"redeemed":600,"restored":100,"expired":500,\
            "closing":9083},"flows":[{"issuer":"M","redeemer":"M","points":-100},\
            {"issuer":"M","redeemer":"N","points":3000},{"issuer":"N","redeemer":"M","points":12}],\
            "records":{"settled":1002,"pending":3,"refused":4,"late":5},\
            "exceptions":[{"id":"R-1","type":"redeem","state":"pending","code":"insufficient_points"},\
            {"id":"R-2","type":"correction","state":"settled","code":"shortfall","points":1700},\
            {"id":"R-3","type":"earn_reversal","state":"refused","code":"exceeds_original"}],\
            "batches":[{"signer":"merchant","batch":"<b>&'x","sequence":1017,"digest":"\(digest)","records":1200,\
            "accepted":1190,"duplicates":6,"refused":4},{"signer":"operator","batch":"B-2","sequence":1,\
            "digest":"\(digest)","records":0,"accepted":0,"duplicates":0,"refused":0}],\
            "missing_sequences":[{"signer":"merchant","sequence":1013}],\
            "details":{"digest":"\(digest)","rows":5321}}
            """
        return Array(text.utf8)
    }

    /// A statement of which every list is empty.
    static let bare = Array(
        """
        {"format":"settled-statement/1","alliance":"test","merchant":"M","number":1,"previous":null,\
        "period":{"id":"2026-W01","start":"2025-12-29T00:00:00Z","end":"2026-01-05T00:00:00Z",\
        "timezone":"Etc/UTC"},"currency":{"code":"JPY","exponent":0},\
        "balance":{"opening":0,"activity":0,"payments":0,"closing":0},"lines":[],\
        "points":{"opening":0,"issued":0,"reversed":0,"redeemed":0,"restored":0,"expired":0,"closing":0},\
        "flows":[],"records":{"settled":0,"pending":0,"refused":0,"late":0},"exceptions":[],"batches":[],\
        "missing_sequences":[],"details":{"digest":"sha256:00","rows":0}}
        """.utf8)

    static let closing = Array(
        """
        {"format":"settled-closing/1","alliance":"test","number":1002,"previous":null,\
        "period":{"id":"2026-01","start":"2026-01-01T00:00:00Z","end":"2026-02-01T00:00:00Z",\
        "timezone":"Etc/UTC"},"currency":{"code":"KWD","exponent":3},\
        "records":{"settled":1001,"pending":2,"refused":3},"intake":{"batches":17,"duplicates":4,"refused":5},\
        "points":{"opening":10000,"issued":90,"reversed":7,"redeemed":600,"restored":100,"expired":500,\
        "closing":9083},"positions":[{"merchant":"M","activity":-559,"closing":-13510},\
        {"merchant":"N","activity":60,"closing":10}],"operator":{"activity":499,"closing":13500},\
        "matrix":[{"issuer":"M","redeemer":"M","points":-100,"charged":0,"paid":-45},\
        {"issuer":"M","redeemer":"N","points":3000,"charged":18000,"paid":15000}],\
        "journal":[{"account":"pool","opening":-100,"debit":5,"credit":1234567,"closing":-1234662},\
        {"account":"receivable:M","opening":1,"debit":2,"credit":3,"closing":0}],\
        "liability":[{"issuer":"M","funding":"issue","price":"0.005","expires":"2026-03","points":9000,"value":45000},\
        {"issuer":"N","funding":"redemption","price":"0.006","expires":null,"points":83,"value":498}],\
        "batches":[{"merchant":"M","signer":"merchant","batch":"B-1","digest":"sha256:cd"}],\
        "statements":[{"merchant":"M","number":1002,"digest":"sha256:ef"},\
        {"merchant":"N","number":3,"digest":"sha256:01"}]}
        """.utf8)
}
