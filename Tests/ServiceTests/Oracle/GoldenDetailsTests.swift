import Testing

/// Every row of DETAILS.csv of a small history, written down by hand from rulebook §5–§7.
@Suite("Details, row by row")
struct GoldenDetailsTests {
    private static let alliance = """
        id: golden
        name: Golden
        currency: EUR
        timezone: Europe/Berlin
        period: month
        start: 2026-01-01
        expiry:
          months: 1
        merchants:
        - id: M
          name: Merchant M
          terms:
          - from: 2025-12-01
            funding: issue
            issue_price: '0.01'
            redeem_price: '0.008'
            redeem_fee: '0.1'
            breakage_share: '0.5'
        - id: N
          name: Merchant N
          terms:
          - {from: 2026-01-01, funding: redemption, issue_price: '0.02', redeem_price: '0.015'}
        campaigns:
        - {id: spring, sponsor: M, from: 2026-01-01, issue_price: '0.03'}
        items:
        - {id: kettle, supplier: N, points: 10, redeem_price: '0.05', from: 2026-01-01}

        """

    /// Member W: an opening that expires, a redemption that waits for the points of its own moment, a
    /// reversal that is dated before what it reverses. Member y: lots of one moment, an expiry at the moment
    /// of an event. Member x: everything else.
    private static let records = """
        merchant,id,type,member,points,at,ref,expires,campaign,item,received
        M,o,opening,W,3,2025-12-15T12:00:00+01:00,,2026-01-20,,,
        N,q,redeem,W,10,2026-01-05T10:00:00+01:00,,,,,
        M,w,earn,W,10,2026-01-05T10:00:00+01:00,,,,,
        M,s,earn_reversal,W,4,2026-01-24T10:00:00+01:00,y,,,,
        M,y,earn,W,4,2026-01-25T10:00:00+01:00,,,,,
        M,a,earn,x,100,2026-01-05T10:00:00+01:00,,,,,
        N,b,earn,x,50,2026-01-06T10:00:00+01:00,,,spring,,
        N,c,earn,x,40,2026-01-07T10:00:00+01:00,,,,,
        N,r,redeem,x,120,2026-01-10T12:00:00+01:00,,,,,
        N,v,redeem_reversal,x,110,2026-01-12T09:00:00+01:00,r,,,,
        M,d,redeem,x,130,2026-01-15T08:30:00+01:00,,,,,
        M,e,earn_reversal,x,100,2026-01-20T10:00:00+01:00,a,,,,
        M,f,earn,x,95,2026-01-21T10:00:00+01:00,,,,,
        N,g,redeem,x,30,2026-01-22T11:00:00+01:00,,,,,
        M,h,redeem,x,10,2026-01-23T10:00:00+01:00,,,,kettle,
        M,k,correction,x,2,2026-02-10T12:00:00+01:00,,,,,
        N,p,redeem,x,1000,2026-02-11T12:00:00+01:00,,,,,
        N,u,redeem_reversal,x,10,2026-02-12T12:00:00+01:00,r,,,,
        M,l,earn,x,7,2026-01-30T12:00:00+01:00,,,,,2026-02-03T00:00:00+01:00
        M,4,opening,y,3,2025-12-15T12:00:00+01:00,,2026-01-07,,,
        N,1,earn,y,5,2026-01-03T10:00:00+01:00,,,spring,,
        M,2,earn,y,5,2026-01-03T10:00:00+01:00,,,spring,,
        M,3,redeem,y,6,2026-01-08T00:00:00+01:00,,,,,

        """

    /// `{05T10:00}` in the rows below is the instant of that day of the month.
    private static func rows(_ text: String, month: String) -> String {
        var rows = ""
        for piece in text.split(separator: "{", omittingEmptySubsequences: false) {
            let halves = piece.split(separator: "}", omittingEmptySubsequences: false)
            guard halves.count == 2 else {
                rows += piece
                continue
            }
            let isWhole = halves[0].utf8.count > 8
            rows += (isWhole ? "" : month + "-") + halves[0] + ":00.000+01:00" + halves[1]
        }
        return DetailsRow.header + "\n" + rows
    }

