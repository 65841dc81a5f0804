/// A small nasty history made from a seed: the texts of an alliance, records and bookings in the acceptance
/// formats, and the last period to settle. The same seed always gives the same texts.
///
/// Few members, few points, many coincidences: lots run out, debts arise, points are given back to lots that
/// have expired, records come late, twice, or before what they take back. Every record is well-formed by
/// itself.
public struct RandomHistory: Sendable {
    public let seed: UInt64
    public let alliance: String
    public let records: String
    /// Nil is none.
    public let bookings: String?
    public let through: String

    public init(seed: UInt64) {
        self.seed = seed
        var numbers = RandomNumbers(seed: seed)
        let setting = RandomSetting(&numbers)
        var writer = RandomRecords(setting, numbers)
        writer.write()
        alliance = setting.text
        records = writer.text
        bookings = writer.bookings()
        through = setting.spans[setting.spans.count - 1].id
    }

    /// Settles it by the oracle's lights.
    public func settled() throws -> [OraclePeriod] {
        try Oracle.run(alliance: alliance, records: records, bookings: bookings, through: through)
    }
}

/// The stage of a random history: the alliance as text and as the oracle reads it, and its periods.
struct RandomSetting {
    let text: String
    let alliance: OracleAlliance
    let zone: OracleZone
    let spans: [OracleSpan]
    /// Whether receipt is told of no record, of some, of every one.
    let receipt: Receipt

    enum Receipt { case none, some, all }

    init(_ numbers: inout RandomNumbers) {
        let receipt = numbers.pick([Receipt.none, .none, .some, .all, .all])
        var writer = RandomAlliance(numbers, receipt)
        text = writer.write()
        numbers = writer.numbers
        do {
            alliance = try OracleAlliance(yaml: text)
            zone = try OracleZone(alliance.timezone)
        } catch {
            preconditionFailure("what was just written can be read: \(error)\n\(text)")
        }
        let count = writer.periodCount
        spans = alliance.periods(in: zone) { $0.count == count }
        self.receipt = receipt
    }

    var start: Int64 { spans[0].start }
    var end: Int64 { spans[spans.count - 1].end }
}
