import Settlement

/// Two months of the example's alliance, made up from a seed: records that settle, and some that cannot.
struct RandomHistory {
    struct Row: Sendable {
        let merchant: String
        let signer: Signer
        let type: String
        let points: Int64
        /// The record's line in a batch.
        let line: String
    }

    let rows: [Row]

    static let merchants = ["bakery", "books", "cinema", "garden"]
    /// 2025-03-01 to 2025-05-01 in Berlin, in milliseconds since 1970.
    private static let span: Range<Int64> = 1_740_783_600_000..<1_746_050_400_000

    /// The end of the campaign `spring`.
    private static let campaignEnd = Instant(milliseconds: 1_743_458_400_000)

    /// `count` records of `members` members, reversals of what came before among them.
    init(seed: UInt64, count: Int, members: Int) {
        var generator = SeededGenerator(seed: seed)
        var rows: [Row] = []
        var earns: [(merchant: String, id: String, member: String, points: Int64)] = []
        var redeems = earns
        for number in 0..<count {
            let merchant = generator.pick(Self.merchants)
            let member = "m\(Int.random(in: 0..<members, using: &generator))"
            let points = Int64.random(in: 1...200, using: &generator)
            let id = "r\(number)"
            switch Int.random(in: 0..<100, using: &generator) {
            case 0..<45:
                earns.append((merchant, id, member, points))
                rows.append(Self.row(merchant, id, "earn", member, points, "", &generator))
            case 45..<72:
                redeems.append((merchant, id, member, points))
                rows.append(Self.row(merchant, id, "redeem", member, points, "", &generator))
            case 72..<82 where !earns.isEmpty:
                let original = generator.pick(earns)
                let part = Int64.random(in: 1...original.points, using: &generator)
                rows.append(
                    Self.row(
                        original.merchant, id, "earn_reversal", original.member, part,
                        ",\"ref\":\"\(original.id)\"", &generator))
            case 82..<91 where !redeems.isEmpty:
                let original = generator.pick(redeems)
                let part = Int64.random(in: 1...original.points, using: &generator)
                rows.append(
                    Self.row(
                        original.merchant, id, "redeem_reversal", original.member, part,
                        ",\"ref\":\"\(original.id)\"", &generator))
            case 91..<94:
                let expires = generator.chance(50) ? ",\"expires\":\"2025-04-1\(number % 10)\"" : ""
                rows.append(Self.row(merchant, id, "opening", member, points, expires, &generator))
            case 94..<97: rows.append(Self.row(merchant, id, "correction", member, points, "", &generator))
            default: rows.append(Self.row(merchant, id, "earn", member, 0, "", &generator))
            }
        }
        self.rows = rows
    }

    private static func row(
        _ merchant: String, _ id: String, _ type: String, _ member: String, _ points: Int64, _ rest: String,
        _ generator: inout SeededGenerator
    ) -> Row {
        let instant = Instant(milliseconds: Int64.random(in: span, using: &generator))
        let at = instant.text(offsetSeconds: 3600, milliseconds: generator.chance(50))
        let isBonus = type == "earn" && instant < campaignEnd && generator.chance(30)
        let rest = isBonus ? ",\"campaign\":\"spring\"" : rest
        let line =
            "{\"id\":\"\(id)\",\"type\":\"\(type)\",\"member\":\"\(member)\",\"points\":\(points),\"at\":\"\(at)\"\(rest)}"
        let signer: Signer = type == "opening" || type == "correction" ? .operator : .merchant
        return Row(merchant: merchant, signer: signer, type: type, points: points, line: line)
    }
}

/// A batch of made-up records, not yet signed.
struct DraftBatch: Sendable {
    let merchant: String
    let signer: Signer
    let bytes: [UInt8]
    let rows: [RandomHistory.Row]

    /// Rows of one merchant and signer as NDJSON.
    init(_ rows: some Collection<RandomHistory.Row>, id: String, sequence: Int) {
        precondition(!rows.isEmpty, "a draft has rows, which say whose it is")
        merchant = rows.first?.merchant ?? ""
        signer = rows.first?.signer ?? .merchant
        self.rows = Array(rows)
        let totals = Dictionary(rows.map { ($0.type, $0.points) }, uniquingKeysWith: +)
            .sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
        let header =
            "{\"format\":\"settled-batch/1\",\"merchant\":\"\(merchant)\",\"batch\":\"\(id)\",\"sequence\":\(sequence)"
            + ",\"records\":\(rows.count),\"totals\":{\(totals)}}"
        bytes = Array(([header] + rows.map(\.line)).map { $0 + "\n" }.joined().utf8)
    }
}