    @Test("January and February of both merchants")
    func golden() throws {
        let settled = try SettledHistory(
            alliance: Self.alliance, records: Self.records, through: "2026-02")
        let expected = [
            ("M", 0, Self.rows(Self.januaryOfM, month: "2026-01")),
            ("N", 0, Self.rows(Self.januaryOfN, month: "2026-01")),
            ("M", 1, Self.rows(Self.februaryOfM, month: "2026-02")),
            ("N", 1, Self.rows(Self.februaryOfN, month: "2026-02")),
        ]
        for (merchant, period, text) in expected {
            let documents = try #require(settled.periods[period].merchants.first { $0.name == merchant })
            let found = String(decoding: documents.documents.detailsBytes, as: UTF8.self)
            let differences = found.split(separator: "\n").difference(from: text.split(separator: "\n"))
            #expect(differences.map { "\($0)" } == [], "\(merchant), period \(period)")
            #expect(found == text, "\(merchant), period \(period)")
        }
    }
}

extension GoldenDetailsTests {
    /// M's terms are older than the alliance. An opening makes no line, nor does its expiry. `s` is dated
    /// before `y`, whose effective time it takes, and so stands before it. `r` takes M/a, then N/b; `v` gives
    /// back N/b first, and is written in the order of consumption. `d` spends in M's own shop. `e` finds M/a
    /// empty: its 100 points become a debt, which takes the 10 that N/b still holds, and 90 of M/f as it
    /// comes. Of the lots of one moment M's goes before N's.
    private static let januaryOfM = """
        record,M,o,opening,W,{2025-12-15T12:00},{01T00:00},settled,,,M,,,,,,,,,3,
        movement,M,o,opening,W,{2025-12-15T12:00},{01T00:00},issued,,,M,,M/o,,,,,,,3,
        record,M,w,earn,W,{05T10:00},{05T10:00},settled,,,M,,,,,,,,,10,
        movement,M,w,earn,W,{05T10:00},{05T10:00},issued,,,M,,M/w,issue,,0.01,,,2025-12-01,10,-10
        movement,,,,W,,{21T00:00},expired,,,M,,M/o,,,,,,,3,
        record,M,s,earn_reversal,W,{24T10:00},{25T10:00},settled,,y,,,,,,,,,,4,
        movement,M,s,earn_reversal,W,{24T10:00},{25T10:00},recovered,,y,M,,M/y,issue_reversal,,0.01,,,2025-12-01,4,4
        record,M,y,earn,W,{25T10:00},{25T10:00},settled,,,M,,,,,,,,,4,
        movement,M,y,earn,W,{25T10:00},{25T10:00},issued,,,M,,M/y,issue,,0.01,,,2025-12-01,4,-4
        record,M,a,earn,x,{05T10:00},{05T10:00},settled,,,M,,,,,,,,,100,
        movement,M,a,earn,x,{05T10:00},{05T10:00},issued,,,M,,M/a,issue,,0.01,,,2025-12-01,100,-100
        movement,N,b,earn,x,{06T10:00},{06T10:00},issued,,,M,,N/b,issue,N,0.03,,spring,spring,50,-150
        movement,N,r,redeem,x,{10T12:00},{10T12:00},allocated,,,M,N,M/a,,,,,,,100,
        movement,N,r,redeem,x,{10T12:00},{10T12:00},allocated,,,M,N,N/b,,,,,,,20,
        movement,N,v,redeem_reversal,x,{12T09:00},{12T09:00},restored,,r,M,N,M/a,,,,,,,90,
        movement,N,v,redeem_reversal,x,{12T09:00},{12T09:00},restored,,r,M,N,N/b,,,,,,,20,
        record,M,d,redeem,x,{15T08:30},{15T08:30},settled,,,,M,,,,,,,,130,
        movement,M,d,redeem,x,{15T08:30},{15T08:30},allocated,,,M,M,M/a,redemption_payout,M,0.008,0.1,,2025-12-01,90,72
        movement,M,d,redeem,x,{15T08:30},{15T08:30},allocated,,,M,M,N/b,redemption_payout,M,0.008,0.1,,2025-12-01,40,32
        record,M,e,earn_reversal,x,{20T10:00},{20T10:00},settled,,a,,,,,,,,,,100,
        movement,M,e,earn_reversal,x,{20T10:00},{20T10:00},debt_recovered,,a,M,,N/b,issue_reversal,N,0.03,,spring,spring,10,30
        record,M,f,earn,x,{21T10:00},{21T10:00},settled,,,M,,,,,,,,,95,
        movement,M,f,earn,x,{21T10:00},{21T10:00},issued,,,M,,M/f,issue,,0.01,,,2025-12-01,95,-95
        movement,M,f,earn,x,{21T10:00},{21T10:00},debt_recovered,,,M,,M/f,issue_reversal,,0.01,,,2025-12-01,90,90
        record,M,h,redeem,x,{23T10:00},{23T10:00},settled,,,,N,,,,,,,,10,
        record,M,4,opening,y,{2025-12-15T12:00},{01T00:00},settled,,,M,,,,,,,,,3,
        movement,M,4,opening,y,{2025-12-15T12:00},{01T00:00},issued,,,M,,M/4,,,,,,,3,
        record,M,2,earn,y,{03T10:00},{03T10:00},settled,,,M,,,,,,,,,5,
        movement,M,2,earn,y,{03T10:00},{03T10:00},issued,,,M,,M/2,issue,M,0.03,,spring,spring,5,-15
        movement,N,1,earn,y,{03T10:00},{03T10:00},issued,,,M,,N/1,issue,N,0.03,,spring,spring,5,-15
        movement,,,,y,,{08T00:00},expired,,,M,,M/4,,,,,,,3,
        record,M,3,redeem,y,{08T00:00},{08T00:00},settled,,,,M,,,,,,,,6,
        movement,M,3,redeem,y,{08T00:00},{08T00:00},allocated,,,M,M,M/2,redemption_payout,M,0.008,0.1,,2025-12-01,5,4
        movement,M,3,redeem,y,{08T00:00},{08T00:00},allocated,,,M,M,N/1,redemption_payout,M,0.008,0.1,,2025-12-01,1,0.8

        """

