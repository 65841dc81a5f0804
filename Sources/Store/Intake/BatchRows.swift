import GRDB
import Settlement
import Signing

/// Batches as they are stored.
struct BatchRows {
    private let database: Database

    init(_ database: Database) { self.database = database }

    /// What answers a batch that comes again.
    struct Found {
        let number: Int64
        let merchant: Int64
        let digest: [UInt8]
        let receipt: SealedDocument
    }

    private static let found =
        "SELECT merchant, digest, receipt, receipt_signature, receipt_seal, batch FROM batches"

    func find(digest: SHA256Digest) throws -> Found? {
        let query = try Prepared(database, Self.found + " WHERE digest = ?")
        query.bind(1, digest.bytes)
        return try query.first { found($0) }
    }

    func find(batch: BatchID, of merchant: Int64) throws -> Found? {
        let query = try Prepared(database, Self.found + " WHERE merchant = ? AND id = ?")
        query.bind(1, merchant)
        query.bind(2, batch.text)
        return try query.first { found($0) }
    }

    private func found(_ row: Prepared) -> Found {
        Found(
            number: row.integer(5), merchant: row.integer(0), digest: row.bytes(1),
            receipt: SealedDocument(bytes: row.bytes(2), signature: row.text(3), seal: row.text(4)))
    }

    /// Whether a sequence number is taken, and the highest that is; 0 before the first.
    func sequences(
        of merchant: Int64, _ signer: Signer, around sequence: Int64
    ) throws -> (isTaken: Bool, highest: Int64) {
        let query = try Prepared(
            database,
            """
            SELECT EXISTS (SELECT 1 FROM batches WHERE merchant = ?1 AND signer = ?2 AND sequence = ?3),
                (SELECT coalesce(max(sequence), 0) FROM batches WHERE merchant = ?1 AND signer = ?2)
            """)
        query.bind(1, merchant)
        query.bind(2, signer.rawValue)
        query.bind(3, sequence)
        guard let standing = try query.first({ (isTaken: $0.integer(0) != 0, highest: $0.integer(1)) }) else {
            preconditionFailure("a query without FROM has one row")
        }
        return standing
    }

    /// The numbers of a batch's records, of a row of `first_record, accepted, batch`.
    static func records(of row: Prepared) throws -> Range<Int64> {
        let (first, accepted) = (row.integer(0), row.integer(1))
        let (end, overflow) = first.addingReportingOverflow(accepted)
        guard first >= 1, (0...mostRecords).contains(accepted), !overflow else {
            throw StoreTrouble.damaged("batches", "row \(row.integer(2))", "its records have no numbers")
        }
        return first..<end
    }

    /// More records than any batch has.
    private static let mostRecords: Int64 = 1_000_000_000

    /// The sum of a row of `batch_periods`, of a batch whose records have these numbers.
    static func sum(period: Int64, batch: Int64, records: Int64, of numbers: Range<Int64>) -> Int64 {
        RowSum.of([period, batch, records, numbers.lowerBound, numbers.upperBound])
    }

    /// The number of the last record, as the last batch says; 0 before the first.
    func lastRecord() throws -> Int64 {
        try Prepared(
            database, "SELECT first_record + accepted - 1 FROM batches ORDER BY batch DESC LIMIT 1"
        ).first { $0.integer(0) } ?? 0
    }

