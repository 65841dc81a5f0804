import ArgumentParser

/// Which records are made: the same shape makes the same records, on every machine.
struct Shape: Sendable {
    let records: Int
    let members: Int
    /// Of a thousand records, how many take back a member's last earn, if there is one to take back.
    let reversals: Int
    /// Whether few members have most of the records: by Zipf's law, the first one twice the second's share.
    let isZipf: Bool
    /// Whether points are good for one month only and the records fill ten weeks, so that many expire among them.
    let isExpiring: Bool
    let seed: UInt64

    /// In months.
    var validity: Int { isExpiring ? 1 : 12 }

    /// The days that the records fill, from the first of January on.
    var days: Int64 { isExpiring ? 70 : 30 }
}

/// A shape as it is asked for on the command line.
struct ShapeOptions: ParsableArguments {
    @Option(help: "How many records.") var records = 100_000
    @Option(help: "How many members; a tenth of the records by default.") var members: Int?
    @Option(help: "Of a thousand records, reversals.") var reversals = 12
    @Flag(help: "Few members have most of the records.") var zipf = false
    @Flag(help: "Points are good for a month, and the records fill ten weeks.") var expiring = false
    @Option(help: "Another seed makes other records.") var seed: UInt64 = 1

    func validate() throws {
        guard records >= 1, members ?? 1 >= 1, (0...500).contains(reversals) else {
            throw ValidationError("expected at least one record and member, and 0 to 500 reversals")
        }
    }

    var shape: Shape {
        Shape(
            records: records, members: members ?? max(1, records / 10), reversals: reversals, isZipf: zipf,
            isExpiring: expiring, seed: seed)
    }
}