    /// `q` comes before the earn of its own moment. N pays when its points are spent: `g` in N's own shop has
    /// two rows, and so has the gift `h` that N supplies at the item's price.
    private static let januaryOfN = """
        record,N,q,redeem,W,{05T10:00},{05T10:00},pending,insufficient_points,,,N,,,,,,,,10,
        record,N,b,earn,x,{06T10:00},{06T10:00},settled,,,M,,,,,,,,,50,
        record,N,c,earn,x,{07T10:00},{07T10:00},settled,,,N,,,,,,,,,40,
        movement,N,c,earn,x,{07T10:00},{07T10:00},issued,,,N,,N/c,,,,,,,40,
        record,N,r,redeem,x,{10T12:00},{10T12:00},settled,,,,N,,,,,,,,120,
        movement,N,r,redeem,x,{10T12:00},{10T12:00},allocated,,,M,N,M/a,redemption_payout,M,0.015,0,,2026-01-01,100,150
        movement,N,r,redeem,x,{10T12:00},{10T12:00},allocated,,,M,N,N/b,redemption_payout,M,0.015,0,,2026-01-01,20,30
        record,N,v,redeem_reversal,x,{12T09:00},{12T09:00},settled,,r,,,,,,,,,,110,
        movement,N,v,redeem_reversal,x,{12T09:00},{12T09:00},restored,,r,M,N,M/a,redemption_payout_reversal,M,0.015,0,,2026-01-01,90,-135
        movement,N,v,redeem_reversal,x,{12T09:00},{12T09:00},restored,,r,M,N,N/b,redemption_payout_reversal,M,0.015,0,,2026-01-01,20,-30
        record,N,g,redeem,x,{22T11:00},{22T11:00},settled,,,,N,,,,,,,,30,
        movement,N,g,redeem,x,{22T11:00},{22T11:00},allocated,,,N,N,N/c,redemption_charge,N,0.02,,,2026-01-01,30,-60
        movement,N,g,redeem,x,{22T11:00},{22T11:00},allocated,,,N,N,N/c,redemption_payout,N,0.015,0,,2026-01-01,30,45
        movement,M,h,redeem,x,{23T10:00},{23T10:00},allocated,,,N,N,N/c,redemption_charge,N,0.02,,,2026-01-01,10,-20
        movement,M,h,redeem,x,{23T10:00},{23T10:00},allocated,,,N,N,N/c,redemption_payout,N,0.05,0,,kettle,10,50
        record,N,1,earn,y,{03T10:00},{03T10:00},settled,,,M,,,,,,,,,5,

        """

