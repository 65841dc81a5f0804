import GRDB
import Settlement
import Signing

/// What came in, and what did not.
struct IntakeRows {
    /// Missing numbers that are listed of one merchant and signer: the lowest ones.
    static let mostMissing = 1_000

    private let database: Database
    private let roster: Roster

    init(_ database: Database, _ roster: Roster) {
        self.database = database
        self.roster = roster
    }

    /// The batches after one and up to another, in the order of arrival.
    func batches(after first: Int64, through last: Int64) throws -> [BatchSummary] {
        let query = try Prepared(
            database,
            "SELECT \(Self.columns) FROM batches WHERE batch > ? AND batch <= ? ORDER BY batch")
        query.bind(1, first)
        query.bind(2, last)
        var expected = first
        return try query.all { row in
            expected += 1
            guard row.integer(Self.number) == expected else {
                throw StoreTrouble.damaged("batches", "row \(expected)", "it is not there")
            }
            return try Self.summary(row, roster)
        }
    }

    /// What `summary` reads, in this order; `isAsWritten` reads all of it.
    static let columns = BatchRows.summed

    /// Where what others want of them stands among the columns.
    static let received: Int32 = 10
    static let number: Int32 = 9
    static let strict: Int32 = 12
    static let form: Int32 = 13
    static let keyID: Int32 = 14

    /// Throws `StoreTrouble` where the row is not as it was written.
    static func summary(_ row: Prepared, _ roster: Roster) throws -> BatchSummary {
        guard BatchRows.isAsWritten(row) else {
            throw StoreTrouble.damaged("batches", "batch \(row.text(2))", "it is not as it was written")
        }
        guard let digest = SHA256Digest(bytes: row.bytes(4)) else {
            throw StoreTrouble.damaged("batches", "batch \(row.text(2))", "it has no digest")
        }
        guard let merchant = roster.known(row.integer(0)) else {
            throw StoreTrouble.damaged("batches", "batch \(row.text(2))", "it is of no merchant")
        }
        let (records, accepted, duplicates, refused) = (
            row.integer(5), row.integer(6), row.integer(7), row.integer(8)
        )
        guard Self.sequences.contains(row.integer(3)),
            [records, accepted, duplicates, refused].allSatisfy(Self.counts.contains),
            records == accepted + duplicates + refused
        else {
            throw StoreTrouble.damaged("batches", "batch \(row.text(2))", "its numbers are none of a batch")
        }
        return BatchSummary(
            merchant: merchant, signer: try signer(row.text(1), of: "batch \(row.text(2))"),
            batch: row.identifier(2), sequence: row.integer(3), digest: digest.text,
            records: records, accepted: accepted, duplicates: duplicates, refused: refused)
    }

    /// What a header may say of its sequence and its records.
    private static let sequences: ClosedRange<Int64> = 1...1_000_000_000_000_000
    private static let counts: ClosedRange<Int64> = 0...1_000_000_000

    /// The sequence numbers that later ones have overtaken, by merchant and signer, ascending; of all merchants
    /// or of one, by the batches up to one.
    func missingSequences(of merchant: Int64? = nil, through last: Int64 = .max) throws -> [MissingSequence] {
        let query = try Prepared(
            database,
            """
            SELECT merchant, signer, sequence, batch FROM batches
            WHERE batch <= ? \(merchant == nil ? "" : "AND merchant = ?")
            ORDER BY merchant, signer, sequence
            """)
        query.bind(1, last)
        if let merchant { query.bind(2, merchant) }
        var missing: [MissingSequence] = []
        var run: (merchant: Int64, signer: Signer, expected: Int64, listed: Int)?
        try query.forEach { row in
            let (merchant, sequence) = (row.integer(0), row.integer(2))
            guard Self.sequences.contains(sequence) else {
                throw StoreTrouble.damaged("batches", "row \(row.integer(3))", "its sequence is none")
            }
            let signer = try Self.signer(row.text(1), of: "row \(row.integer(3))")
            var current = run ?? (merchant, signer, 1, 0)
            if current.merchant != merchant || current.signer != signer { current = (merchant, signer, 1, 0) }
            while current.expected < sequence, current.listed < Self.mostMissing {
                missing.append(
                    MissingSequence(
                        merchant: try roster.merchant(merchant, of: "batches", row.integer(3)),
                        signer: signer, sequence: current.expected))
                current.expected += 1
                current.listed += 1
            }
            current.expected = sequence + 1
            run = current
        }
        return missing
    }

    private static func signer(_ text: String, of row: String) throws -> Signer {
        guard let signer = Signer(rawValue: text) else {
            throw StoreTrouble.damaged("batches", row, "it is signed by neither merchant nor operator")
        }
        return signer
    }
}