    /// Writes a batch and what it came to, its records excepted; gives its number.
    func add(
        _ batch: VerifiedBatch, merchant: Int64, received: Instant, judgement: Judgement,
        receipt: SealedDocument
    ) throws -> Int64 {
        let insert = try Prepared(
            database,
            """
            INSERT INTO batches (merchant, signer, id, sequence, strict, digest, received, records, accepted,
                duplicates, refused, first_record, form, key_id, signature, receipt, receipt_signature,
                receipt_seal, bytes, batch, sum)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        insert.bind(1, merchant)
        insert.bind(2, batch.authentic.signer.rawValue)
        insert.bind(3, batch.header.batch.text)
        insert.bind(4, batch.header.sequence)
        insert.bind(5, batch.header.strict)
        insert.bind(6, batch.authentic.digest.bytes)
        insert.bind(7, received.milliseconds)
        insert.bind(8, batch.header.records)
        insert.bind(9, judgement.accepted.count)
        insert.bind(10, judgement.duplicates)
        insert.bind(11, judgement.refused.count)
        insert.bind(12, judgement.firstNumber.value)
        insert.bind(13, batch.authentic.form.rawValue)
        insert.bind(14, batch.authentic.keyID)
        insert.bind(15, batch.authentic.signature)
        insert.bind(17, receipt.signature)
        insert.bind(18, receipt.seal)
        let bytes = batch.authentic.bytes
        let isLong = bytes.count > LongValue.leastBytes
        if isLong { insert.bindZeros(19, bytes.count) } else { insert.bind(19, bytes) }
        let number = try RowNumbers.next("batch", of: "batches", database)
        insert.bind(20, number)
        insert.bind(
            21,
            RowSum.of(
                [
                    merchant, batch.header.sequence, Int64(batch.header.records),
                    Int64(judgement.accepted.count), Int64(judgement.duplicates),
                    Int64(judgement.refused.count), number, received.milliseconds,
                    judgement.firstNumber.value, batch.header.strict ? 1 : 0,
                ],
                [
                    batch.authentic.signer.rawValue, batch.header.batch.text, batch.authentic.form.rawValue,
                    batch.authentic.keyID,
                ], bytes: batch.authentic.digest.bytes))
        try insert.run(with: 16, receipt.bytes)
        if isLong { try LongValue.write(bytes, to: "bytes", of: "batches", row: number, database) }
        let first = judgement.firstNumber.value
        try addPeriods(
            judgement.periods, of: number, numbers: first..<first + Int64(judgement.accepted.count))
        try addRefusals(judgement.refused, of: number)
        return number
    }

    /// Whether a row of `summed` bears the sum that it was written with.
    static func isAsWritten(_ row: Prepared) -> Bool {
        let numbers = [0, 3, 5, 6, 7, 8, 9, 10, 11, 12].map { row.integer($0) }
        let texts = [1, 2, 13, 14].map { row.text($0) }
        return RowSum.of(numbers, texts, bytes: row.bytes(4)) == row.integer(15)
    }

    /// What `isAsWritten` reads, in this order.
    static let summed = """
        merchant, signer, id, sequence, digest, records, accepted, duplicates, refused, batch, received, first_record,
        strict, form, key_id, sum
        """

    /// The batches up to one, in the order of the index that tells all that is read of them.
    static let arrivals = """
        SELECT merchant, signer, sequence, batch FROM batches WHERE +batch <= ?
        ORDER BY merchant, signer, sequence
        """

    /// What the batches up to one, and those behind it up to another, add up to, by what tells each from others: its
    /// place in the order of arrival, its merchant and its sequence.
    func sums(through first: Int64, then last: Int64) throws -> (before: Int64, behind: Int64) {
        let query = try Prepared(database, Self.arrivals)
        query.bind(1, last)
        var sums: (before: Int64, behind: Int64) = (0, 0)
        try query.forEach { row in
            let sum = RowSum.of([row.integer(0), row.integer(2), row.integer(3)], [row.text(1)])
            if row.integer(3) <= first { sums.before &+= sum } else { sums.behind &+= sum }
        }
        return sums
    }

    private func addPeriods(
        _ periods: [(ordinal: Int, records: Int64)], of batch: Int64, numbers: Range<Int64>
    ) throws {
        let insert = try Prepared(
            database, "INSERT INTO batch_periods (period, batch, records, sum) VALUES (?, ?, ?, ?)")
        for (ordinal, records) in periods {
            insert.bind(1, ordinal)
            insert.bind(2, batch)
            insert.bind(3, records)
            insert.bind(
                4, Self.sum(period: Int64(ordinal), batch: batch, records: records, of: numbers))
            try insert.run()
        }
    }

    private func addRefusals(_ refused: RefusedRecords, of batch: Int64) throws {
        let insert = try Prepared(
            database, "INSERT INTO record_refusals (batch, line, id, code) VALUES (?, ?, ?, ?)")
        for record in refused {
            insert.bind(1, batch)
            insert.bind(2, record.line)
            insert.bind(3, record.id.text)
            insert.bind(4, record.code.rawValue)
            try insert.run()
        }
    }
}