    /// `l` is late and takes effect at the start, but its month counts from its `at`. What `u` gives back to
    /// M/a had expired on the 6th, and stands there. Of M/f 3 points are left to expire, of M/l 7 as the
    /// period ends.
    private static let februaryOfM = """
        movement,N,q,redeem,W,{2026-01-05T10:00},{01T00:00},allocated,,,M,N,M/w,,,,,,,10,
        record,M,l,earn,x,{2026-01-30T12:00},{01T00:00},settled,,,M,,,,,,,,,7,
        movement,M,l,earn,x,{2026-01-30T12:00},{01T00:00},issued,,,M,,M/l,issue,,0.01,,,2025-12-01,7,-7
        movement,N,u,redeem_reversal,x,{12T12:00},{06T00:00},expired,,r,M,,M/a,expiry_refund,,0.01,0.5,,2025-12-01,10,5
        record,M,k,correction,x,{10T12:00},{10T12:00},settled,,,,,,,,,,,,2,
        movement,M,k,correction,x,{10T12:00},{10T12:00},recovered,,,M,,M/f,issue_reversal,,0.01,,,2025-12-01,2,2
        movement,N,u,redeem_reversal,x,{12T12:00},{12T12:00},restored,,r,M,N,M/a,,,,,,,10,
        movement,,,,x,,{22T00:00},expired,,,M,,M/f,expiry_refund,,0.01,0.5,,2025-12-01,3,1.5
        movement,,,,x,,{2026-03-01T00:00},expired,,,M,,M/l,expiry_refund,,0.01,0.5,,2025-12-01,7,3.5
        movement,,,,y,,{04T00:00},expired,,,M,,N/1,expiry_refund,,0.03,0.5,,spring,4,6

        """

    /// `q` settles with the points that came after it. `p` waits.
    private static let februaryOfN = """
        record,N,q,redeem,W,{2026-01-05T10:00},{01T00:00},settled,,,,N,,,,,,,,10,
        movement,N,q,redeem,W,{2026-01-05T10:00},{01T00:00},allocated,,,M,N,M/w,redemption_payout,M,0.015,0,,2026-01-01,10,15
        record,N,p,redeem,x,{11T12:00},{11T12:00},pending,insufficient_points,,,N,,,,,,,,1000,
        record,N,u,redeem_reversal,x,{12T12:00},{12T12:00},settled,,r,,,,,,,,,,10,
        movement,N,u,redeem_reversal,x,{12T12:00},{12T12:00},restored,,r,M,N,M/a,redemption_payout_reversal,M,0.015,0,,2026-01-01,10,-15

        """
}
