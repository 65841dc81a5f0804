import Service
import Settlement
import Signing

/// The alliance, the keys and the moment in which batches are read: merchants M and N, months in UTC.
enum Sample {
    static let received = Instant(milliseconds: 1_768_910_400_000)
    static let founded = Instant(milliseconds: 1_767_225_600_000)

    static let text = """
        id: test
        name: Test
        currency: EUR
        timezone: Etc/UTC
        period: month
        start: 2026-01-01
        merchants:
        - id: M
          name: Merchant M
          terms:
          - {from: 2026-01-01, funding: issue, issue_price: '0.01', redeem_price: '0.01', max_points_per_unit: '1.5'}
        - id: N
          name: Merchant N
          status: [{from: 2026-02-01, status: suspended}]
          terms:
          - {from: 2026-01-01, funding: redemption, issue_price: '0.01', redeem_price: '0.01'}
        campaigns:
        - {id: spring, sponsor: N, from: 2026-01-05, until: 2026-01-12}
        items:
        - {id: mug, supplier: N, points: 100, redeem_price: '0.02', from: 2026-01-05, until: 2026-01-12}

        """

    static let alliance: Alliance = {
        guard let alliance = try? AllianceFile.parse(text: text, fileName: "alliance.yaml") else {
            preconditionFailure("the sample is an alliance")
        }
        return alliance
    }()

    static let schedule: Schedule = {
        guard let zone = try? ZoneInfo.rules(of: alliance.timezone) else {
            preconditionFailure("the machine has time zones; install tzdata")
        }
        return Schedule(alliance: alliance, zone: zone)
    }()

    private static let master: MasterSecret = {
        guard let master = try? MasterSecret([UInt8](repeating: 7, count: 32)) else {
            preconditionFailure("a secret of 32 bytes is long enough")
        }
        return master
    }()

    static let operatorKey = master.operatorKey(version: 1)

    /// Finds the operator's key.
    static func key(_ id: String) -> BatchKey? {
        id == operatorKey.id ? BatchKey(verification: operatorKey.verification, merchant: nil) : nil
    }

    /// A batch with everything in it that a batch of a merchant can hold.
    static let batch = """
        {"format":"settled-batch/1","merchant":"M","batch":"b-1","sequence":1,"records":5,\
        "totals":{"earn":120,"redeem":250,"earn_reversal":20,"redeem_reversal":50}}
        {"id":"T-1","type":"earn","member":"8012","points":120,"amount":12000,"at":"2026-01-10T10:22:33+08:00"}
        {"id":"T-2","type":"redeem","member":"8013","points":250,"amount":0,"at":"2026-01-10T10:25:01+08:00"}
        {"id":"T-3","type":"earn_reversal","member":"8012","points":20,"at":"2026-01-10T10:25:01Z","ref":"T-1"}
        {"id":"T-4","type":"redeem_reversal","member":"8013","points":50,"at":"2026-01-10T11:00:00.0069Z",\
        "ref":"T-2","store":"S1"}
        {"id":"T-7","type":"earn","member":"8014","points":0,"at":"2026-01-10T12:00:00Z","campaign":"spring"}

        """

    /// The same of the operator's.
    static let operatorBatch = """
        {"format":"settled-batch/1","merchant":"M","batch":"o-1","sequence":1,"records":3,\
        "totals":{"opening":9,"correction":4,"redeem":200},"strict":true}
        {"id":"O-1","type":"opening","member":"8014","points":9,"at":"2025-06-01T00:00:00Z","expires":"2026-12-31"}
        {"id":"O-2","type":"correction","member":"8014","points":4,"at":"2026-01-10T12:00:00Z"}
        {"id":"O-3","type":"redeem","member":"8014","points":200,"at":"2026-01-10T12:00:00.5z","item":"mug"}

        """
}
