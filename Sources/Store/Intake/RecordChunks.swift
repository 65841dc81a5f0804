import GRDB
import Settlement

/// The accepted records in order of arrival, packed: a row holds up to 1,024 that lie side by side in one
/// batch. Rows are appended, and change only where a member is forgotten. One that is not as it was written is trouble:
/// `StoreTrouble.isDamage`.
struct RecordChunks {
    static let mostRecords = 1_024

    private let database: Database
    private let insert: Prepared
    private let holding: Prepared
    private let range: Prepared
    /// Many of the single records that are asked for lie near the one before.
    private let last = Last()

    init(_ database: Database) throws {
        self.database = database
        insert = try Prepared(
            database,
            "INSERT INTO record_chunks (first, batch, merchant, records, bytes) VALUES (?, ?, ?, ?, ?)")
        holding = try Prepared(
            database,
            """
            SELECT first, records, merchant, bytes FROM record_chunks
            WHERE first <= ? ORDER BY first DESC LIMIT 1
            """)
        range = try Prepared(database, Self.ofRange)
    }

    /// The chunks that hold records from a number to before another, in order.
    static let ofRange = """
        SELECT first, records, merchant, bytes FROM record_chunks
        WHERE first >= (SELECT coalesce(max(first), 0) FROM record_chunks WHERE first <= ?1) AND first < ?2
        ORDER BY first
        """

    /// Appends the records of one batch of a merchant.
    func append(_ chunks: [RecordPacker.Chunk], batch: Int64, merchant: Int64) throws {
        for chunk in chunks {
            var bytes = chunk.bytes
            RowSum(chunk.first.value, Int64(chunk.records), merchant).append(to: &bytes)
            insert.bind(1, chunk.first.value)
            insert.bind(2, batch)
            insert.bind(3, merchant)
            insert.bind(4, chunk.records)
            insert.bind(5, bytes)
            try insert.run()
        }
    }

    /// Calls `body` with the record that bears a number that was given out, where it stands.
    func withRecord<Result>(_ number: RecordNumber, _ body: (StoredView) throws -> Result) throws -> Result {
        if last.holds(number) { return try last.withRecord(number, body) }
        holding.bind(1, number.value)
        let result = try holding.first { row in
            let (first, records) = (row.integer(0), Int(row.integer(1)))
            guard number.value &- first < records else { throw Self.absent(number) }
            return try Self.withContent(of: row) { bytes in
                // Who looks into a chunk for the second time will do so again.
                if last.isSeen(first) {
                    last.take(bytes, first: first, records: records, merchant: row.integer(2))
                    return try last.withRecord(number, body)
                }
                return try body(
                    Self.record(number, in: bytes, first: first, records: records, merchant: row.integer(2)))
            }
        }
        guard let result else { throw Self.absent(number) }
        return result
    }

    private static func absent(_ number: RecordNumber) -> StoreTrouble {
        .damaged("record_chunks", "record \(number.value)", "no row holds it, and others speak of it")
    }

    /// Calls `body` with the packed records of a row that begins with `first, records, merchant, bytes`.
    static func withContent<Result>(
        of row: Prepared, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        try row.withBytes(3) { bytes in
            let sum = RowSum(row.integer(0), row.integer(1), row.integer(2))
            guard let content = sum.content(of: bytes) else {
                throw StoreTrouble.damaged("record_chunks", "row \(row.integer(0))")
            }
            return try body(content)
        }
    }

    private static func record(
        _ number: RecordNumber, in bytes: UnsafeRawBufferPointer, first: Int64, records: Int, merchant: Int64
    ) -> StoredView {
        var unpacker = RecordUnpacker(
            bytes, first: RecordNumber(first), records: records, merchant: merchant)
        while let record = unpacker.next() {
            if record.number == number { return record }
        }
        preconditionFailure("a chunk has as many records as its row says")
    }

    /// The record with a number that was given out.
    func record(_ number: RecordNumber) throws -> StoredRecord { try withRecord(number) { $0.stored } }

    /// Calls `body` with the records whose numbers lie in a range, in order, each where it stands: nothing of
    /// it may be kept. `body` must not go through a range of the same `RecordChunks`.
    func forEach(in numbers: Range<Int64>, _ body: (StoredView) throws -> Void) throws {
        guard !numbers.isEmpty else { return }
        range.bind(1, numbers.lowerBound)
        range.bind(2, numbers.upperBound)
        try range.forEach { row in
            let (first, records) = (row.integer(0), Int(row.integer(1)))
            try Self.withContent(of: row) { bytes in
                let isWhole = numbers.lowerBound <= first && first + Int64(records) <= numbers.upperBound
                var unpacker = RecordUnpacker(
                    bytes, first: RecordNumber(first), records: records, merchant: row.integer(2))
                while let record = unpacker.next() {
                    if isWhole || numbers.contains(record.number.value) { try body(record) }
                }
            }
        }
    }

    /// The highest number given out, 0 before the first.
    static func lastNumber(_ database: Database) throws -> RecordNumber {
        RecordNumber(
            try Prepared(
                database, "SELECT first + records - 1 FROM record_chunks ORDER BY first DESC LIMIT 1"
            ).first { $0.integer(0) } ?? 0)
    }

    /// The chunk that was looked into last, and where its records begin.
    private final class Last {
        private var seen: Int64 = 0
        private var first: Int64 = 0
        private var merchant: Int64 = 0
        private var bytes: [UInt8] = []
        /// A reader that stands before each record.
        private var places: [RecordUnpacker.Place] = []

        func holds(_ number: RecordNumber) -> Bool {
            number.value >= first && number.value < first + Int64(places.count)
        }

        /// Whether the last chunk that was looked into is the one that begins with this record.
        func isSeen(_ first: Int64) -> Bool {
            defer { seen = first }
            return seen == first
        }

        func take(_ bytes: UnsafeRawBufferPointer, first: Int64, records: Int, merchant: Int64) {
            self.first = first
            self.merchant = merchant
            self.bytes = [UInt8](bytes)
            places.removeAll(keepingCapacity: true)
            var unpacker = RecordUnpacker(
                bytes, first: RecordNumber(first), records: records, merchant: merchant)
            for _ in 0..<records {
                places.append(unpacker.place)
                _ = unpacker.next()
            }
        }

        func withRecord<Result>(
            _ number: RecordNumber, _ body: (StoredView) throws -> Result
        ) throws -> Result {
            try bytes.withUnsafeBytes { bytes in
                var unpacker = RecordUnpacker(
                    bytes, first: number, merchant: merchant, at: places[Int(number.value - first)])
                guard let record = unpacker.next() else {
                    preconditionFailure("a chunk has as many records as its row says")
                }
                return try body(record)
            }
        }
    }
}
